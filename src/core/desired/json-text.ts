import type { JsonValue } from '../model/json.ts';
import { decodeSourceText } from './source-text.ts';

/** Where a JSON text stops being one. Carries nothing of the text. */
export interface JsonTextFailure {
  readonly reason: 'empty' | 'truncated' | 'not_json';
  readonly position?: string;
}

export type JsonTextResult =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly failure: JsonTextFailure };

/** Bytes are UTF-8 or UTF-16; a byte order mark is dropped. Integers past 2^53 become their text. */
export const parseJsonText = (input: string | Uint8Array): JsonTextResult => {
  const text = typeof input === 'string' ? input.replace(/^\uFEFF/, '') : decodeSourceText(input);
  if (text === undefined)
    return { ok: false, failure: { reason: 'not_json', position: 'not UTF-8 or UTF-16' } };
  const end = text.trimEnd().length;
  if (end === 0) return { ok: false, failure: { reason: 'empty' } };
  try {
    return { ok: true, value: parse(text) };
  } catch (error) {
    return { ok: false, failure: failureOf(text, end, error) };
  }
};

type SourceReviver = (
  key: string,
  value: JsonValue,
  context: { readonly source?: string },
) => JsonValue;

// The types of ES2024 lack the reviver's third argument, which Node 21 and later pass.
const parseWithSource = JSON.parse as (text: string, reviver?: SourceReviver) => JsonValue;

const parse = (text: string): JsonValue =>
  /\d{16}/.test(text) ? parseWithSource(text, keepUnsafeInteger) : parseWithSource(text);

const keepUnsafeInteger: SourceReviver = (_key, value, { source }) =>
  typeof value === 'number' &&
  !Number.isSafeInteger(value) &&
  source !== undefined &&
  /^-?\d+$/.test(source)
    ? source
    : value;

/** The engine's message quotes the text, so only its position is taken. */
const failureOf = (text: string, end: number, error: unknown): JsonTextFailure => {
  const message = error instanceof Error ? error.message : '';
  const offset = /at position (\d+)/.exec(message)?.[1];
  const at = offset === undefined ? tokenOffset(text, message) : Number(offset);
  const truncated =
    /end of JSON input|Unterminated string/.test(message) || (at !== undefined && at >= end);
  return {
    reason: truncated ? 'truncated' : 'not_json',
    ...(at === undefined ? {} : { position: lineAndColumn(text, at) }),
  };
};

/**
 * V8 tells an unexpected token by the ten characters before it and what follows, without a position:
 * `Unexpected token 'h', ..."ssword": hunter2…`. Undefined where the text has these characters twice.
 */
const tokenOffset = (text: string, message: string): number | undefined => {
  const around = /^Unexpected token .*?, \.\.\."(.*)"(?:\.\.\.)? is not valid JSON$/s.exec(
    message,
  )?.[1];
  const start = around === undefined ? -1 : text.indexOf(around);
  const isOnlyOne = start !== -1 && text.indexOf(around ?? '', start + 1) === -1;
  return isOnlyOne ? start + 10 : undefined;
};

const lineAndColumn = (text: string, offset: number): string => {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return `line ${line}, column ${offset - before.lastIndexOf('\n')}`;
};
