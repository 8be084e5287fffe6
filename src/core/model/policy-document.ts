import { isJsonObject } from './json.ts';
import type { JsonObject, JsonValue } from './json.ts';

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

const ACCOUNT_ROOT = /^arn:aws(?:-[a-z]+)*:iam::(\d{12}):root$/;

/**
 * `"123456789012"` and the root ARN of that account, which is in one partition only, are one principal; so are `"*"` and
 * `{"AWS": "*"}`.
 */
const principalText = (text: string): string => ACCOUNT_ROOT.exec(text)?.[1] ?? text;

interface Budget {
  left: number;
}

type Place = 'plain' | 'policy' | 'action' | 'principal';

const placeOf = (place: Place, key: string): Place => {
  if (place === 'plain') return 'plain';
  if (ACTIONS.includes(key)) return 'action';
  return PRINCIPALS.includes(key) || place === 'principal' ? 'principal' : 'policy';
};

/** A JSON text, but for control characters; no two texts have the same. */
const quoted = (text: string): string =>
  text.includes('"') || text.includes('\\') ? JSON.stringify(text) : `"${text}"`;

const scalar = (value: string | number | boolean | null, place: Place): string => {
  if (place === 'plain') return typeof value === 'string' ? quoted(value) : String(value);
  const text = String(value);
  if (place === 'action') return quoted(text.toLowerCase());
  return quoted(place === 'principal' ? principalText(text) : text);
};

const canonicalList = (
  values: readonly JsonValue[],
  place: Place,
  depth: number,
  budget: Budget,
): string => {
  const texts = values.map((item) => canonical(item, place, depth + 1, budget));
  if (place === 'plain') return `[${texts.join(',')}]`;
  const [only = '[]'] = texts;
  if (texts.length < 2) return only;
  const members = [...new Set(texts)].sort();
  return members.length === 1 ? only : `[${members.join(',')}]`;
};

const isSaidNothing = (key: string, member: JsonValue | undefined): boolean =>
  member === null || member === undefined || (key === 'Sid' && member === '');

const canonicalObject = (
  value: JsonObject,
  place: Place,
  depth: number,
  budget: Budget,
): string => {
  let text = '';
  let only: string | undefined;
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (place !== 'plain' && isSaidNothing(key, member)) continue;
    const inner = canonical(member ?? null, placeOf(place, key), depth + 1, budget);
    only = text === '' && key === 'AWS' ? inner : undefined;
    text += text === '' ? `${quoted(key)}:${inner}` : `,${quoted(key)}:${inner}`;
  }
  return place === 'principal' && only === '"*"' ? only : `{${text}}`;
};

const canonical = (value: JsonValue, place: Place, depth: number, budget: Budget): string => {
  budget.left -= 1;
  if (depth > MAX_DEPTH || budget.left < 0) throw new RangeError('too large to compare');
  if (typeof value !== 'object' || value === null) return scalar(value, place);
  return Array.isArray(value)
    ? canonicalList(value, place, depth, budget)
    : canonicalObject(value as JsonObject, place, depth, budget);
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
