import { expect, it } from 'vitest';
import { resourceNames } from '../../../../src/commands/query/resource-names.ts';
import type { JsonObject } from '../../../../src/core/model/json.ts';
import type { Search } from '../../../../src/questions/search.ts';

const answering = (names: JsonObject): Search => ({
  list: async () => ({ documents: [], more: false }),
  once: async () => ({}),
  ifThere: async (index, body) =>
    index === 'desiredState' && 'query' in body ? { aggregations: names } : undefined,
});

it('says that a name has more resources than were looked for', async () => {
  const buckets = [{ key: 'k', doc_count: 1 }];
  const all = { names0: { buckets, sum_other_doc_count: 0 } };
  expect(await resourceNames(answering(all), 'n')).toEqual({
    ...{ names: ['n', 'k'], keys: ['k'], cut: false },
  });
  const some = { ...all, names2: { buckets: [], sum_other_doc_count: 1 } };
  expect(await resourceNames(answering(some), 'n')).toMatchObject({ cut: true });
});
