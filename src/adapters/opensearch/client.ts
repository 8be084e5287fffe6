import { readFileSync } from 'node:fs';
import { Client, errors } from '@opensearch-project/opensearch';
import {
  NoAnswerError,
  type OpenSearchAnswer,
  type OpenSearchRequest,
  type OpenSearchTransport,
} from './transport.ts';

export interface ClientOptions {
  readonly nodes: readonly string[];
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Read again after a 401, so that a password can be rotated; in place of `password` then. */
  readonly passwordFile?: string | undefined;
  /** PEM file of the certificate authorities to trust in place of the system ones. */
  readonly caFile?: string | undefined;
  readonly requestTimeoutMs: number;
  /** Most connections to one node. */
  readonly maxSockets: number;
}

const retryAfterSeconds = (value: unknown, now: number): number | undefined => {
  if (typeof value !== 'string') return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, (at - now) / 1000);
};

interface RawAnswer {
  readonly statusCode: number | null;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, unknown>> | null;
}

const answerOf = (raw: RawAnswer): OpenSearchAnswer => {
  const seconds = retryAfterSeconds(raw.headers?.['retry-after'], Date.now());
  return {
    status: raw.statusCode ?? 0,
    body: raw.body,
    ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }),
  };
};

const noAnswer = (error: unknown): NoAnswerError => {
  const options = { cause: error };
  if (error instanceof errors.TimeoutError) {
    return new NoAnswerError('timeout', 'OpenSearch did not answer in time', options);
  }
  if (error instanceof errors.DeserializationError) {
    // Without the cause: it holds the whole body.
    return new NoAnswerError('garbled', 'The answer of OpenSearch is not JSON');
  }
  const message = error instanceof Error ? error.message : 'unknown error';
  return new NoAnswerError('connection', `OpenSearch cannot be reached: ${message}`, options);
};

/**
 * The official client with no retry of its own, which has no back-off; the caller owns the retry. Redirects are not
 * followed. Throws where the CA or password file cannot be read.
 */
export const createOpenSearchClient = (options: ClientOptions): OpenSearchTransport => {
  const readPassword = (): string | undefined =>
    options.passwordFile === undefined
      ? options.password
      : readFileSync(options.passwordFile, 'utf8').replace(/\r?\n$/, '');
  const headers = (): Readonly<Record<string, string>> => {
    if (options.username === undefined) return {};
    const pair = `${options.username}:${readPassword() ?? ''}`;
    return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
  };
  let credentials = headers();
  const client = new Client({
    nodes: [...options.nodes],
    maxRetries: 0,
    requestTimeout: options.requestTimeoutMs,
    resurrectStrategy: 'optimistic',
    agent: { keepAlive: true, maxSockets: options.maxSockets },
    ...(options.caFile === undefined ? {} : { ssl: { ca: readFileSync(options.caFile) } }),
  });

  const send = async (
    { method, path, query, body, contentType = 'json' }: OpenSearchRequest,
    signal: AbortSignal,
  ): Promise<OpenSearchAnswer> => {
    const pending = client.transport.request(
      {
        method,
        path,
        ...(query === undefined ? {} : { querystring: { ...query } }),
        ...(body === undefined ? {} : contentType === 'json' ? { body } : { bulkBody: body }),
      },
      { maxRetries: 0, headers: credentials },
    );
    // Gives nothing back: Node throws the rejection of a thenable that a listener returns.
    const abort = (): void => {
      pending.abort();
    };
    signal.addEventListener('abort', abort, { once: true });
    try {
      return answerOf(await pending);
    } catch (error) {
      if (error instanceof errors.ResponseError) return answerOf(error.meta);
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  };

  return {
    request: async (request, signal) => {
      signal?.throwIfAborted();
      // The client's own time-out ends with the answer's head: one that stops in its body would hang for ever.
      const ended = new AbortController();
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        ended.abort();
      }, options.requestTimeoutMs);
      const abort = (): void => ended.abort();
      signal?.addEventListener('abort', abort, { once: true });
      try {
        const answer = await send(request, ended.signal);
        if (answer.status === 401 && options.passwordFile !== undefined) credentials = headers();
        return answer;
      } catch (error) {
        signal?.throwIfAborted();
        throw late
          ? new NoAnswerError('timeout', 'OpenSearch did not answer in time', { cause: error })
          : noAnswer(error);
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
      }
    },
    close: async () => client.close(),
  };
};
