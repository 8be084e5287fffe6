import { accessError, OpenSearchAccessError } from './access-error.ts';
import { NoAnswerError, type OpenSearchAnswer, type OpenSearchTransport } from './transport.ts';

const ask = async (
  transport: OpenSearchTransport,
  signal: AbortSignal,
): Promise<OpenSearchAnswer | undefined> => {
  try {
    return await transport.request({ method: 'GET', path: '/' }, signal);
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error;
    if (error.code === 'certificate') {
      throw new OpenSearchAccessError('opensearch_certificate', error.message, { cause: error });
    }
    return undefined;
  }
};

const isSecurityPlugin = ({ body }: OpenSearchAnswer): boolean =>
  JSON.stringify(body ?? null).includes('cluster:monitor/main');

/**
 * Throws OpenSearchAccessError where OpenSearch answers and does not know us, or TLS cannot come about. One that does
 * not answer is no error: the service waits for it. Nor is a role that may not ask for the version.
 */
export const checkAccess = async (
  transport: OpenSearchTransport,
  signal: AbortSignal,
): Promise<void> => {
  const answer = await ask(transport, signal);
  if (answer === undefined || (answer.status === 403 && isSecurityPlugin(answer))) return;
  const error = accessError(answer, 'in');
  if (error !== undefined) throw error;
};
