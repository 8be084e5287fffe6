import { keptByPair } from './bounded-cache.ts';
import type { Comparison, ProviderTables, ResourceTypeRow } from './provider-tables.ts';

const typeRows = (tables: ProviderTables, type: string): readonly ResourceTypeRow[] => {
  const types = tables.resourceTypes;
  const row = Object.hasOwn(types, type) ? types[type] : undefined;
  const same = row?.sameAs;
  const other = same !== undefined && Object.hasOwn(types, same) ? types[same] : undefined;
  return [row, other].filter((one) => one !== undefined);
};

export const withoutIndexes = (path: string): string => path.replaceAll(/\[\d{1,4}\]/g, '');

const comparisonOf = (rows: readonly ResourceTypeRow[], path: string): Comparison => {
  const bare = withoutIndexes(path);
  for (const { attributes } of rows) {
    if (attributes === undefined) continue;
    for (const name of [path, bare]) {
      const found = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
      if (found !== undefined) return found;
    }
  }
  return 'auto';
};

/** By attribute of the blocks at the path, how it compares; undefined where the tables say it of none. */
const memberComparisons = (
  rows: readonly ResourceTypeRow[],
  path: string,
): MemberComparisons | undefined => {
  const blocks = `${withoutIndexes(path)}.`;
  const members = rows.toReversed().flatMap(({ attributes }) =>
    Object.entries(attributes ?? {}).flatMap(([name, by]) => {
      const member = name.startsWith(blocks) ? name.slice(blocks.length) : '';
      return member === '' || member.includes('.') ? [] : [[member, by] as const];
    }),
  );
  return members.length === 0 ? undefined : new Map(members);
};

const isSecretPath = (rows: readonly ResourceTypeRow[], path: string): boolean =>
  rows.some(({ secrets }) =>
    (secrets ?? []).some((secret) => path === secret || path.startsWith(`${secret}.`)),
  );

const keyOf = (rows: readonly ResourceTypeRow[], path: string): string | undefined => {
  const bare = withoutIndexes(path);
  for (const { keys } of rows) {
    const key = keys !== undefined && Object.hasOwn(keys, bare) ? keys[bare] : undefined;
    if (key !== undefined) return key;
  }
  return undefined;
};

const isTagPath = (path: string, rows: readonly ResourceTypeRow[]): boolean => {
  const dot = path.indexOf('.');
  if (dot === -1) return false;
  const map = path.slice(0, dot);
  return /^(tags|tags_all|labels|annotations)$/.test(map) || comparisonOf(rows, map) === 'tags';
};

/** How the attributes of blocks compare, by name. */
export type MemberComparisons = ReadonlyMap<string, Comparison>;

/** What the tables say of an attribute path of a resource type. */
export interface PathRules {
  readonly rows: readonly ResourceTypeRow[];
  readonly by: Comparison;
  readonly tag: boolean;
  readonly secret: boolean;
  /** Of a list of blocks: the attribute that tells its blocks apart. */
  readonly key: string | undefined;
  readonly members: MemberComparisons | undefined;
}

const rulesFor = (tables: ProviderTables, type: string, path: string): PathRules => {
  const rows = typeRows(tables, type);
  const by = comparisonOf(rows, path);
  const tag = by !== 'security_group_rules' && isTagPath(path, rows);
  return {
    rows,
    by,
    tag,
    secret: isSecretPath(rows, path),
    key: keyOf(rows, path),
    members: memberComparisons(rows, path),
  };
};

const MAX_RULES = 10_000;
type RulesOfPath = (type: string, path: string) => PathRules;
const rulesOfTables = new WeakMap<ProviderTables, RulesOfPath>();

/** What the tables say of a path of a type, looked up once for the tables. */
export const pathRules = (tables: ProviderTables, type: string, path: string): PathRules => {
  let rules = rulesOfTables.get(tables);
  if (rules === undefined) {
    rules = keptByPair((ofType, at) => rulesFor(tables, ofType, at), MAX_RULES);
    rulesOfTables.set(tables, rules);
  }
  return rules(type, path);
};
