import { setTimeout as delay } from 'node:timers/promises';
import type { BenchDocument } from './documents.ts';

export interface NodeClient {
  /** Throws for any status but 200. */
  call(method: string, path: string, body?: object): Promise<Readonly<Record<string, unknown>>>;
  /** Creates documents by bulk requests, some at a time; gives the number that were refused. */
  write(index: string, documents: readonly BenchDocument[]): Promise<number>;
  /** Makes all searchable and waits for the merges that this has begun. */
  settle(index: string): Promise<void>;
}

const BULK_DOCUMENTS = 1_000;
const CONCURRENCY = 2;
const POLL_MS = 50;

interface BulkAnswer {
  readonly errors: boolean;
  readonly items: readonly { readonly create: { readonly status: number } }[];
}

export const createNodeClient = (url: string): NodeClient => {
  const send = async (method: string, path: string, body: Buffer | string | undefined) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      signal: AbortSignal.timeout(300_000),
      ...(body === undefined ? {} : { body }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 500)}`);
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  };
  const writeBody = async (index: string, body: Buffer): Promise<number> => {
    const answer = (await send(
      'POST',
      `/${index}/_bulk?filter_path=errors,items.*.status`,
      body,
    )) as unknown as BulkAnswer;
    return answer.errors ? answer.items.filter(({ create }) => create.status !== 201).length : 0;
  };
  const merging = async (index: string): Promise<boolean> => {
    const { _all } = (await send('GET', `/${index}/_stats/merge`, undefined)) as {
      readonly _all?: { readonly total: { readonly merges: { readonly current: number } } };
    };
    return (_all?.total.merges.current ?? 0) > 0;
  };
  return {
    call: (method, path, body) =>
      send(method, path, body === undefined ? undefined : JSON.stringify(body)),
    write: async (index, documents) => {
      const bodies: Buffer[] = [];
      for (let at = 0; at < documents.length; at += BULK_DOCUMENTS) {
        bodies.push(
          Buffer.concat(
            documents
              .slice(at, at + BULK_DOCUMENTS)
              .flatMap(({ id, body }) => [
                Buffer.from(`{"create":{"_id":${JSON.stringify(id)}}}\n`),
                body,
                Buffer.from('\n'),
              ]),
          ),
        );
      }
      let next = 0;
      let refused = 0;
      const work = async (): Promise<void> => {
        for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
          refused += await writeBody(index, body);
        }
      };
      await Promise.all(Array.from({ length: CONCURRENCY }, work));
      return refused;
    },
    settle: async (index) => {
      await send('POST', `/${index}/_refresh`, undefined);
      while (await merging(index)) await delay(POLL_MS);
    },
  };
};
