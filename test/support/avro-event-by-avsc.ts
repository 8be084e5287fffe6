import { isUtf8 } from 'node:buffer';
import { avroReader, parseAvroSchema, type AvroSchema } from '../../src/codec/avro-schema.ts';
import { decodeFailure, isFailure } from '../../src/codec/decoded-record.ts';
import { parseJsonRecord } from '../../src/codec/json-record.ts';
import type { AuditEvent } from '../../src/core/model/audit-event.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/core/model/json.ts';
import type { RecordFailure } from '../../src/core/model/outcome.ts';
import { ocsfEvent } from '../../src/core/normalize/ocsf.ts';

/** What an Avro audit event should be read as. */
export interface EventByAvsc {
  /** The head, and the event's JSON as `raw`. */
  readonly view: AuditEvent;
  readonly request: JsonValue | undefined;
  readonly response: JsonValue | undefined;
}

interface Texts {
  readonly request_data: string | null;
  readonly response_data: string | null;
  readonly raw_data: Buffer | null;
}

const STRING_OR_BLANK = /("(?:[^"\\]|\\.)*")|[ \t\r\n]+/g;
const BLANK_AROUND = /^\uFEFF?[ \t\r\n]*|[ \t\r\n]*$/g;

const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? 1 + Math.max(0, ...Object.values(value).map(depthOf))
    : 0;

/** Arrays nested so deep that a walk over their value would end the stack. */
const isAbsurdlyDeep = (text: string): boolean => /[[{]{1000}/.test(text);

/** A text on one line, where JSON.parse takes it and it is not nested too deep. */
const asJson = (
  text: string,
  maxDepth: number,
): { readonly value: JsonValue; readonly json: string } | undefined => {
  const bare = text.replace(BLANK_AROUND, '');
  if (isAbsurdlyDeep(bare)) return undefined;
  try {
    if (depthOf(JSON.parse(bare)) > maxDepth) return undefined;
  } catch {
    return undefined;
  }
  const isOneLine = !/[\r\n]/.test(
    bare.replace(STRING_OR_BLANK, (all) => (all[0] === '"' ? '' : all)),
  );
  const record = parseJsonRecord(Buffer.from(bare), maxDepth);
  if (isFailure(record)) throw new Error('JSON.parse takes the text.');
  return { value: record.value, json: isOneLine ? bare : bare.replace(STRING_OR_BLANK, '$1') };
};

const withoutNull = (_key: string, value: unknown): unknown => value ?? undefined;

/**
 * Reads Avro audit events the long way: avsc decodes the whole, JSON.stringify writes it, JSON.parse judges the texts
 * inside. What the reader of the hot path must equal, byte for byte.
 */
export const eventByAvsc = (
  writer: AvroSchema,
  latest: string,
  maxDepth: number,
): ((payload: Buffer) => EventByAvsc | RecordFailure) => {
  const schema = JSON.parse(latest) as { readonly fields: readonly { readonly name: string }[] };
  const fields = schema.fields.map((field) =>
    field.name === 'raw_data' ? { ...field, type: ['null', 'bytes'] } : field,
  );
  const read = avroReader(writer, parseAvroSchema(JSON.stringify({ ...schema, fields })));
  return (payload) => {
    const malformed = writer.check(payload);
    if (malformed !== undefined) {
      return decodeFailure('not_avro', `The Avro value is malformed: ${malformed}.`);
    }
    const result = read(payload);
    if ('problem' in result) {
      return decodeFailure('not_avro', `The Avro value is bad: ${result.problem}.`);
    }
    const { request_data, response_data, raw_data, ...head } = result.value as JsonObject & Texts;
    const carried =
      raw_data !== null && isUtf8(raw_data) ? asJson(raw_data.toString(), maxDepth) : undefined;
    const payloadOf = (text: string | null) =>
      text === null
        ? undefined
        : (asJson(text, maxDepth) ?? { value: text, json: JSON.stringify(text) });
    const request = payloadOf(request_data);
    const response = payloadOf(response_data);
    const { api, ...rest } = head;
    const call = JSON.stringify(api, withoutNull).slice(0, -1);
    const data =
      (request === undefined ? '' : `,"request":{"data":${request.json}}`) +
      (response === undefined ? '' : `,"response":{"data":${response.json}}`);
    const others = JSON.stringify({ ...rest, raw_data: raw_data?.toString() }, withoutNull);
    const raw = isJsonObject(carried?.value)
      ? carried.json
      : `${others.slice(0, -1)},"api":${call}${data}}}`;
    const view = ocsfEvent(head, Buffer.from(raw));
    return 'stage' in view
      ? view
      : { view, request: request?.value ?? undefined, response: response?.value ?? undefined };
  };
};
