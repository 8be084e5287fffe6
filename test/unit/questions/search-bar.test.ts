import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { invertedFields, type TemplateName } from '../../support/template-fields.ts';

const defaultFields = (name: TemplateName): readonly string[] => {
  const path = `../../../schemas/opensearch/component-templates/${name}@settings.json`;
  const { template } = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as {
    readonly template: {
      readonly settings: {
        readonly index: { readonly query: { readonly default_field: readonly string[] } };
      };
    };
  };
  return template.settings.index.query.default_field;
};

describe('a search without the name of a field', () => {
  it.each(['audit-events', 'drift-candidates', 'desired-state'] as const)(
    'looks at no field that OpenSearch refuses globs of: %s',
    (name) => {
      const inverted = invertedFields(name);
      expect(defaultFields(name).filter((field) => !inverted.has(field))).toEqual([]);
    },
  );
});
