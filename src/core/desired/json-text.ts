import { isJsonObject, type JsonValue } from '../model/json.ts';

export type JsonTextResult =
  { readonly ok: true; readonly value: JsonValue } | { readonly ok: false };

/** Parses a JSON text. Integers past 2^53 become their text. */
export const parseJsonText = (text: string): JsonTextResult => {
  try {
    return { ok: true, value: parse(text.replace(/^\uFEFF/, '')) };
  } catch {
    return { ok: false };
  }
};

type SourceReviver = (
  key: string,
  value: JsonValue,
  context: { readonly source?: string },
) => JsonValue;

// The types of ES2024 lack the reviver's third argument, which Node 21 and later pass.
const parseWithSource = JSON.parse as (text: string, reviver?: SourceReviver) => JsonValue;

/** A long number, or a text that looks like one: parsing with a reviver takes several times as long. */
const LONG_NUMBER = /(?:^|[:,[\s])-?\d{16,}\s*(?:[,\]}]|$)/;

const parse = (text: string): JsonValue =>
  LONG_NUMBER.test(text) ? parseWithSource(text, keepUnsafeInteger) : parseWithSource(text);

const keepUnsafeInteger: SourceReviver = (_key, value, { source }) =>
  typeof value === 'number' &&
  !Number.isSafeInteger(value) &&
  source !== undefined &&
  /^-?\d+$/.test(source)
    ? source
    : value;

/**
 * Whether a JSON text has values that are not in what was parsed of it: of repeated keys only the last one counts.
 * @param value of the text, no deeper than `MAX_ATTRIBUTE_DEPTH`
 */
export const hasRepeatedKeys = (text: string, value: JsonValue): boolean =>
  keysInText(text) > keysIn(value);

const keysIn = (value: JsonValue): number => {
  if (Array.isArray(value)) {
    return (value as readonly JsonValue[]).reduce<number>((sum, each) => sum + keysIn(each), 0);
  }
  if (!isJsonObject(value)) return 0;
  return Object.values(value).reduce<number>((sum, each) => sum + 1 + keysIn(each), 0);
};

/** Texts that a colon follows. */
const keysInText = (text: string): number => {
  const colon = /\s*:/y;
  let count = 0;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) {
    at = endOfText(text, at);
    if (at === -1) break;
    colon.lastIndex = at + 1;
    if (colon.test(text)) count++;
  }
  return count;
};

/** Where the quote at the position is closed. */
const endOfText = (text: string, open: number): number => {
  let end = text.indexOf('"', open + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
};

const isEscaped = (text: string, at: number): boolean => {
  let slashes = 0;
  while (text[at - 1 - slashes] === '\\') slashes++;
  return slashes % 2 === 1;
};
