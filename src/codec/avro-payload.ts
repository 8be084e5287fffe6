import { isUtf8 } from 'node:buffer';
import type { Type, types } from 'avsc';
import { isJsonObject, type JsonValue } from '../core/model/json.ts';
import { AvroSchemaError } from './avro-schema.ts';
import { isType, readLong, type Cursor } from './avro-walk.ts';
import { isFailure } from './decoded-record.ts';
import type { JsonOutput } from './json-output.ts';
import { parseJsonRecord, readJsonRecord } from './json-record.ts';
import { isPlainJson } from './plain-json.ts';

const OPEN_OBJECT = 0x7b;

/** Moves from the start of an optional text to its content, which goes on to the end of its bytes; false for null. */
export type ToContent = (cursor: Cursor) => boolean;

const absent: ToContent = () => false;

const content: ToContent = (cursor) => {
  readLong(cursor);
  return true;
};

/** @param writer undefined where the writer lacks the field */
export const toContent = (writer: Type | undefined): ToContent => {
  if (writer === undefined || writer.typeName === 'null') return absent;
  if (isType<types.UnwrappedUnionType>(writer, 'union')) {
    const branches = writer.types.map(toContent);
    return (cursor) => branches[readLong(cursor)]!(cursor);
  }
  if (writer.typeName === 'string' || writer.typeName === 'bytes') return content;
  throw new AvroSchemaError(`The Avro type ${writer.typeName} is not read as a text.`);
};

/** Part of a value's bytes. */
export interface TextSpan {
  readonly start: number;
  /** One past the last byte. */
  readonly end: number;
}

/** What is no UTF-8 is replaced, as Avro's strings are read. */
const asUtf8 = (text: Buffer): Buffer => (isUtf8(text) ? text : Buffer.from(text.toString()));

/**
 * Writes a text that should be JSON as it is, on one line; as a string where it is none, or too deep.
 * @returns whether it is known that no key in it does harm in a document
 */
export const writePayload = (
  output: JsonOutput,
  bytes: Buffer,
  { start, end }: TextSpan,
  maxDepth: number,
): boolean => {
  if (isPlainJson(bytes, start, end, maxDepth)) {
    output.copy(bytes, start, end);
    return true;
  }
  const record = readJsonRecord(asUtf8(bytes.subarray(start, end)), maxDepth);
  if (isFailure(record)) {
    output.string(bytes, start, end);
    return false;
  }
  output.copy(record.bytes, 0, record.bytes.length);
  return record.isHarmless === true;
};

/** A record that an event carries. */
export interface CarriedRecord {
  /** JSON on one line. */
  readonly bytes: Buffer;
  /** It is known that no key in it does harm in a document. */
  readonly isHarmless: boolean;
}

/** The record in a text; undefined where it is no JSON object. */
export const carriedRecord = (
  bytes: Buffer,
  { start, end }: TextSpan,
  maxDepth: number,
): CarriedRecord | undefined => {
  const text = bytes.subarray(start, end);
  if (bytes[start] === OPEN_OBJECT && isPlainJson(bytes, start, end, maxDepth)) {
    return { bytes: text, isHarmless: true };
  }
  const record = readJsonRecord(text, maxDepth);
  return !isFailure(record) && isJsonObject(record.value)
    ? { bytes: record.bytes, isHarmless: record.isHarmless === true }
    : undefined;
};

/** The call's parameters and answer, parsed when they are asked for. */
export class AvroPayload {
  readonly #bytes: Buffer;
  readonly #request: TextSpan | undefined;
  readonly #response: TextSpan | undefined;
  readonly #maxDepth: number;

  constructor(
    bytes: Buffer,
    request: TextSpan | undefined,
    response: TextSpan | undefined,
    maxDepth: number,
  ) {
    this.#bytes = bytes;
    this.#request = request;
    this.#response = response;
    this.#maxDepth = maxDepth;
  }

  request(): JsonValue | undefined {
    return this.#valueOf(this.#request);
  }

  response(): JsonValue | undefined {
    return this.#valueOf(this.#response);
  }

  /** The text itself where it is no JSON, or too deep. */
  #valueOf(span: TextSpan | undefined): JsonValue | undefined {
    if (span === undefined) return undefined;
    const text = this.#bytes.subarray(span.start, span.end);
    const record = parseJsonRecord(asUtf8(text), this.#maxDepth);
    return isFailure(record) ? text.toString() : (record.value ?? undefined);
  }
}
