import { isJsonObject, ownString, ownValue } from '../core/model/json.ts';
import type { JsonValue } from '../core/model/json.ts';
import type { RecordFailure } from '../core/model/outcome.ts';
import { decodeFailure } from './decoded-record.ts';
import { parseJsonRecord } from './json-record.ts';
import type { JsonRecord } from './json-record.ts';
import { elementSpans, memberSpan } from './json-spans.ts';

/** A part of a record, and where in the record it stands. */
export interface ContainedRecord {
  readonly place: string;
  readonly content: JsonRecord | RecordFailure;
}

/** More than any delivery file within the size cap holds; keeps a hostile array from being taken apart. */
const MAX_ELEMENTS = 50_000;

/** Arrays of records: a CloudTrail delivery file, a CloudWatch Logs subscription. */
const ARRAY_MEMBERS = ['Records', 'logEvents'] as const;
/** A record as JSON text: an event of a CloudWatch Logs subscription, a row of CloudTrail LookupEvents. */
const TEXT_MEMBERS = ['CloudTrailEvent', 'message'] as const;

const isArray = (value: JsonValue | undefined): value is readonly JsonValue[] =>
  Array.isArray(value);

const elementsOf = (
  bytes: Buffer,
  start: number,
  elements: readonly JsonValue[],
  name: string,
): readonly ContainedRecord[] => {
  if (elements.length > MAX_ELEMENTS) {
    const message = `${elements.length} elements are more than ${MAX_ELEMENTS}.`;
    return [{ place: name, content: decodeFailure('too_large', message) }];
  }
  return elementSpans(bytes, start).map((span, position) => ({
    place: `${name}[${position}]`,
    content: { value: elements[position] ?? null, bytes: bytes.subarray(span.start, span.end) },
  }));
};

/**
 * The records that a record contains: the elements of an array, of `Records` or `logEvents`, the `detail` of an
 * EventBridge envelope, the text in `CloudTrailEvent` or `message`. Undefined where it is no container.
 * Each keeps its own slice of the bytes.
 */
export const containedRecords = (
  { value, bytes }: JsonRecord,
  maxDepth: number,
): readonly ContainedRecord[] | undefined => {
  if (isArray(value)) return elementsOf(bytes, 0, value, '');
  for (const name of ARRAY_MEMBERS) {
    const elements = ownValue(value, name);
    const span = isArray(elements) ? memberSpan(bytes, 0, name) : undefined;
    if (isArray(elements) && span !== undefined) {
      return elementsOf(bytes, span.start, elements, name);
    }
  }
  const detail = ownValue(value, 'detail');
  if (isJsonObject(detail)) {
    const span = memberSpan(bytes, 0, 'detail');
    if (span !== undefined) {
      const content = { value: detail, bytes: bytes.subarray(span.start, span.end) };
      return [{ place: 'detail', content }];
    }
  }
  for (const name of TEXT_MEMBERS) {
    const text = ownString(value, name);
    if (text !== undefined) {
      return [{ place: name, content: parseJsonRecord(Buffer.from(text), maxDepth) }];
    }
  }
  return undefined;
};
