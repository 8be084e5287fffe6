import { isUtf8 } from 'node:buffer';
import type { Type, types } from 'avsc';
import { isJsonObject, type JsonValue } from '../core/model/json.ts';
import { AvroSchemaError } from './avro-schema.ts';
import { isType, readLong, type Cursor } from './avro-walk.ts';
import { isFailure } from './decoded-record.ts';
import type { JsonOutput } from './json-output.ts';
import { parseJsonRecord } from './json-record.ts';

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

/** What is no UTF-8 is replaced, as Avro's strings are read. */
const asUtf8 = (text: Buffer): Buffer => (isUtf8(text) ? text : Buffer.from(text.toString()));

/** The value of a text that should be JSON: the text itself where it is none, or too deep. */
export const payloadValue = (text: Buffer | undefined, maxDepth: number): JsonValue | undefined => {
  if (text === undefined) return undefined;
  const record = parseJsonRecord(asUtf8(text), maxDepth);
  return isFailure(record) ? text.toString() : (record.value ?? undefined);
};

/** Writes a text that should be JSON as it is, on one line; as a string where it is none, or too deep. */
export const writePayload = (output: JsonOutput, text: Buffer, maxDepth: number): void => {
  const record = parseJsonRecord(asUtf8(text), maxDepth);
  if (isFailure(record)) output.string(text, 0, text.length);
  else output.copy(record.bytes, 0, record.bytes.length);
};

/** A record that an event carries, on one line; undefined where it is no JSON object. */
export const carriedRecord = (text: Buffer | undefined, maxDepth: number): Buffer | undefined => {
  if (text === undefined) return undefined;
  const record = parseJsonRecord(text, maxDepth);
  return !isFailure(record) && isJsonObject(record.value) ? record.bytes : undefined;
};
