import type { OpenSearchTransport } from './transport.ts';

/** A node answers, but not so that the service could work with it. */
class NodeProbeError extends Error {
  readonly code = 'opensearch_unavailable';
  readonly retriable = true;

  constructor(status: number) {
    super(
      status === 401
        ? 'refuses the credentials (401): check opensearch.username and opensearch.passwordFile'
        : `answers with status ${status}`,
    );
    this.name = 'NodeProbeError';
  }
}

/**
 * Resolves where OpenSearch answers. A user who may only write documents is refused with 403: that is an answer, too.
 * @throws NodeProbeError, NoAnswerError of the transport
 */
export const askOpenSearch = async (
  transport: OpenSearchTransport,
  signal: AbortSignal,
): Promise<void> => {
  const { status } = await transport.request({ method: 'GET', path: '/' }, signal);
  if (status === 401 || status >= 500) throw new NodeProbeError(status);
};
