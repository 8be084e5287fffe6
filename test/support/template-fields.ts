import { readFileSync } from 'node:fs';

interface Field {
  readonly type?: string;
  readonly path?: string;
  readonly enabled?: boolean;
  readonly index?: boolean;
  readonly doc_values?: boolean;
  readonly properties?: Readonly<Record<string, Field>>;
  readonly fields?: Readonly<Record<string, Field>>;
}

export type TemplateName = 'audit-events' | 'drift-candidates' | 'desired-state';

/** Kept and shown, but neither searched nor aggregated nor sorted by. */
const isOnlyShown = ({ enabled, index, doc_values }: Field): boolean =>
  enabled === false || (index === false && doc_values === false);

const mappingsOf = (name: TemplateName): Field => {
  const url = new URL(
    `../../schemas/opensearch/component-templates/${name}@mappings.json`,
    import.meta.url,
  );
  const { template } = JSON.parse(readFileSync(url, 'utf8')) as {
    readonly template: { readonly mappings: Field };
  };
  return template.mappings;
};

/** Paths of the text fields with an inverted index, which take globs, too. */
export const invertedFields = (name: TemplateName): ReadonlySet<string> => {
  const found = new Set<string>();
  const visit = (field: Field, path: string): void => {
    if (['keyword', 'text'].includes(field.type ?? '') && field.index !== false) found.add(path);
    for (const [key, inner] of Object.entries({ ...field.properties, ...field.fields }))
      visit(inner, path === '' ? key : `${path}.${key}`);
  };
  visit(mappingsOf(name), '');
  return found;
};

/** The type of every field of an index template that can be asked, by path; an alias has the type of what it stands for. */
export const templateFields = (name: TemplateName): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  const aliases: [string, string][] = [];
  const visit = (field: Field, path: string): void => {
    if (field.type === 'alias') aliases.push([path, field.path ?? '']);
    else if (field.type !== undefined && !isOnlyShown(field)) found.set(path, field.type);
    for (const [key, inner] of Object.entries({ ...field.properties, ...field.fields }))
      visit(inner, path === '' ? key : `${path}.${key}`);
  };
  visit(mappingsOf(name), '');
  for (const [path, target] of aliases) {
    const type = found.get(target);
    if (type !== undefined) found.set(path, type);
  }
  return found;
};

/** The fields that a search names: those of its clauses, its aggregations and its sort. */
export const searchedFields = (value: unknown): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap(searchedFields);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    if (key === 'field' && typeof inner === 'string') return [inner];
    if (['term', 'range', 'match', 'prefix', 'wildcard'].includes(key) && typeof inner === 'object')
      return Object.keys(inner ?? {});
    if (key === 'source' && typeof inner === 'string')
      return Array.from(inner.matchAll(/doc\['([^']+)'\]/g), ([, field = '']) => field);
    if (
      key === 'terms' &&
      typeof inner === 'object' &&
      inner !== null &&
      !('field' in inner || 'script' in inner)
    )
      return Array.isArray(inner) ? searchedFields(inner) : Object.keys(inner);
    return searchedFields(inner);
  });
};
