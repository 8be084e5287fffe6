import { isJsonObject, ownValue, type JsonObject, type JsonValue } from '../core/model/json.ts';
import type { Clause } from './clause.ts';
import type { GroupQuestion, Measure } from './question.ts';

/** One group: its keys, `count` (documents), and its measures, by name. Times are in milliseconds since the epoch. */
export type GroupRow = JsonObject;

const TOP_VALUES = 5;
const NONE = '(none)';

const measureBody = ({ of, field }: Measure): JsonObject => {
  switch (of) {
    case 'first':
      return { min: { field } };
    case 'last':
    case 'most':
      return { max: { field } };
    case 'distinct':
      return { cardinality: { field } };
    case 'top':
      return { terms: { field, size: TOP_VALUES } };
    case 'median':
      return { percentiles: { field, percents: [50] } };
    case 'p95':
      return { percentiles: { field, percents: [95] } };
  }
};

/** The body of a search that gives the groups, at most `limit`, and no document. */
export const groupBody = (
  { where, by, measures }: GroupQuestion,
  filters: readonly Clause[],
  limit: number,
): JsonObject => {
  const sources = by.map(({ field }) => ({ field, missing: NONE }));
  const [only] = sources;
  const grouping: JsonObject =
    sources.length === 1 && only !== undefined
      ? { terms: { ...only, size: limit } }
      : { multi_terms: { terms: sources, size: limit } };
  return {
    size: 0,
    track_total_hits: false,
    query: { bool: { filter: [...where, ...filters] } },
    aggs: {
      groups: {
        ...grouping,
        aggs: Object.fromEntries(measures.map((each) => [each.name, measureBody(each)])),
      },
    },
  };
};

const at = (value: JsonValue | undefined, ...path: readonly string[]): JsonValue | undefined =>
  path.reduce<JsonValue | undefined>((inner, key) => ownValue(inner, key), value);

const listAt = (value: JsonValue | undefined, ...path: readonly string[]): readonly JsonValue[] => {
  const found = at(value, ...path);
  return Array.isArray(found) ? (found as readonly JsonValue[]) : [];
};

const measured = ({ of, name }: Measure, bucket: JsonValue): JsonValue => {
  if (of === 'top') return listAt(bucket, name, 'buckets').map((each) => at(each, 'key') ?? null);
  if (of !== 'median' && of !== 'p95') return at(bucket, name, 'value') ?? null;
  const values = at(bucket, name, 'values');
  const [value] = isJsonObject(values) ? Object.values(values) : [];
  return typeof value === 'number' ? Math.round(value) : null;
};

/** The groups of an answer, the largest first, and how many documents are in groups beyond the limit. */
export const groupRows = (
  { by, measures }: GroupQuestion,
  answer: JsonValue,
): { readonly rows: readonly GroupRow[]; readonly others: number } => {
  const rows = listAt(answer, 'aggregations', 'groups', 'buckets').map((bucket): GroupRow => {
    const key = at(bucket, 'key') ?? null;
    const keys: readonly JsonValue[] = Array.isArray(key) ? (key as readonly JsonValue[]) : [key];
    return Object.fromEntries([
      ...by.map(({ name }, index) => [name, keys[index] ?? null] as const),
      ['count', at(bucket, 'doc_count') ?? 0] as const,
      ...measures.map((each) => [each.name, measured(each, bucket)] as const),
    ]);
  });
  const others = at(answer, 'aggregations', 'groups', 'sum_other_doc_count');
  return { rows, others: typeof others === 'number' ? others : 0 };
};
