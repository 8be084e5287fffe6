/** A longer name is no table's: names of records would fill the memory. */
export const LONGEST_KEPT_KEY = 200;

/**
 * A text of its own, equal to the one given: what is cut out of a record's text holds on to the whole of it, so that a
 * key that is kept must not be one.
 */
export const ownText = (text: string): string => ` ${text}`.slice(1);

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
  kept.set(ownText(key), value);
  return value;
};

/** What is made of a name, once for each, kept as `keepBounded` does. */
export const keptByName = <Value extends object | string | boolean>(
  make: (name: string) => Value,
  max: number,
): ((name: string) => Value) => {
  const kept = new Map<string, Value>();
  return (name) => kept.get(name) ?? keepBounded(kept, name, make(name), max);
};

/**
 * What is made of two names, such as type and path: once for each pair. Forgets all where there are `max` of them, and
 * keeps none whose names have more than `LONGEST_KEPT_KEY` characters together.
 */
export const keptByPair = <Value extends object | string>(
  make: (first: string, second: string) => Value,
  max: number,
): ((first: string, second: string) => Value) => {
  const kept = new Map<string, Map<string, Value>>();
  let size = 0;
  const keep = (first: string, second: string, value: Value): Value => {
    if (first.length + second.length > LONGEST_KEPT_KEY) return value;
    if (size >= max) {
      kept.clear();
      size = 0;
    }
    const ofFirst = kept.get(first);
    if (ofFirst === undefined) kept.set(ownText(first), new Map([[ownText(second), value]]));
    else ofFirst.set(ownText(second), value);
    size += 1;
    return value;
  };
  return (first, second) =>
    kept.get(first)?.get(second) ?? keep(first, second, make(first, second));
};
