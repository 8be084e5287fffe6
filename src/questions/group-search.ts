import { isJsonObject, ownValue, type JsonObject, type JsonValue } from '../core/model/json.ts';
import { anyOf, exists, not, oneOf, type Clause } from './clause.ts';
import type { GroupQuestion, Measure } from './question.ts';

/** One group: its keys, `count` (documents), and its measures, by name. Times are in milliseconds since the epoch. */
export type GroupRow = JsonObject;

const TOP_VALUES = 5;
const NONE = '(none)';

/**
 * So many groups each shard counts, of a day or a month, say: what a shard cuts off is missing from a sum over several.
 * Less than the buckets that OpenSearch makes in one search (`search.max_buckets`, 65,535).
 */
export const GROUPS_A_SHARD = 50_000;

/** Buckets for the top values of all groups together. */
const TOP_BUCKETS = 50_000;
/** Top values that each shard counts of one group: OpenSearch's own choice for five, and where more are no use. */
const TOP_VALUES_A_SHARD = { least: 17, most: 1_000 } as const;

/** @param topShardSize values that each shard counts of one group, where values are counted */
const measureBody = ({ of, field }: Measure, topShardSize: number): JsonObject => {
  switch (of) {
    case 'first':
      return { min: { field } };
    case 'last':
    case 'most':
      return { max: { field } };
    case 'distinct':
      return { cardinality: { field } };
    case 'top':
      return { terms: { field, size: TOP_VALUES, shard_size: topShardSize } };
    case 'median':
      return { percentiles: { field, percents: [50] } };
    case 'p95':
      return { percentiles: { field, percents: [95] } };
  }
};

const grouping = ({ by }: GroupQuestion, size: number, shardSize = GROUPS_A_SHARD): JsonObject => {
  const sources = by.map(({ field }) => ({ field, missing: NONE }));
  const [only] = sources;
  const sizes = { size, shard_size: Math.max(size, shardSize) };
  return sources.length === 1 && only !== undefined
    ? { terms: { ...only, ...sizes } }
    : { multi_terms: { terms: sources, ...sizes } };
};

/** A search for groups alone: `aggregation` counts them, `measures` are taken of each. */
const groupsOnly = (
  where: readonly Clause[],
  aggregation: JsonObject,
  measures: readonly Measure[] = [],
  topShardSize: number = TOP_VALUES_A_SHARD.least,
): JsonObject => {
  const aggs = measures.map((each) => [each.name, measureBody(each, topShardSize)] as const);
  return {
    size: 0,
    track_total_hits: false,
    query: { bool: { filter: where } },
    aggs: {
      groups: aggs.length === 0 ? aggregation : { ...aggregation, aggs: Object.fromEntries(aggs) },
    },
  };
};

/** So many groups each shard measures where one search is tried: most questions have fewer, and half the time. */
const FEW_GROUPS = 1_000;

/**
 * The body of one search for all, of a question whose measures need no values counted: undefined for others. Where the
 * answer's `ranking` is cut off, ask as if it had not been asked.
 */
export const directBody = (
  question: GroupQuestion,
  filters: readonly Clause[],
  limit: number,
): JsonObject | undefined => {
  const { where, measures } = question;
  if (measures.some(({ of }) => of === 'top')) return undefined;
  return groupsOnly([...where, ...filters], grouping(question, limit, FEW_GROUPS), measures);
};

/** The body of the first search, which only counts: which groups are the largest, at most `limit`, and no document. */
export const rankBody = (
  question: GroupQuestion,
  filters: readonly Clause[],
  limit: number,
): JsonObject => groupsOnly([...question.where, ...filters], grouping(question, limit));

/** Keys of one group, in the order of `by`. */
type GroupKeys = readonly JsonValue[];

/** Documents of the groups, and of any that mixes their keys. */
const ofGroups = ({ by }: GroupQuestion, groups: readonly GroupKeys[]): readonly Clause[] =>
  by.map(({ field }, position) => {
    const keys = groups.flatMap((each) => {
      const key = each[position];
      return typeof key === 'string' ? [key] : [];
    });
    return keys.includes(NONE)
      ? anyOf([oneOf(field, keys), not(exists(field))])
      : oneOf(field, keys);
  });

/** The body of the second search, which measures the groups that the first one has found. */
export const groupBody = (
  question: GroupQuestion,
  filters: readonly Clause[],
  groups: readonly GroupKeys[],
): JsonObject => {
  const { where, measures } = question;
  const tops = measures.filter(({ of }) => of === 'top').length * groups.length;
  const { least, most } = TOP_VALUES_A_SHARD;
  const topShardSize = Math.max(least, Math.min(most, Math.floor(TOP_BUCKETS / Math.max(1, tops))));
  return groupsOnly(
    [...where, ...filters, ...ofGroups(question, groups)],
    grouping(question, groups.length),
    measures,
    topShardSize,
  );
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

const numberAt = (value: JsonValue | undefined, ...path: readonly string[]): number => {
  const found = at(value, ...path);
  return typeof found === 'number' ? found : 0;
};

const keysOf = (bucket: JsonValue): GroupKeys => {
  const key = at(bucket, 'key') ?? null;
  return Array.isArray(key) ? (key as readonly JsonValue[]) : [key];
};

/** The answer to `rankBody`: the groups, the largest first, and how many documents are in groups beyond the limit. */
export interface Ranking {
  readonly groups: readonly GroupKeys[];
  readonly others: number;
  /** A shard had more groups than it counts: what is cut off may be of these or of larger groups. */
  readonly cutOff: boolean;
}

export const ranking = (answer: JsonValue): Ranking => ({
  groups: listAt(answer, 'aggregations', 'groups', 'buckets').map(keysOf),
  others: numberAt(answer, 'aggregations', 'groups', 'sum_other_doc_count'),
  cutOff: numberAt(answer, 'aggregations', 'groups', 'doc_count_error_upper_bound') !== 0,
});

/** Whether a value that a shard has cut off may be more frequent than one that is told. */
const mayBeOthers = (bucket: JsonValue, name: string): boolean => {
  const counts = listAt(bucket, name, 'buckets').map((each) => numberAt(each, 'doc_count'));
  return numberAt(bucket, name, 'doc_count_error_upper_bound') > Math.min(...counts);
};

/** The answer to `groupBody`: the groups, the largest first, and the measures `top` that may have missed a value. */
export const groupRows = (
  { by, measures }: GroupQuestion,
  answer: JsonValue,
): { readonly rows: readonly GroupRow[]; readonly uncertain: readonly string[] } => {
  const buckets = listAt(answer, 'aggregations', 'groups', 'buckets');
  const rows = buckets.map((bucket): GroupRow => {
    const keys = keysOf(bucket);
    return Object.fromEntries([
      ...by.map(({ name }, index) => [name, keys[index] ?? null] as const),
      ['count', at(bucket, 'doc_count') ?? 0] as const,
      ...measures.map((each) => [each.name, measured(each, bucket)] as const),
    ]);
  });
  const uncertain = measures
    .filter(({ of, name }) => of === 'top' && buckets.some((each) => mayBeOthers(each, name)))
    .map(({ name }) => name);
  return { rows, uncertain };
};
