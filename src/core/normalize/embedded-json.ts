import type { JsonValue } from '../model/json.ts';

interface SourceText {
  readonly source?: string;
}

const parse = JSON.parse as (
  text: string,
  reviver?: (key: string, value: JsonValue, context: SourceText) => JsonValue,
) => JsonValue;

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
 * is its value, integers past 2^53 as text; all else stays as it is. Null and absent are undefined.
 */
export const embeddedJson = (value: JsonValue | undefined): JsonValue | undefined => {
  if (value === null || value === undefined) return undefined;
  if (typeof value !== 'string' || (value[0] !== '{' && value[0] !== '[')) return value;
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
