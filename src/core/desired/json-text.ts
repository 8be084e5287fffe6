import type { JsonValue } from '../model/json.ts';

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
