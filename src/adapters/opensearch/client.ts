import { Agent as HttpAgent } from 'node:http';
import { Client, errors } from '@opensearch-project/opensearch';
import { tlsFault } from '../../connection/tls-fault.ts';
import type { TlsMaterial } from '../../connection/tls-files.ts';
import { OpenSearchAccessError } from './access-error.ts';
import { awsSigner, type AwsSigning } from './aws-signer.ts';
import { FreshTlsAgent } from './fresh-tls-agent.ts';
import {
  NoAnswerError,
  type OpenSearchAnswer,
  type OpenSearchRequest,
  type OpenSearchTransport,
} from './transport.ts';

export interface ClientOptions {
  readonly nodes: readonly string[];
  readonly username?: string | undefined;
  /** Asked at each request, so that a password can be exchanged. */
  readonly password?: (() => string | undefined) | undefined;
  /** Asked at each new connection. Default: the authorities of the system, no client certificate. */
  readonly tls?: (() => TlsMaterial) | undefined;
  /** Sign each request with the credentials that the AWS SDK finds; in place of user name and password. */
  readonly aws?: AwsSigning | undefined;
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

const noAnswer = (error: unknown, socketError: Error | undefined): NoAnswerError => {
  const options = { cause: error };
  if (error instanceof errors.TimeoutError) {
    return new NoAnswerError('timeout', 'OpenSearch did not answer in time', options);
  }
  if (error instanceof errors.DeserializationError) {
    // Without the cause: it holds the whole body.
    return new NoAnswerError('garbled', 'The answer of OpenSearch is not JSON');
  }
  if (error instanceof OpenSearchAccessError) {
    return new NoAnswerError('credentials', error.message, options);
  }
  const message = error instanceof Error ? error.message : 'unknown error';
  // The client keeps only the message of the system's error.
  const fault = socketError?.message === message ? tlsFault(socketError) : undefined;
  if (fault !== undefined) {
    return new NoAnswerError(
      'certificate',
      `OpenSearch cannot be reached by TLS: ${fault.message}`,
      options,
    );
  }
  return new NoAnswerError('connection', `OpenSearch cannot be reached: ${message}`, options);
};

/**
 * The official client with no retry of its own, which has no back-off; the caller owns the retry. Redirects are not
 * followed. Throws as `password` and `tls` do.
 */
export const createOpenSearchClient = (options: ClientOptions): OpenSearchTransport => {
  const headers = (): Readonly<Record<string, string>> => {
    if (options.username === undefined) return {};
    const pair = `${options.username}:${options.password?.() ?? ''}`;
    return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
  };
  // A secret that cannot be had is told at once, not at the first request.
  headers();
  options.tls?.();
  let socketError: Error | undefined;
  const client = new Client({
    ...(options.aws === undefined ? {} : awsSigner(options.aws)),
    nodes: [...options.nodes],
    maxRetries: 0,
    requestTimeout: options.requestTimeoutMs,
    resurrectStrategy: 'optimistic',
    agent: ({ url }) =>
      url.protocol === 'https:'
        ? new FreshTlsAgent(options.maxSockets, options.tls ?? (() => ({})), (error) => {
            socketError = error;
          })
        : new HttpAgent({ keepAlive: true, maxSockets: options.maxSockets }),
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
      { maxRetries: 0, headers: headers() },
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
        return await send(request, ended.signal);
      } catch (error) {
        signal?.throwIfAborted();
        throw late
          ? new NoAnswerError('timeout', 'OpenSearch did not answer in time', { cause: error })
          : noAnswer(error, socketError);
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
      }
    },
    close: async () => client.close(),
  };
};
