import { describe, expect, it } from 'vitest';
import { underNames } from '../../../../src/adapters/opensearch/setup-names.ts';
import type { SetupFiles } from '../../../../src/adapters/opensearch/setup-files.ts';

const files: SetupFiles = {
  components: [{ name: 'audit-events@mappings', body: { template: { mappings: {} } } }],
  indexTemplates: [
    {
      name: 'audit-events',
      body: {
        index_patterns: ['audit-events-*'],
        composed_of: ['audit-events@mappings', 'audit-events@custom'],
        priority: 500,
        template: { aliases: { 'audit-events': {} } },
      },
    },
    { name: 'audit-events2', body: { index_patterns: ['audit-events2-*'] } },
  ],
  policies: [
    {
      name: 'audit-events',
      body: { policy: { states: [], ism_template: [{ index_patterns: ['audit-events-2*'] }] } },
    },
  ],
};

describe('underNames', () => {
  it('gives indexes under another name their own templates, parts, alias and policy', () => {
    expect(underNames(files, { 'audit-events': 'soc' })).toEqual({
      components: [{ name: 'soc@mappings', body: { template: { mappings: {} } } }],
      indexTemplates: [
        {
          name: 'soc',
          body: {
            index_patterns: ['soc-*'],
            composed_of: ['soc@mappings', 'soc@custom'],
            priority: 500,
            template: { aliases: { soc: {} } },
          },
        },
        { name: 'audit-events2', body: { index_patterns: ['audit-events2-*'] } },
      ],
      policies: [
        {
          name: 'soc',
          body: { policy: { states: [], ism_template: [{ index_patterns: ['soc-2*'] }] } },
        },
      ],
    });
  });

  it('leaves alone what keeps its name', () => {
    expect(underNames(files, { 'audit-events': 'audit-events' })).toEqual(files);
    expect(underNames(files, {})).toEqual(files);
  });
});
