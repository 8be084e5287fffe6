import { describe, expect, it } from 'vitest';
import { applyTemplates, sameTemplate } from '../../../../src/adapters/opensearch/setup.ts';
import type { OpenSearchTransport } from '../../../../src/adapters/opensearch/transport.ts';

const file = {
  index_patterns: ['a-*'],
  priority: 100,
  composed_of: [],
  template: {
    settings: { number_of_shards: 1, index: { refresh_interval: '5s' } },
    mappings: { dynamic: 'strict', properties: { n: { type: 'long', index: false } } },
    aliases: { a: {} },
  },
};
const stored = {
  index_patterns: ['a-*'],
  priority: 100,
  template: {
    settings: { index: { number_of_shards: '1', refresh_interval: '5s' } },
    mappings: { dynamic: 'strict', properties: { n: { type: 'long', index: false } } },
    aliases: { a: {} },
  },
};

describe('a template as written and as given back', () => {
  it('is the same where only the form differs', () => {
    expect(sameTemplate(file, stored)).toBe(true);
  });

  it.each([
    [
      'a setting',
      {
        ...stored,
        template: {
          ...stored.template,
          settings: { index: { number_of_shards: '2', refresh_interval: '5s' } },
        },
      },
    ],
    [
      'a setting too many',
      {
        ...stored,
        template: {
          ...stored.template,
          settings: { index: { ...stored.template.settings.index, codec: 'best_compression' } },
        },
      },
    ],
    [
      'a field',
      {
        ...stored,
        template: { ...stored.template, mappings: { dynamic: 'strict', properties: {} } },
      },
    ],
    ['the alias', { ...stored, template: { ...stored.template, aliases: {} } }],
    ['a pattern', { ...stored, index_patterns: ['a-*', 'b-*'] }],
    ['the priority', { ...stored, priority: 1 }],
  ])('differs by %s', (_name, other) => {
    expect(sameTemplate(file, other)).toBe(false);
  });
});

describe('a template that cannot be read', () => {
  it.each([
    [403, 'opensearch_forbidden', false],
    [400, 'opensearch_setup_failed', false],
    [503, 'opensearch_setup_failed', true],
  ])('is an error that tells the name, with status %s: %s', async (status, code, retriable) => {
    const transport: OpenSearchTransport = {
      request: async () => ({ status, body: { error: { reason: 'no' } } }),
      close: async () => undefined,
    };
    await expect(applyTemplates(transport, [{ name: 'audit', body: file }])).rejects.toMatchObject({
      code,
      retriable,
      message: expect.stringContaining('audit'),
    });
  });
});
