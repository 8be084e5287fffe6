import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { SourceContent } from '../../core/model/source-content.ts';
import { SourceError } from './source-error.ts';
import { readBody, type ContentLimits } from './state-content.ts';
import { withinTime } from './time-limit.ts';

export interface HttpGetOptions extends ContentLimits {
  readonly headers: Readonly<Record<string, string>>;
  /** Sent to the origin of the first address only. */
  readonly authorization?: string;
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  /** What a person calls the service. */
  readonly service: string;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly etag: string | undefined;
  /** Decompressed; empty for a status other than 200. */
  readonly body: SourceContent;
}

const MAX_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Gets an address, within bounds. By node:https, because fetch takes no certificate authority of one connection.
 * @throws SourceError `unavailable`, `too_large`, `not_gzip`, `not_readable` for a redirect that is not followed
 */
export const httpGet = async (address: URL, options: HttpGetOptions): Promise<HttpAnswer> => {
  const { service, signal, timeoutMs } = options;
  let url = address;
  for (let redirects = 0; ; redirects += 1) {
    const from = url;
    const answer = await withinTime(
      (stop) => send(from, from.origin === address.origin, options, stop),
      signal,
      timeoutMs,
      service,
    );
    const status = answer.statusCode ?? 0;
    const to = REDIRECTS.has(status) ? answer.headers.location : undefined;
    if (status !== 200) discard(answer);
    if (to === undefined) {
      const body =
        status === 200 ? await readBody(answer, options, signal, service) : Buffer.alloc(0);
      return { status, etag: answer.headers.etag, body };
    }
    url = redirected(from, to, service);
    if (redirects === MAX_REDIRECTS) {
      throw new SourceError('not_readable', `${service} redirects more than ${redirects} times.`);
    }
  }
};

const redirected = (from: URL, to: string, service: string): URL => {
  const url = URL.parse(to, from.href);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && from.protocol === 'http:')) {
    return url;
  }
  throw new SourceError('not_readable', `${service} redirects to what is not https.`);
};

const send = async (
  url: URL,
  isTrusted: boolean,
  { headers, authorization, tls, service }: HttpGetOptions,
  signal: AbortSignal,
): Promise<IncomingMessage> => {
  const answered = Promise.withResolvers<IncomingMessage>();
  const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(
    url,
    {
      headers: {
        ...headers,
        // Node would make it from credentials in the address, which are given apart.
        ...(isTrusted && authorization !== undefined ? { authorization } : {}),
      },
      auth: null,
      ...(isTrusted ? tls : {}),
    },
    answered.resolve,
  );
  const stop = (): void => void request.destroy();
  signal.addEventListener('abort', stop, { once: true });
  request.on('error', (error) => {
    const code = 'code' in error ? String(error.code) : 'unknown error';
    answered.reject(
      new SourceError('unavailable', `${service} cannot be reached (${code}).`, error),
    );
  });
  request.end();
  try {
    return await answered.promise;
  } finally {
    signal.removeEventListener('abort', stop);
  }
};

const discard = (answer: IncomingMessage): void => {
  answer.on('error', () => undefined);
  answer.destroy();
};
