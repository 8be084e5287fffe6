import { describe, expect, it } from 'vitest';
import { applySetup } from '../../../../src/adapters/opensearch/setup.ts';
import type { OpenSearchTransport } from '../../../../src/adapters/opensearch/transport.ts';

const files = {
  components: [
    {
      name: 'a@mappings',
      body: { template: { mappings: { properties: { f: { type: 'long' } } } } },
    },
  ],
  indexTemplates: [{ name: 'a', body: { index_patterns: ['a-*'], composed_of: ['a@mappings'] } }],
  policies: [{ name: 'a', body: { policy: { description: 'A', states: [] } } }],
};
const EMPTY = { mappings: { properties: {} } };

describe('applySetup', () => {
  it('goes on with other indexes and the policies where one index refuses a field', async () => {
    const taken: string[] = [];
    const transport: OpenSearchTransport = {
      request: async ({ method, path }) => {
        if (method === 'GET' && path === '/a-*/_mapping')
          return { status: 200, body: { 'a-1': EMPTY, 'a-2': EMPTY, 'a-3': EMPTY } };
        if (method === 'GET') return { status: 404, body: { error: { reason: 'none' } } };
        if (path.includes('a-2'))
          return { status: 400, body: { error: { reason: 'Limit of total fields' } } };
        taken.push(path);
        return { status: 200, body: {} };
      },
      close: async () => undefined,
    };
    const options = { single: [], overwrite: false };
    await expect(applySetup(transport, files, options, () => undefined)).rejects.toMatchObject({
      code: 'opensearch_refused',
      message: 'OpenSearch refused to take the mapping a-2 (400): Limit of total fields',
    });
    expect(taken.slice(-3)).toEqual([
      '/a-1/_mapping',
      '/a-3/_mapping',
      '/_plugins/_ism/policies/a',
    ]);
  });
});
