import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { CertificateFiles } from './certificates.ts';

export interface TokenRequest {
  readonly method: string | undefined;
  readonly authorization: string | undefined;
  readonly form: URLSearchParams;
}

export interface TokenServer {
  /** `https://localhost:port/token` */
  readonly url: string;
  readonly requests: readonly TokenRequest[];
  close(): Promise<void>;
}

/** An OAuth 2.0 token endpoint on this machine, with this certificate. */
export const startTokenServer = async (
  { certFile, keyFile }: CertificateFiles,
  answer: (request: TokenRequest, response: ServerResponse) => void,
): Promise<TokenServer> => {
  const requests: TokenRequest[] = [];
  const server = createServer(
    { cert: readFileSync(certFile), key: readFileSync(keyFile) },
    (incoming, response) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      incoming.on('end', () => {
        const { method, headers } = incoming;
        const { authorization } = headers;
        const request = { method, authorization, form: new URLSearchParams(text) };
        requests.push(request);
        answer(request, response);
      });
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}/token`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
