import type { JsonValue } from '../core/model/json.ts';
import { DEFAULT_MAX_DEPTH } from './codec-limits.ts';
import { isFailure } from './decoded-record.ts';
import { parseJsonRecord } from './json-record.ts';

/** The value of a JSON text, integers past 2^53 as text; undefined where it is none, or nested too deep. */
export const parseJsonText = (text: string): JsonValue | undefined => {
  const record = parseJsonRecord(Buffer.from(text), DEFAULT_MAX_DEPTH);
  return isFailure(record) ? undefined : record.value;
};
