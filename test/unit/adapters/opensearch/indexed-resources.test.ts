import { describe, expect, it } from 'vitest';
import { indexedResources } from '../../../../src/adapters/opensearch/indexed-resources.ts';
import {
  NoAnswerError,
  type OpenSearchAnswer,
  type OpenSearchTransport,
} from '../../../../src/adapters/opensearch/transport.ts';
import { withPatience, type Patience } from '../../../../src/pipeline/retry.ts';

const { signal } = new AbortController();
const retried: string[] = [];
const patience: Patience = {
  initialDelayMs: 1,
  maxDelayMs: 1,
  limitMs: 1_000,
  now: () => 0,
  sleep: async () => undefined,
  random: () => 0,
  onRetry: (_attempt, _delayMs, { message }) => retried.push(message),
};

const hit = (n: number) => ({ _id: `k-${n}`, _source: { offset: n }, sort: [`k-${n}`] });
const FULL = Array.from({ length: 5_000 }, (_, n) => hit(n));
const page = (hits: readonly object[]): OpenSearchAnswer => ({
  status: 200,
  body: { hits: { hits } },
});

const read = async (answers: (OpenSearchAnswer | Error)[]) => {
  const after: unknown[] = [];
  const transport: OpenSearchTransport = {
    request: async ({ path, body }) => {
      if (path.endsWith('/_refresh')) return { status: 200, body: {} };
      after.push((JSON.parse(String(body)) as { search_after?: unknown }).search_after);
      const answer = answers.shift() ?? new Error('asked too often');
      if (answer instanceof Error) throw answer;
      return answer;
    },
    close: async () => undefined,
  };
  const ids: string[] = [];
  const found = indexedResources(
    transport,
    'desired-state',
    (work) => withPatience(work(), work, signal, patience),
    signal,
  );
  for await (const some of found) ids.push(...some.map(({ id }) => id));
  return { ids, after };
};

describe('reading what the index of desired resources holds', () => {
  it('tries a page again after a 429 or a time-out, and goes on from there', async () => {
    const { ids, after } = await read([
      page(FULL),
      { status: 429, body: { error: { reason: 'busy' } } },
      new NoAnswerError('timeout', 'late'),
      page([hit(5_000)]),
    ]);
    expect(ids).toHaveLength(5_001);
    expect(after).toEqual([undefined, ['k-4999'], ['k-4999'], ['k-4999']]);
    expect(retried).toEqual([expect.stringContaining('busy'), 'late']);
  });

  it('throws at once what no further try mends', async () => {
    const missing = { status: 404, body: { error: { reason: 'no such index' } } };
    await expect(read([missing, page([])])).rejects.toThrow('no such index');
  });
});
