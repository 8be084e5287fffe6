import type { JsonValue } from '../model/json.ts';

interface SourceText {
  readonly source?: string;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const parse = JSON.parse as (
  text: string,
  reviver?: (key: string, value: JsonValue, context: SourceText) => JsonValue,
) => JsonValue;

/** Deeper text stays text: whoever walks the value has a stack to lose. */
const MAX_DEPTH = 64;

const isTooDeep = (text: string): boolean => {
  let depth = 0;
  let isString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isString) {
      if (code === BACKSLASH) at++;
      else if (code === QUOTE) isString = false;
    } else if (code === QUOTE) isString = true;
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth -= 1;
  }
  return false;
};

const LONG_NUMBER = /\d{16}/;
const INTEGER = /^-?\d+$/;

const exactNumber = (_key: string, value: JsonValue, context: SourceText): JsonValue =>
  typeof value === 'number' &&
  !Number.isSafeInteger(value) &&
  context.source !== undefined &&
  INTEGER.test(context.source)
    ? context.source
    : value;

/**
 * A value that some producers write as JSON text and others as it is: text that starts an object or array and parses
 * is its value, integers past 2^53 as text; all else stays as it is, also what nests deeper than 64. Null and absent are undefined.
 */
export const embeddedJson = (value: JsonValue | undefined): JsonValue | undefined => {
  if (value === null || value === undefined) return undefined;
  if (typeof value !== 'string' || (value[0] !== '{' && value[0] !== '[')) return value;
  if (isTooDeep(value)) return value;
  try {
    return LONG_NUMBER.test(value) ? parse(value, exactNumber) : parse(value);
  } catch {
    return value;
  }
};

/** True and false, also as the texts "true" and "false" in any case; undefined for all else. */
export const looseBoolean = (value: JsonValue | undefined): boolean | undefined => {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return undefined;
  const text = value.toLowerCase();
  return text === 'true' ? true : text === 'false' ? false : undefined;
};
