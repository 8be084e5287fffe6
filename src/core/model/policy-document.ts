import { isJsonObject } from './json.ts';
import type { JsonValue } from './json.ts';

const MAX_DEPTH = 64;
const MAX_VALUES = 50_000;

/** A JSON text as its value; undefined where it is none. */
export const parseJsonText = (text: string): JsonValue | undefined => {
  if (!/^\s*[[{"]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    // Not JSON: the caller takes it as text.
    return undefined;
  }
};

const isPolicy = (value: JsonValue): boolean =>
  isJsonObject(value) && Object.hasOwn(value, 'Statement');

const ACTIONS = ['Action', 'NotAction'];
const PRINCIPALS = ['Principal', 'NotPrincipal'];

/** `"123456789012"` and the root ARN of that account are one principal; so are `"*"` and `{"AWS": "*"}`. */
const principalText = (text: string): string =>
  /^\d{12}$/.test(text) ? `arn:aws:iam::${text}:root` : text;

interface Budget {
  left: number;
}

type Place = 'plain' | 'policy' | 'action' | 'principal';

const placeOf = (place: Place, key: string): Place => {
  if (place === 'plain') return 'plain';
  if (ACTIONS.includes(key)) return 'action';
  return PRINCIPALS.includes(key) || place === 'principal' ? 'principal' : 'policy';
};

const scalar = (value: string | number | boolean | null, place: Place): string => {
  if (place === 'plain') return JSON.stringify(value);
  const text = String(value);
  if (place === 'action') return JSON.stringify(text.toLowerCase());
  return JSON.stringify(place === 'principal' ? principalText(text) : text);
};

const canonical = (value: JsonValue, place: Place, depth: number, budget: Budget): string => {
  budget.left -= 1;
  if (depth > MAX_DEPTH || budget.left < 0) throw new RangeError('too large to compare');
  if (Array.isArray(value)) {
    const texts = value.map((item: JsonValue) => canonical(item, place, depth + 1, budget));
    if (place === 'plain') return `[${texts.join(',')}]`;
    const members = [...new Set(texts)].sort();
    return members.length === 1 ? (members[0] ?? '') : `[${members.join(',')}]`;
  }
  if (typeof value !== 'object' || value === null) return scalar(value, place);
  const members = Object.entries(value)
    .filter(
      ([key, member]) =>
        !(place !== 'plain' && (member === null || (key === 'Sid' && member === ''))),
    )
    .map(
      ([key, member]) => [key, canonical(member, placeOf(place, key), depth + 1, budget)] as const,
    )
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const [only] = members;
  if (place === 'principal' && members.length === 1 && only?.[0] === 'AWS' && only[1] === '"*"') {
    return only[1];
  }
  return `{${members.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(',')}}`;
};

/**
 * One text for all spellings of a JSON value: key order never counts. In a policy document (it has `Statement`) lists
 * are sets, a list of one is its member, actions know no case, numbers and booleans are as their text.
 * Undefined past 64 levels or 50,000 values.
 */
export const canonicalDocument = (value: JsonValue): string | undefined => {
  try {
    return canonical(value, isPolicy(value) ? 'policy' : 'plain', 0, { left: MAX_VALUES });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
};
