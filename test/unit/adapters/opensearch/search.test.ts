import { expect, it } from 'vitest';
import { searchList } from '../../../../src/adapters/opensearch/search.ts';
import type { OpenSearchRequest } from '../../../../src/adapters/opensearch/transport.ts';

const PAGE = 1_000;

/** Searches on an OpenSearch that always has a further page, and takes so long for each. */
const endless = (pageMs: number, timeoutMs: number) => {
  const asked: OpenSearchRequest[] = [];
  let now = 0;
  const hits = Array.from({ length: PAGE }, (_, n) => ({
    ...{ _index: 'i', _id: `${n}`, _source: {}, sort: [n] },
  }));
  const searches = {
    transport: {
      request: async (request: OpenSearchRequest) => {
        asked.push(request);
        if (request.path === '/_search' && request.method === 'POST') now += pageMs;
        return { status: 200, headers: {}, body: { pit_id: 'p', hits: { hits } } };
      },
      close: async () => undefined,
    },
    timeoutMs,
    leftMs: () => timeoutMs - now,
  };
  return { asked, searches };
};

it('gives all pages of a list up after the time of the command, not each after it', async () => {
  const { asked, searches } = endless(400, 1_000);
  const reading = searchList(searches, 'i', () => ({ sort: [] }), 100_000);
  await expect(reading).rejects.toMatchObject({
    code: 'search_timeout',
    message: expect.stringContaining('longer than 1000 ms') as string,
  });
  const limits = asked.flatMap(({ query }) => query?.['cancel_after_time_interval'] ?? []);
  expect(limits).toEqual(['1000ms', '600ms', '200ms']);
  expect(asked.at(-1)).toMatchObject({ method: 'DELETE', path: '/_search/point_in_time' });
});
