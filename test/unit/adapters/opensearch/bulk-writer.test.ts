import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { createOpenSearchClient } from '../../../../src/adapters/opensearch/client.ts';
import type { OpenSearchTransport } from '../../../../src/adapters/opensearch/transport.ts';
import { bulkWriterRig, documentOf, type BulkWriterRig } from '../../../support/bulk-writer-rig.ts';
import {
  allCreated,
  answer,
  answerItems,
  bulkActions,
  scriptedOpenSearch,
  type ScriptedOpenSearch,
  type Step,
} from '../../../support/scripted-opensearch.ts';

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((close) => close()));
});

const against = async (
  ...steps: readonly [Step, ...Step[]]
): Promise<BulkWriterRig & { readonly server: ScriptedOpenSearch }> => {
  const server = await scriptedOpenSearch(...steps);
  const transport = createOpenSearchClient({
    nodes: [server.url],
    requestTimeoutMs: 300,
    maxSockets: 4,
  });
  opened.push(async () => {
    await transport.close();
    await server.close();
  });
  return { ...bulkWriterRig(transport), server };
};

const error = (type: string, reason = ''): unknown => ({ error: { type, reason } });
const written = (count: number): unknown =>
  Array.from({ length: count }, () => ({ status: 'written' }));

const jsonHead = { 'content-type': 'application/json' };

const failures: readonly (readonly [name: string, step: Step, cause: string])[] = [
  ['429', answer(429, error('rejected_execution_exception')), '429_rejected_execution_exception'],
  ['500', answer(500, error('x')), '500_x'],
  ['502 in HTML', answer(502, '<html>bad gateway'), '502_unknown_error'],
  ['503', answer(503, error('x')), '503_x'],
  ['504', answer(504, ''), '504_unknown_error'],
  ['JSON cut short', (_q, r) => r.writeHead(200, jsonHead).end('{"items":['), 'garbled'],
  ['connection closed before the answer', (_q, r) => r.destroy(), 'connection'],
  [
    'connection closed in the body',
    (_q, r) => {
      r.writeHead(200, { ...jsonHead, 'content-length': '999' }).write('{"it');
      setTimeout(() => r.destroy(), 10);
    },
    'connection',
  ],
  ['no answer in time', () => undefined, 'timeout'],
  [
    'an answer that stops in its body',
    (_q, r) => void r.writeHead(200, jsonHead).write('{"it'),
    'timeout',
  ],
  [
    'one item too few',
    answer(200, { items: [{ create: { status: 201 } }] }),
    'answer_with_other_count',
  ],
  [
    'one item too many',
    answer(200, { items: [1, 2, 3].map(() => ({ create: { status: 201 } })) }),
    'answer_with_other_count',
  ],
];

describe('a whole request that fails and then succeeds', () => {
  it.each(failures)('%s', async (_name, step, cause) => {
    const { writer, scope, telemetry, server } = await against(step, allCreated);
    expect(await writer.write([documentOf('a'), documentOf('b')], scope)).toEqual(written(2));
    expect(server.requests).toHaveLength(2);
    expect(telemetry.of('bulk.retrying')).toMatchObject([
      { attempt: 1, items: 2, cause, delaySeconds: 0.1 },
    ]);
  });

  it('waits as long as Retry-After asks', async () => {
    const step = answer(429, error('x'), { 'retry-after': '17' });
    const { writer, scope, telemetry } = await against(step, allCreated);
    await writer.write([documentOf('a')], scope);
    expect(telemetry.of('bulk.retrying').map(({ delaySeconds }) => delaySeconds)).toEqual([17.1]);
  });

  it('has one document where the answer of an applied request was lost', async () => {
    const stored = { docs: [{ found: true, _source: { raw_data_hash: { value: 'a' } } }] };
    const { writer, scope, server } = await against(
      (_q, r) => void r.destroy(),
      answerItems(() => ({
        status: 409,
        ...(error('version_conflict_engine_exception') as object),
      })),
      answer(200, stored),
    );
    expect(await writer.write([documentOf('a')], scope)).toEqual([{ status: 'unchanged' }]);
    expect(server.requests[2]?.path).toMatch(/^\/_mget\?/);
  });
});

describe('items of one request', () => {
  it('sends again only those that time heals, and keeps the order of the results', async () => {
    const { writer, scope, server } = await against(
      answerItems(({ id }) => ({ status: id === 'b' ? 429 : id === 'd' ? 503 : 201 })),
      allCreated,
    );
    const documents = ['a', 'b', 'c', 'd'].map((id) => documentOf(id));
    expect(await writer.write(documents, scope)).toEqual(written(4));
    expect(bulkActions(server.requests[1]?.body ?? '').map(({ id }) => id)).toEqual(['b', 'd']);
  });

  it('tells same from other content by the stored hash, and superseded by version', async () => {
    const conflict = { status: 409, error: { type: 'version_conflict_engine_exception' } };
    const docs = ['a', 'other', undefined].map((value) => ({
      found: true,
      _source: { raw_data_hash: { value } },
    }));
    const { writer, scope } = await against(
      answerItems(() => conflict),
      answer(200, { docs }),
    );
    const results = await writer.write(
      [
        documentOf('a'),
        { ...documentOf('r'), write: { replace: '7' } },
        documentOf('b'),
        documentOf('c'),
      ],
      scope,
    );
    expect(results.map(({ status }) => status)).toEqual([
      'unchanged',
      'superseded',
      'conflict',
      'conflict',
    ]);
  });

  it('creates again a document that was gone when it was to be compared', async () => {
    const { writer, scope } = await against(
      answerItems(() => ({ status: 409 })),
      answer(200, { docs: [{ found: false }] }),
      allCreated,
    );
    expect(await writer.write([documentOf('a')], scope)).toEqual(written(1));
  });

  it('writes the version as digits past 2^53', async () => {
    const { writer, scope, server } = await against(allCreated);
    await writer.write([{ ...documentOf('a'), write: { replace: '9007199254740993' } }], scope);
    expect(server.requests[0]?.body).toContain(
      '"version":9007199254740993,"version_type":"external_gte"',
    );
  });
});

describe('a document whose id is taken and that cannot be compared', () => {
  const conflicts = answerItems(() => ({ status: 409 }));
  const found = { found: true, _source: { raw_data_hash: { value: 'a' } } };
  const stored = answer(200, { docs: [found] });
  const lacking = {
    type: 'security_exception',
    reason: 'no permissions for [indices:data/read/mget]',
  };

  it.each([
    ['the whole request is refused', answer(503, error('x')), 'mget_503_x'],
    ['no answer comes in time', () => undefined, 'mget_timeout'],
    ['the answer is of other documents', answer(200, { docs: [] }), 'mget_answer_with_other_count'],
    [
      'its shard is away',
      answer(200, { docs: [{ error: { type: 'no_shard_available_action_exception' } }] }),
      'stored_document_unreadable',
    ],
    ['it is gone', answer(200, { docs: [{ found: false }] }), 'stored_document_gone'],
  ] as const)('is tried again with a cause of its own where %s', async (_name, step, cause) => {
    const { writer, scope, telemetry } = await against(conflicts, step, conflicts, stored);
    expect(await writer.write([documentOf('a')], scope)).toEqual([{ status: 'unchanged' }]);
    expect(telemetry.of('bulk.retrying')).toMatchObject([{ cause, items: 1 }]);
    expect(telemetry.of('bulk.blocked')).toEqual([]);
  });

  it.each([
    ['the whole request', answer(403, { error: lacking }), 'mget_403_security_exception'],
    ['it', answer(200, { docs: [{ error: lacking }] }), 'stored_document_unreadable'],
  ] as const)(
    'waits for somebody where the right to read %s is missing',
    async (_n, step, cause) => {
      const { writer, scope, telemetry } = await against(conflicts, step, conflicts, stored);
      expect(await writer.write([documentOf('a')], scope)).toEqual([{ status: 'unchanged' }]);
      expect(telemetry.of('bulk.blocked')).toMatchObject([
        { cause, detail: 'the role lacks indices:data/read/mget' },
      ]);
    },
  );
});

describe('what somebody has to mend', () => {
  it.each([
    [
      'a write block',
      answerItems(() => ({ status: 403, error: { type: 'cluster_block_exception' } })),
    ],
    [
      'a closed index',
      answerItems(() => ({ status: 400, error: { type: 'index_closed_exception' } })),
    ],
    [
      'a missing index',
      answerItems(() => ({ status: 404, error: { type: 'index_not_found_exception' } })),
    ],
    ['refused credentials', answer(401, 'Unauthorized')],
    ['a role without the right', answer(403, error('security_exception'))],
    ['a redirect', answer(302, '', { location: 'http://127.0.0.1:1/' })],
  ])('%s: waits the long delay, tells, and rejects nothing', async (_name, step) => {
    const { writer, scope, telemetry } = await against(step, step, allCreated);
    expect(await writer.write([documentOf('a')], scope)).toEqual(written(1));
    expect(telemetry.of('bulk.blocked').map(({ delaySeconds }) => delaySeconds)).toEqual([10, 10]);
  });
});

const accept = (body: string, status: (id: string) => number): unknown => ({
  items: bulkActions(body).map(({ id }) => ({ create: { status: status(id) } })),
});

/** Takes every body without a document whose id starts with `bad`, and refuses the others as a whole. */
const picky = (log: string[][] = []): OpenSearchTransport => ({
  request: async ({ body }) => {
    const ids = bulkActions(String(body)).map(({ id }) => id);
    log.push(ids);
    return ids.some((id) => id.startsWith('bad'))
      ? { status: 400, body: error('json_parse_exception') }
      : { status: 200, body: accept(String(body), () => 201) };
  },
  close: async () => undefined,
});

describe('a request that OpenSearch refuses as a whole', () => {
  it('is halved until exactly the documents at fault are alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 40 }), async (faults) => {
        const log: string[][] = [];
        const { writer, scope } = bulkWriterRig(picky(log));
        const documents = faults.map((bad, i) => documentOf(`${bad ? 'bad' : 'good'}-${i}`));
        const results = await writer.write(documents, scope);
        expect(results.map(({ status }) => status === 'rejected')).toEqual(faults);
        const taken = log.filter((ids) => !ids.some((id) => id.startsWith('bad'))).flat();
        expect(taken).toEqual(documents.map(({ id }) => id).filter((id) => id.startsWith('good')));
      }),
      { numRuns: 60 },
    );
  });

  it('is halved where it is too large, and a document too large alone is rejected', async () => {
    const tooLarge: Step = (request, response) =>
      (request.body.length > 150 ? answer(413, '<html>') : allCreated)(request, response);
    const { writer, scope } = await against(tooLarge);
    const big = { ...documentOf('big'), body: Buffer.from(JSON.stringify({ x: 'y'.repeat(300) })) };
    const results = await writer.write([documentOf('a'), big, documentOf('b')], scope);
    expect(results.map(({ status }) => status)).toEqual(['written', 'rejected', 'written']);
  });
});

const down: OpenSearchTransport = {
  request: async () => ({ status: 503, body: '' }),
  close: async () => undefined,
};

describe('while OpenSearch is away', () => {
  it('heartbeats at least every interval, for ten minutes and more', async () => {
    const until = { answer: down.request };
    const { writer, scope, heartbeats, clock } = bulkWriterRig({
      ...down,
      request: (request) => (clock() > 600_000 ? picky().request(request) : until.answer(request)),
    });
    expect(await writer.write([documentOf('a')], scope)).toEqual(written(1));
    const gaps = heartbeats.map((at, i) => at - (heartbeats[i - 1] ?? 0));
    expect(heartbeats.length).toBeGreaterThan(190);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(3_000);
  });

  it('gives up after its patience with a retriable error', async () => {
    const { writer, scope, clock } = bulkWriterRig(down, { patienceMs: 60_000 });
    await expect(writer.write([documentOf('a')], scope)).rejects.toMatchObject({
      code: 'opensearch_unavailable',
      retriable: true,
    });
    expect(clock()).toBeLessThan(120_000);
  });

  it('ends with the error of a heartbeat when the group has moved on', async () => {
    const heartbeat = (): Promise<void> => Promise.reject(new Error('rebalance in progress'));
    const { writer, scope } = bulkWriterRig(down, { heartbeat });
    await expect(writer.write([documentOf('a')], scope)).rejects.toThrow('rebalance in progress');
  });

  it('ends as soon as the unit is aborted, also while a chunk waits for room', async () => {
    const stop = new AbortController();
    const { writer, scope, telemetry } = bulkWriterRig(down, {
      signal: stop.signal,
      maxDocuments: 1,
      concurrency: 1,
    });
    const writing = writer.write(
      ['a', 'b', 'c', 'd'].map((id) => documentOf(id)),
      scope,
    );
    await expect.poll(() => telemetry.of('bulk.retrying').length).toBeGreaterThan(2);
    stop.abort(new Error('shutdown'));
    await expect(writing).rejects.toThrow('shutdown');
  });
});

describe('the bodies', () => {
  it('keep the limits of bytes and documents, and run no more at once than allowed', async () => {
    let running = 0;
    let most = 0;
    const sizes: number[] = [];
    const { writer, scope } = bulkWriterRig(
      {
        close: async () => undefined,
        request: async ({ body }) => {
          sizes.push(Buffer.byteLength(body ?? ''));
          most = Math.max(most, (running += 1));
          await new Promise((resolve) => setTimeout(resolve, 2));
          running -= 1;
          return { status: 200, body: accept(String(body), () => 201) };
        },
      },
      { maxBytes: 2_000, maxDocuments: 7, concurrency: 3 },
    );
    const documents = Array.from({ length: 100 }, (_, i) => documentOf(`id-${i}`));
    expect(await writer.write(documents, scope)).toEqual(written(100));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2_000);
    expect(sizes.length).toBeGreaterThanOrEqual(15);
    expect(most).toBe(3);
  });

  it('are fewer at once while OpenSearch is overloaded, and more again as it recovers', async () => {
    let requests = 0;
    let running = 0;
    const most: number[] = [];
    const { writer, scope, telemetry } = bulkWriterRig(
      {
        close: async () => undefined,
        request: async ({ body }) => {
          requests += 1;
          running += 1;
          most.push(running);
          const isBusy = requests <= 8;
          await new Promise((resolve) => setTimeout(resolve, 1));
          running -= 1;
          return isBusy
            ? { status: 429, body: { error: { type: 'rejected_execution_exception' } } }
            : { status: 200, body: accept(String(body), () => 201) };
        },
      },
      { maxDocuments: 1, concurrency: 4 },
    );
    const documents = Array.from({ length: 200 }, (_, i) => documentOf(`id-${i}`));
    expect(await writer.write(documents, scope)).toEqual(written(200));
    const limits = telemetry.of('bulk.concurrency').map(({ limit }) => limit);
    expect(limits[0]).toBe(4);
    expect(Math.min(...limits)).toBe(1);
    expect(limits.at(-1)).toBe(4);
    expect(Math.max(...most)).toBe(4);
  });

  it('never hold a document that would break the request', async () => {
    const log: string[][] = [];
    const { writer, scope } = bulkWriterRig(picky(log));
    const twoLines = { ...documentOf('a'), body: Buffer.from('{\n}') };
    const wrongVersion = { ...documentOf('b'), write: { replace: '1e3' } };
    const results = await writer.write(
      [twoLines, wrongVersion, documentOf(''), documentOf('x'.repeat(513)), documentOf('\ud800')],
      scope,
    );
    expect(results.map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
    expect(log).toEqual([]);
  });
});
