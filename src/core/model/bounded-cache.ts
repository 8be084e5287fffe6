/** A longer name is no table's: names of records would fill the memory. */
export const LONGEST_KEPT_KEY = 200;

/**
 * Keeps what was made for a key, and forgets all where there are `max` of them. What has a key of more than
 * `LONGEST_KEPT_KEY` characters is not kept.
 * @returns the value
 */
export const keepBounded = <Value>(
  kept: Map<string, Value>,
  key: string,
  value: Value,
  max: number,
): Value => {
  if (key.length > LONGEST_KEPT_KEY) return value;
  if (kept.size >= max) kept.clear();
  kept.set(key, value);
  return value;
};
