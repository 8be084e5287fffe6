import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { TlsMaterial } from '../../connection/tls-files.ts';

export interface RegistryRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For the whole of the answer, in milliseconds. */
  readonly timeoutMs: number;
  /** Authorities to trust in place of the system ones, and the client certificate. */
  readonly tls?: TlsMaterial | undefined;
}

export interface RegistryAnswer {
  readonly status: number;
  readonly text: string;
}

const MAX_ANSWER_BYTES = 1024 * 1024;

/**
 * One request with its answer, whatever its status. Follows no redirect. Node's own client, since `fetch` takes no
 * authorities. Rejects where there is no whole answer in time, or one of more than 1 MiB.
 */
export const sendRequest = (wanted: RegistryRequest): Promise<RegistryAnswer> =>
  new Promise((resolve, reject) => {
    const { method, url, headers, body, timeoutMs, tls } = wanted;
    const signal = AbortSignal.timeout(timeoutMs);
    const fail = (error: Error): void =>
      reject(signal.aborted ? new Error(`no answer within ${timeoutMs} ms`) : error);
    const secure = url.startsWith('https:');
    const sent = (secure ? httpsRequest : httpRequest)(
      url,
      { method, headers, signal, ...(secure ? tls : {}) },
      (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > MAX_ANSWER_BYTES) {
            response.destroy(new RangeError('the answer is larger than 1 MiB'));
            return;
          }
          chunks.push(chunk);
        });
        response.on('error', fail);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
        );
      },
    );
    sent.on('error', fail);
    sent.end(body);
  });
