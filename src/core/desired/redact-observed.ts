import { isJsonObject, ownValue, type JsonObject, type JsonValue } from '../model/json.ts';
import type { ResourceTypeTable } from '../model/provider-tables.ts';
import { isRedacted, type SecretHash } from '../model/redacted-value.ts';
import { isDeeperThan, MAX_ATTRIBUTE_DEPTH, redactAttributes } from './redact.ts';
import { secretPathsOf } from './secret-attributes.ts';

const FREE_KEYS = /^(tags|tags_all|labels|annotations)\.(.+)$/s;

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
  const steps = stepsOf(path);
  const nested = steps.reduceRight<JsonValue>(
    (value, step) => (step === undefined ? [value] : { [step]: value }),
    observed,
  );
  const redacted = redactAttributes(nested as JsonObject, secretPathsOf(type, table), hash);
  return steps.reduce<JsonValue>((value, step) => {
    // A marker higher up stands for all below it.
    if (isRedacted(value)) return value;
    if (step === undefined)
      return (Array.isArray(value) ? (value as readonly JsonValue[])[0] : value) ?? null;
    return isJsonObject(value) ? (ownValue(value, step) ?? null) : value;
  }, redacted);
};

/** Names of members; undefined for a position in a list. */
const stepsOf = (path: string): readonly (string | undefined)[] => {
  const free = FREE_KEYS.exec(path);
  if (free !== null) return free.slice(1);
  return path.split('.').flatMap((segment) => {
    const [name = '', ...positions] = segment.split('[');
    return [name, ...positions.map(() => undefined)];
  });
};
