import { isAscii, isUtf8 } from 'node:buffer';
import type { JsonObject, JsonValue } from '../core/model/json.ts';
import type { RecordFailure } from '../core/model/outcome.ts';
import { decodeFailure } from './decoded-record.ts';
import { compactJson, scanJson, trimJson } from './json-scan.ts';
import { mayBeHarmful } from './raw-member.ts';

export interface JsonRecord {
  /** Numbers that a double would round are texts; only where `exact` is there, they may be rounded. */
  readonly value: JsonValue;
  /** The text as received, on one line, without a byte order mark. */
  readonly bytes: Buffer;
  /** The value with exact numbers, found when it is asked for. Absent: `value` is exact. */
  readonly exact?: () => JsonValue;
  /** It does no harm as an object in a document: see `rawForm`. Absent: not known. */
  readonly isHarmless?: boolean | undefined;
}

interface SourceText {
  readonly source?: string;
}

const parseWithSource = JSON.parse as (
  text: string,
  reviver: (key: string, value: JsonValue, context: SourceText) => JsonValue,
) => JsonValue;

const INTEGER = /^-?\d+$/;

/** Keeps as text what a double would round: integers past 2^53, and numbers past the largest double. */
const exactNumber = (_key: string, value: JsonValue, context: SourceText): JsonValue =>
  typeof value === 'number' &&
  context.source !== undefined &&
  (!Number.isFinite(value) || (!Number.isSafeInteger(value) && INTEGER.test(context.source)))
    ? context.source
    : value;

/**
 * Where a number within a value may stand that `exactNumber` keeps as text, in or out of a string: an integer past 2^53
 * has 16 digits at least, and nothing without an exponent or 16 digits is past the largest double. An alternative at the
 * start of the text would make this three times as slow.
 */
const LONG_NUMBER = /[:,[\s]-?(?:\d{16}|\d[\d.]*[eE][+-]?\d)/;

const NO_MEMBERS: ReadonlySet<string> = new Set();

/**
 * Whether a number may be one that a double has rounded: each that `exactNumber` keeps as text is.
 * @param without names of members that are not looked into
 */
export const hasRounded = (value: JsonValue, without = NO_MEMBERS): boolean => {
  if (typeof value === 'number') {
    return !Number.isSafeInteger(value) && (Number.isInteger(value) || !Number.isFinite(value));
  }
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some((each: JsonValue) => hasRounded(each, without));
  const object = value as JsonObject;
  for (const key in object) {
    if (!without.has(key) && hasRounded(object[key] ?? null, without)) return true;
  }
  return false;
};

const exactly = (text: string, value: JsonValue): (() => JsonValue) => {
  let exact: { readonly value: JsonValue } | undefined;
  return () =>
    (exact ??= { value: hasRounded(value) ? parseWithSource(text, exactNumber) : value }).value;
};

const whereItFails = (error: SyntaxError): string => {
  const position = /at position (\d+)/.exec(error.message)?.[1];
  if (position !== undefined) return ` (at character ${position})`;
  return error.message.startsWith('Unexpected end') ? ' (it ends too early)' : '';
};

/** Whether the text has more opening brackets than this, those in strings counted as well: they are found by native search. */
const hasMoreOpenings = (text: string, most: number): boolean => {
  let openings = 0;
  for (const sign of ['{', '[']) {
    for (let at = text.indexOf(sign); at !== -1; at = text.indexOf(sign, at + 1)) {
      if (++openings > most) return true;
    }
  }
  return false;
};

/**
 * Parses a record that should be one JSON value; its numbers are exact by `exact`, where there is one.
 * Fails with `empty`, `not_json` (also for invalid UTF-8) or `too_deep`, decided before the parse.
 *
 * One parse is the only look at every character in this language: what must be known beside it is asked by native
 * searches, which cost a tenth of it, and looked for closely where these find a sign.
 */
export const readJsonRecord = (received: Buffer, maxDepth: number): JsonRecord | RecordFailure => {
  const bytes = trimJson(received);
  if (bytes.length === 0) return decodeFailure('empty', 'The value holds nothing but whitespace.');
  const ascii = isAscii(bytes);
  if (!ascii && !isUtf8(bytes)) return decodeFailure('not_json', 'The value is not valid UTF-8.');
  const text = ascii ? bytes.toString('latin1') : bytes.toString();
  if (hasMoreOpenings(text, maxDepth) && scanJson(bytes, maxDepth).tooDeep) {
    return decodeFailure('too_deep', `The value is nested deeper than ${maxDepth} levels.`);
  }
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return decodeFailure('not_json', `The value is not valid JSON${whereItFails(error)}.`);
  }
  // In a string JSON allows neither: they stand between the tokens.
  const hasLineEnd = text.includes('\n') || text.includes('\r');
  return {
    value,
    bytes: hasLineEnd ? compactJson(bytes) : bytes,
    ...(typeof value === 'number' || LONG_NUMBER.test(text) ? { exact: exactly(text, value) } : {}),
    isHarmless: !mayBeHarmful(text, bytes.length) || undefined,
  };
};

/** The same with exact numbers. */
export const parseJsonRecord = (received: Buffer, maxDepth: number): JsonRecord | RecordFailure => {
  const record = readJsonRecord(received, maxDepth);
  if ('stage' in record) return record;
  const { value, bytes, exact, isHarmless } = record;
  return { value: exact === undefined ? value : exact(), bytes, isHarmless };
};
