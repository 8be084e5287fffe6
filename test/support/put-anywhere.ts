/** A copy of the record with the value at a path of positions, whatever keys stand there. */
export const putAnywhere = (record: unknown, path: readonly number[], value: unknown): unknown => {
  const [first, ...rest] = path;
  if (first === undefined || typeof record !== 'object' || record === null) return value;
  const keys = Object.keys(record);
  const key = keys[first % Math.max(1, keys.length)];
  if (key === undefined) return value;
  if (Array.isArray(record)) {
    return record.map((each: unknown, at) =>
      String(at) === key ? putAnywhere(each, rest, value) : each,
    );
  }
  const members = record as Record<string, unknown>;
  return { ...members, [key]: putAnywhere(members[key], rest, value) };
};
