import { isUtf8 } from 'node:buffer';
import type { JsonValue } from '../core/model/json.ts';
import type { RecordFailure } from '../core/model/outcome.ts';
import { decodeFailure } from './decoded-record.ts';
import { compactJson, scanJson, trimJson } from './json-scan.ts';

export interface JsonRecord {
  readonly value: JsonValue;
  /** The text as received, on one line, without a byte order mark. */
  readonly bytes: Buffer;
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

const whereItFails = (error: SyntaxError): string => {
  const position = /at position (\d+)/.exec(error.message)?.[1];
  if (position !== undefined) return ` (at character ${position})`;
  return error.message.startsWith('Unexpected end') ? ' (it ends too early)' : '';
};

/**
 * Parses a record that should be one JSON value.
 * Fails with `empty`, `not_json` (also for invalid UTF-8) or `too_deep`, decided before the parse.
 */
export const parseJsonRecord = (received: Buffer, maxDepth: number): JsonRecord | RecordFailure => {
  const bytes = trimJson(received);
  if (bytes.length === 0) return decodeFailure('empty', 'The value holds nothing but whitespace.');
  if (!isUtf8(bytes)) return decodeFailure('not_json', 'The value is not valid UTF-8.');
  const scan = scanJson(bytes, maxDepth);
  if (scan.tooDeep) {
    return decodeFailure('too_deep', `The value is nested deeper than ${maxDepth} levels.`);
  }
  const text = bytes.toString();
  try {
    const value = scan.longNumbers
      ? parseWithSource(text, exactNumber)
      : (JSON.parse(text) as JsonValue);
    return { value, bytes: scan.hasLineEnd ? compactJson(bytes) : bytes };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return decodeFailure('not_json', `The value is not valid JSON${whereItFails(error)}.`);
  }
};
