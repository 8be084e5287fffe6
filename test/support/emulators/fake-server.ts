import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server in this process. */
export interface FakeServer {
  readonly address: string;
  /** Method and path with query of each request. */
  readonly requests: readonly string[];
  stop(): Promise<void>;
}

export const startServer = async (
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<FakeServer> => {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
    handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
