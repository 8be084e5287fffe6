import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bulkActions, type BulkAction } from '../../support/scripted-opensearch.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A bulk request, as the service sent it. */
export interface BulkRequest {
  /** From 1, over all bulk requests. */
  readonly number: number;
  readonly body: string;
  readonly actions: readonly BulkAction[];
  readonly headers: IncomingMessage['headers'];
}

/** An item's own fault: the item is kept from OpenSearch, and this is its part of the answer. */
export interface ItemFault {
  readonly status: number;
  readonly type: string;
  readonly reason?: string;
}

/** What becomes of a bulk request; undefined lets it through. */
export type BulkFault =
  /** OpenSearch never sees it. */
  | { readonly kind: 'answer'; readonly answer: HttpAnswer }
  /** OpenSearch takes the items without a fault. */
  | { readonly kind: 'items'; readonly faultOf: (action: BulkAction) => ItemFault | undefined }
  /** OpenSearch applies it, and its answer arrives changed, after a while, or never. */
  | {
      readonly kind: 'applied';
      readonly delayMs?: number;
      readonly write: (answer: HttpAnswer, response: ServerResponse) => void;
    };

export interface BulkInterposer {
  readonly url: string;
  /** Bulk requests so far. */
  readonly requests: readonly { readonly at: number; readonly items: number }[];
  close(): Promise<void>;
}

const jsonHeaders = { 'content-type': 'application/json' };

const writeAnswer = ({ status, body, headers }: HttpAnswer, response: ServerResponse): void =>
  void response.writeHead(status, { ...jsonHeaders, ...headers }).end(body);

const bodyOf = async (incoming: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const bulkLines = (actions: readonly BulkAction[], lines: readonly string[]): string =>
  actions.length === 0 ? '' : `${lines.join('\n')}\n`;

/**
 * An HTTP server between the service and OpenSearch that knows bulk requests: it fails a request, or some of its items,
 * in the way that the real one does and that cannot be provoked there. All else goes through, and documents that are
 * acknowledged are documents that OpenSearch has.
 */
export const startBulkInterposer = async (
  target: string,
  faultOf: (request: BulkRequest) => BulkFault | undefined,
): Promise<BulkInterposer> => {
  const requests: { readonly at: number; readonly items: number }[] = [];

  const forward = async (incoming: IncomingMessage, body: Buffer | string): Promise<HttpAnswer> => {
    const { method = 'GET', url = '/' } = incoming;
    const answer = await fetch(new URL(url, target), {
      method,
      headers: { 'content-type': incoming.headers['content-type'] ?? 'application/json' },
      ...(body.length === 0 ? {} : { body }),
    });
    return { status: answer.status, body: await answer.text() };
  };

  const withoutFaulty = async (
    incoming: IncomingMessage,
    { actions, body }: BulkRequest,
    fault: (action: BulkAction) => ItemFault | undefined,
  ): Promise<HttpAnswer> => {
    const lines = body.split('\n');
    const faults = actions.map(fault);
    const sound = actions.filter((_action, at) => faults[at] === undefined);
    const kept = actions.flatMap((_action, at) =>
      faults[at] === undefined ? [lines[2 * at] ?? '', lines[2 * at + 1] ?? ''] : [],
    );
    const answer =
      sound.length === 0
        ? { status: 200, body: '{"items":[]}' }
        : await forward(incoming, bulkLines(sound, kept));
    if (answer.status !== 200) return answer;
    const items = [...(JSON.parse(answer.body) as { readonly items: readonly unknown[] }).items];
    const merged = actions.map(({ op }, at) => {
      const faulty = faults[at];
      if (faulty === undefined) return items.shift();
      const { status, type, reason = 'provoked' } = faulty;
      return { [op]: { status, error: { type, reason } } };
    });
    return { status: 200, body: JSON.stringify({ errors: true, items: merged }) };
  };

  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(incoming);
    const isBulk = (incoming.url ?? '').startsWith('/_bulk');
    if (!isBulk) return writeAnswer(await forward(incoming, body), response);
    const actions = bulkActions(body.toString());
    requests.push({ at: performance.now(), items: actions.length });
    const request: BulkRequest = {
      number: requests.length,
      body: body.toString(),
      actions,
      headers: incoming.headers,
    };
    const fault = faultOf(request);
    switch (fault?.kind) {
      case undefined:
        return writeAnswer(await forward(incoming, body), response);
      case 'answer':
        return writeAnswer(fault.answer, response);
      case 'items':
        return writeAnswer(await withoutFaulty(incoming, request, fault.faultOf), response);
      case 'applied': {
        const answer = await forward(incoming, body);
        setTimeout(() => fault.write(answer, response), fault.delayMs ?? 0);
      }
    }
  };

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

export const refusal = (
  status: number,
  type: string,
  headers: Readonly<Record<string, string>> = {},
): BulkFault => ({
  kind: 'answer',
  answer: {
    status,
    headers,
    body: JSON.stringify({ error: { type, reason: 'provoked' }, status }),
  },
});

export { writeAnswer };
