import { request } from 'node:https';
import type { TlsMaterial } from '../../connection/tls-files.ts';
import { errorMessage, KafkaError } from './kafka-error.ts';

/** Where a token is had: OAuth 2.0, client credentials grant (RFC 6749, 4.4). */
export interface TokenSource {
  /** https only: the secret is sent to it. */
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: () => string;
  readonly scope?: string | undefined;
  readonly tls: () => TlsMaterial;
  /** Milliseconds that only grow. */
  readonly now: () => number;
  /** Milliseconds until a whole answer has to be there; default 10,000. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 256 * 1024;
/** A token is asked for anew this long before its end. */
const MARGIN_MS = 30_000;

const failed = (what: string, retriable: boolean, cause?: unknown): KafkaError =>
  new KafkaError('kafka_sign_in', `No token for Kafka (kafka.sasl.oauth): ${what}`, {
    retriable,
    cause,
  });

const post = (source: TokenSource, body: string): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const { clientId, clientSecret, tls, url } = source;
    // RFC 6749, 2.3.1: each is form-encoded before the two are joined.
    const pair = [clientId, clientSecret()].map(encodeURIComponent).join(':');
    const sent = request(
      url,
      {
        method: 'POST',
        ...tls(),
        signal: AbortSignal.timeout(source.timeoutMs ?? TIMEOUT_MS),
        headers: {
          authorization: `Basic ${Buffer.from(pair).toString('base64')}`,
          'content-type': 'application/x-www-form-urlencoded',
          accept: 'application/json',
        },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
          if (text.length > MAX_ANSWER_BYTES) response.destroy(new RangeError('answer too large'));
        });
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });

const parsed = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null
      ? (value as Readonly<Record<string, unknown>>)
      : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
};

/** Gives a token, the same until shortly before its end. Rejects with KafkaError `kafka_sign_in`. */
export const tokenFrom = (source: TokenSource): (() => Promise<string>) => {
  let held: { readonly token: string; readonly until: number } | undefined;
  return async () => {
    if (held !== undefined && source.now() < held.until) return held.token;
    const form = new URLSearchParams({ grant_type: 'client_credentials' });
    if (source.scope !== undefined) form.set('scope', source.scope);
    const answer = await post(source, form.toString()).catch((error: unknown) => {
      throw failed(`${source.url} cannot be reached: ${errorMessage(error)}`, true, error);
    });
    const { access_token: token, expires_in: seconds, error: code } = parsed(answer.text);
    if (answer.status !== 200) {
      const word = typeof code === 'string' ? ` ${code.slice(0, 100)}` : '';
      const retriable = answer.status === 429 || answer.status >= 500;
      throw failed(`${source.url} answers ${answer.status}${word}`, retriable);
    }
    if (typeof token !== 'string' || token === '') {
      throw failed(
        `${source.url} answers without an access_token: is it the token endpoint?`,
        false,
      );
    }
    // Some servers write the number as text; without one, nothing is known, and each sign-in asks.
    const lifeMs = Number(seconds ?? 0) * 1_000 || 0;
    held = { token, until: source.now() + Math.max(0, lifeMs - MARGIN_MS) };
    return token;
  };
};
