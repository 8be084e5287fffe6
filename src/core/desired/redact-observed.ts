import { keptByPair } from '../model/bounded-cache.ts';
import { isJsonObject, ownValue, type JsonObject, type JsonValue } from '../model/json.ts';
import type { ResourceTypeTable } from '../model/provider-tables.ts';
import { isRedacted, type SecretHash } from '../model/redacted-value.ts';
import { isDeeperThan, MAX_ATTRIBUTE_DEPTH, redactAttributes, redactMember } from './redact.ts';
import { secretPathsOf } from './secret-attributes.ts';
import { isSecretName } from './secret-names.ts';
import { pathsBelowKey, pathsBelowPosition, type SecretPath } from './secret-paths.ts';

const FREE_KEYS = /^(tags|tags_all|labels|annotations)\.(.+)$/s;

/** What the table and the names of a path say of a value at it, made ready once. */
interface PathPlan {
  /** Names of members; undefined for a position in a list. */
  readonly steps: readonly (string | undefined)[];
  /** What stands above the value is secret, or may be: not the value alone is looked at. */
  readonly above: boolean;
  /** What is left of the type's secret paths below the value. */
  readonly below: readonly SecretPath[];
}

/**
 * A value that an act set, without what would be a secret if code had set it: by the type's table, by the names on its
 * path and within it, by its form. Too deep a value is left out.
 * @param path of the attribute, such as `environment[0].variables.DB_PASSWORD`
 */
export const redactObserved = (
  observed: JsonValue,
  path: string,
  type: string,
  table: ResourceTypeTable,
  hash: SecretHash | undefined,
): JsonValue | undefined => {
  if (isDeeperThan(observed, MAX_ATTRIBUTE_DEPTH)) return undefined;
  const { steps, above, below } = planOf(path, type, table);
  return above
    ? redactWhole(observed, steps, secretPathsOf(type, table), hash)
    : redactMember(steps[steps.length - 1], observed, below, hash);
};

/** As the whole attribute, nested as its path tells; of what is left of it the value at the path. */
const redactWhole = (
  observed: JsonValue,
  steps: readonly (string | undefined)[],
  paths: readonly SecretPath[],
  hash: SecretHash | undefined,
): JsonValue => {
  const nested = steps.reduceRight<JsonValue>(
    (value, step) => (step === undefined ? [value] : { [step]: value }),
    observed,
  );
  const redacted = redactAttributes(nested as JsonObject, paths, hash);
  return steps.reduce<JsonValue>((value, step) => {
    // A marker higher up stands for all below it.
    if (isRedacted(value)) return value;
    if (step === undefined)
      return (Array.isArray(value) ? (value as readonly JsonValue[])[0] : value) ?? null;
    return isJsonObject(value) ? (ownValue(value, step) ?? null) : value;
  }, redacted);
};

const stepsOf = (path: string): readonly (string | undefined)[] => {
  const free = FREE_KEYS.exec(path);
  if (free !== null) return free.slice(1);
  return path.split('.').flatMap((segment) => {
    const [name = '', ...positions] = segment.split('[');
    return [name, ...positions.map(() => undefined)];
  });
};

/** The name of a marker's only member: on a path it makes an object look like a marker. */
const MARKER = '$redacted';

const planFor = (path: string, type: string, table: ResourceTypeTable): PathPlan => {
  const steps = stepsOf(path);
  let above = steps.includes(MARKER);
  let below = secretPathsOf(type, table);
  for (const [at, step] of steps.entries()) {
    if (at > 0 && below.some((left) => left.length === 0)) above = true;
    if (step !== undefined && at < steps.length - 1 && isSecretName(step)) above = true;
    below = step === undefined ? pathsBelowPosition(below, 0) : pathsBelowKey(below, step);
  }
  return { steps, above, below };
};

/** Paths come from tables, but tags and variables from records. */
const MAX_PLANS = 10_000;
type PlanOfPath = (type: string, path: string) => PathPlan;
const plansOfTables = new WeakMap<ResourceTypeTable, PlanOfPath>();

const planOf = (path: string, type: string, table: ResourceTypeTable): PathPlan => {
  let plans = plansOfTables.get(table);
  if (plans === undefined) {
    plans = keptByPair((ofType, at) => planFor(at, ofType, table), MAX_PLANS);
    plansOfTables.set(table, plans);
  }
  return plans(type, path);
};
