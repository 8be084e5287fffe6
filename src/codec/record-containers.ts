import { isJsonObject, ownString, ownValue } from '../core/model/json.ts';
import type { JsonValue } from '../core/model/json.ts';
import type { RecordFailure } from '../core/model/outcome.ts';
import { decodeFailure, isFailure } from './decoded-record.ts';
import { gunzip, isGzip } from './gunzip.ts';
import { parseJsonRecord } from './json-record.ts';
import type { JsonRecord } from './json-record.ts';
import { elementSpans, memberSpan } from './json-spans.ts';

/** A part of a record, and where in the record it stands. */
export interface ContainedRecord {
  readonly place: string;
  readonly content: JsonRecord | RecordFailure;
}

/** What may still be unpacked of one record: shared by all that it contains, so that nothing grows without bound. */
export interface UnpackLimits {
  readonly maxDepth: number;
  /** Bytes that gzip inside the record may still make; counted down. */
  inflatableBytes: number;
}

/** More than any delivery file within the size cap holds; keeps a hostile array from being taken apart. */
const MAX_ELEMENTS = 50_000;

/**
 * Members with an array of records: a CloudTrail delivery file and events of SQS, SNS and Kinesis (`Records`), Azure
 * Event Hub and Firehose's HTTP delivery (`records`), a CloudWatch Logs subscription (`logEvents`), a page of the Azure
 * REST API (`value`), of Cloud Logging (`entries`), of a Pub/Sub pull (`receivedMessages`), a Kubernetes
 * `EventList` (`items`), a page of HCP Terraform's audit trail (`data`).
 */
const ARRAY_MEMBERS = [
  'Records',
  'records',
  'logEvents',
  'value',
  'entries',
  'receivedMessages',
  'items',
  'data',
] as const;
/**
 * Members with one record, or the next envelope: EventBridge (`detail`), Pub/Sub (`message`), CloudEvents (`data`), a
 * Kinesis record and a CloudWatch Logs subscription as Lambda gets them.
 */
const OBJECT_MEMBERS = ['detail', 'message', 'data', 'kinesis', 'awslogs'] as const;
/** A record as JSON text: a row of CloudTrail LookupEvents, an event of CloudWatch Logs, a message of SNS, of SQS. */
const TEXT_MEMBERS = ['CloudTrailEvent', 'message', 'Message', 'body'] as const;
/** JSON in base64, gzipped or not: a message of Pub/Sub, a record of Kinesis and Firehose, `awslogs`. */
const BASE64_MEMBER = 'data';

const isArray = (value: JsonValue | undefined): value is readonly JsonValue[] =>
  Array.isArray(value);

const elementsOf = (
  bytes: Buffer,
  start: number,
  elements: readonly JsonValue[],
  name: string,
  isHarmless: boolean | undefined,
): readonly ContainedRecord[] => {
  if (elements.length > MAX_ELEMENTS) {
    const message = `${elements.length} elements are more than ${MAX_ELEMENTS}.`;
    return [{ place: name, content: decodeFailure('too_large', message) }];
  }
  return elementSpans(bytes, start).map((span, position) => ({
    place: `${name}[${position}]`,
    content: {
      value: elements[position] ?? null,
      bytes: bytes.subarray(span.start, span.end),
      ...(isHarmless === true ? { isHarmless } : {}),
    },
  }));
};

const fromBase64 = (text: string, limits: UnpackLimits): JsonRecord | RecordFailure => {
  if (text[0] === '{' || text[0] === '[')
    return parseJsonRecord(Buffer.from(text), limits.maxDepth);
  const bytes = Buffer.from(text, 'base64');
  if (!isGzip(bytes)) return parseJsonRecord(bytes, limits.maxDepth);
  const content = gunzip(bytes, Math.max(1, limits.inflatableBytes));
  if (isFailure(content)) return content;
  limits.inflatableBytes -= content.length;
  return parseJsonRecord(content, limits.maxDepth);
};

/**
 * The records that a record contains, one level deep: the elements of an array, by itself or in one of
 * `ARRAY_MEMBERS`; the object in one of `OBJECT_MEMBERS`; the text in one of `TEXT_MEMBERS`; base64 in `data`.
 * Undefined where it is no container. Each keeps its own slice of the bytes.
 */
export const containedRecords = (
  { value, bytes, isHarmless }: JsonRecord,
  limits: UnpackLimits,
): readonly ContainedRecord[] | undefined => {
  if (isArray(value)) return elementsOf(bytes, 0, value, '', isHarmless);
  for (const name of ARRAY_MEMBERS) {
    const elements = ownValue(value, name);
    const span = isArray(elements) ? memberSpan(bytes, 0, name) : undefined;
    if (isArray(elements) && span !== undefined) {
      return elementsOf(bytes, span.start, elements, name, isHarmless);
    }
  }
  for (const name of OBJECT_MEMBERS) {
    const member = ownValue(value, name);
    const span = isJsonObject(member) ? memberSpan(bytes, 0, name) : undefined;
    if (member !== undefined && span !== undefined) {
      const content = {
        value: member,
        bytes: bytes.subarray(span.start, span.end),
        ...(isHarmless === true ? { isHarmless } : {}),
      };
      return [{ place: name, content }];
    }
  }
  for (const name of TEXT_MEMBERS) {
    const text = ownString(value, name);
    if (text !== undefined) {
      return [{ place: name, content: parseJsonRecord(Buffer.from(text), limits.maxDepth) }];
    }
  }
  const encoded = ownString(value, BASE64_MEMBER);
  if (encoded !== undefined) {
    return [{ place: BASE64_MEMBER, content: fromBase64(encoded, limits) }];
  }
  return undefined;
};
