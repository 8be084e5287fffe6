import { isJsonObject, type JsonValue } from '../../../src/core/model/json.ts';

const parsed = (text: string): JsonValue | undefined => {
  const plain = /^\s*%(7B|5B)/i.test(text) ? decodeURIComponent(text) : text;
  if (!/^\s*[[{]/.test(plain)) return undefined;
  try {
    return JSON.parse(plain) as JsonValue;
  } catch {
    return undefined;
  }
};

/**
 * A value without what providers and code write differently and mean the same: the spelling of keys, lists of one,
 * members that are empty, numbers as text, JSON as text, the order of lists.
 */
const plain = (value: JsonValue): string | undefined => {
  if (value === null || value === '') return undefined;
  if (typeof value === 'string') {
    const inner = parsed(value);
    return inner === undefined ? value : plain(inner);
  }
  if (Array.isArray(value)) {
    const items = value.flatMap((item: JsonValue) => plain(item) ?? []);
    return items.length < 2 ? items[0] : `[${items.toSorted().join()}]`;
  }
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).flatMap(([key, inner]) => {
    const text = plain(inner);
    const name = key.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
    if (name === 'xmlns' || text === undefined) return [];
    return [[name, text] as const];
  });
  const [only] = members;
  if (only === undefined) return undefined;
  if (members.length === 1 && (only[0] === 'items' || only[0] === 'value')) return only[1];
  return `{${members
    .map(([name, text]) => `${name}:${text}`)
    .toSorted()
    .join()}}`;
};

/** Whether two values are the same but for their writing; absent, null and empty are one. */
export const isSameValue = (one: JsonValue | undefined, other: JsonValue | undefined): boolean =>
  plain(one ?? null) === plain(other ?? null);

/** A path without the index of blocks that occur once. */
export const isSamePath = (one: string, other: string): boolean =>
  one.replaceAll('[0]', '') === other.replaceAll('[0]', '');
