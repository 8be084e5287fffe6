import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ScriptedRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

export interface BulkAction {
  readonly op: 'create' | 'index';
  readonly index: string;
  readonly id: string;
  readonly body: string;
}

/** Answers one request, or does something worse to the connection. */
export type Step = (request: ScriptedRequest, response: ServerResponse) => void;

export interface ScriptedOpenSearch {
  readonly url: string;
  readonly requests: readonly ScriptedRequest[];
  close(): Promise<void>;
}

/** The actions of a bulk body. */
export const bulkActions = (body: string): readonly BulkAction[] => {
  const lines = body.split('\n');
  return Array.from({ length: Math.floor(lines.length / 2) }, (_, i) => {
    const action = JSON.parse(lines[2 * i] ?? '') as Record<
      string,
      { _index: string; _id: string }
    >;
    const [[op, target] = ['', { _index: '', _id: '' }]] = Object.entries(action);
    return {
      op: op === 'index' ? 'index' : 'create',
      index: target._index,
      id: target._id,
      body: lines[2 * i + 1] ?? '',
    };
  });
};

export const answer =
  (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Step =>
  (_request, response) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const contentType = typeof body === 'string' ? 'text/html' : 'application/json';
    response.writeHead(status, { 'content-type': contentType, ...headers }).end(text);
  };

/** A bulk answer with a status, and an error, for each action. */
export const answerItems =
  (item: (action: BulkAction, position: number) => { status: number; error?: unknown }): Step =>
  (request, response) => {
    const items = bulkActions(request.body).map((action, i) => ({ [action.op]: item(action, i) }));
    answer(200, { errors: false, items })(request, response);
  };

export const allCreated: Step = answerItems(() => ({ status: 201 }));

/** An HTTP server that answers the n-th request with the n-th step, and all later ones with the last. */
export const scriptedOpenSearch = async (
  ...steps: readonly [Step, ...Step[]]
): Promise<ScriptedOpenSearch> => {
  const requests: ScriptedRequest[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const request = {
        method: incoming.method ?? '',
        path: incoming.url ?? '',
        body: Buffer.concat(chunks).toString(),
        headers: incoming.headers,
      };
      const step = steps[Math.min(requests.length, steps.length - 1)] ?? steps[0];
      requests.push(request);
      step(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
