import { accessError } from './access-error.ts';
import type { OpenSearchTransport } from './transport.ts';

/** A node answers, but not so that the service could work with it. */
class NodeProbeError extends Error {
  readonly code = 'opensearch_unavailable';
  readonly retriable = true;

  constructor(status: number) {
    super(`answers with status ${status}`);
    this.name = 'NodeProbeError';
  }
}

/**
 * Resolves where OpenSearch answers. A user who may only write documents is refused with 403: that is an answer, too.
 * @throws OpenSearchAccessError, NodeProbeError, NoAnswerError of the transport
 */
export const askOpenSearch = async (
  transport: OpenSearchTransport,
  signal: AbortSignal,
): Promise<void> => {
  const answer = await transport.request({ method: 'GET', path: '/' }, signal);
  const denied = answer.status === 403 ? undefined : accessError(answer, 'in');
  if (denied !== undefined) throw denied;
  if (answer.status >= 500) throw new NodeProbeError(answer.status);
};
