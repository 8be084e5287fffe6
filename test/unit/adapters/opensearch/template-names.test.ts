import { describe, expect, it } from 'vitest';
import { underNames } from '../../../../src/adapters/opensearch/template-names.ts';

const file = {
  name: 'audit-events',
  body: {
    index_patterns: ['audit-events-*'],
    priority: 500,
    template: { aliases: { 'audit-events': {} }, mappings: { dynamic: 'strict' } },
  },
};

describe('underNames', () => {
  it('gives an index under another name the same mapping, by its own template and alias', () => {
    expect(underNames([file], { 'audit-events': 'soc-events' })).toEqual([
      {
        name: 'soc-events',
        body: {
          index_patterns: ['soc-events-*'],
          priority: 500,
          template: { aliases: { 'soc-events': {} }, mappings: { dynamic: 'strict' } },
        },
      },
    ]);
  });

  it('leaves a template alone whose index keeps its name', () => {
    expect(underNames([file], { 'audit-events': 'audit-events' })).toEqual([file]);
    expect(underNames([file], {})).toEqual([file]);
  });
});
