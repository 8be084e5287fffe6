import { ocsfEvent } from '../core/normalize/ocsf.ts';
import type { JsonObject } from '../core/model/json.ts';
import type { RecordFailure } from '../core/model/outcome.ts';
import { AvroAuditEvent } from './avro-audit-event.ts';
import type { AuditPayload } from './avro-audit-event.ts';
import { avroReader, parseAvroSchema } from './avro-schema.ts';
import type { AvroReader, AvroSchema } from './avro-schema.ts';
import { DEFAULT_MAX_DEPTH } from './codec-limits.ts';
import { decodeFailure, failedRecord, isFailure } from './decoded-record.ts';
import type { DecodedRecord, SchemaDecoder } from './decoded-record.ts';
import type { SchemaRegistry } from './schema-registry.ts';
import { WriterSchemas } from './writer-schemas.ts';
import type { FramedValue } from './writer-schemas.ts';

export interface AvroEventsOptions {
  /** The versions of the schema `audit-event`, oldest first. */
  readonly schemas: readonly [string, ...string[]];
  readonly registry?: SchemaRegistry | undefined;
  /** Deepest nesting of the JSON texts inside an event. Default 64. */
  readonly maxDepth?: number;
}

interface EventReader {
  readonly writer: AvroSchema;
  readonly readHead: AvroReader;
  readonly readPayload: AvroReader;
}

interface RecordSchema {
  readonly fields: readonly { readonly name: string }[];
}

const PAYLOAD = ['request_data', 'response_data'];
const NO_BYTES = new Uint8Array(0);

/** The event without its payload. The carried record stays bytes, which spares the detour over text. */
const headSchema = (text: string): AvroSchema => {
  const schema = JSON.parse(text) as RecordSchema;
  const fields = schema.fields
    .filter(({ name }) => !PAYLOAD.includes(name))
    .map((field) => (field.name === 'raw_data' ? { ...field, type: ['null', 'bytes'] } : field));
  return parseAvroSchema(JSON.stringify({ ...schema, fields }));
};

const payloadSchema = (text: string): AvroSchema => {
  const schema = JSON.parse(text) as RecordSchema;
  const fields = schema.fields.filter(({ name }) => PAYLOAD.includes(name));
  return parseAvroSchema(JSON.stringify({ ...schema, fields }));
};

/** Decodes audit events that were written in Avro, in any version that resolves with ours. */
export class AvroEvents implements SchemaDecoder {
  readonly #writers: WriterSchemas<EventReader>;
  readonly #maxDepth: number;

  constructor(options: AvroEventsOptions) {
    const { schemas, registry, maxDepth = DEFAULT_MAX_DEPTH } = options;
    const latest = schemas[schemas.length - 1] ?? schemas[0];
    const head = headSchema(latest);
    const payload = payloadSchema(latest);
    this.#maxDepth = maxDepth;
    this.#writers = new WriterSchemas({
      versions: schemas.map(parseAvroSchema),
      registry,
      prepare: (writer) => ({
        writer,
        readHead: avroReader(writer, head),
        readPayload: avroReader(writer, payload),
      }),
    });
  }

  decode(value: Buffer): DecodedRecord | Promise<DecodedRecord> {
    const framed = this.#writers.resolve(value);
    return framed instanceof Promise
      ? framed.then((resolved) => this.#read(resolved))
      : this.#read(framed);
  }

  #read(framed: FramedValue<EventReader> | RecordFailure): DecodedRecord {
    if (isFailure(framed)) return failedRecord(framed);
    const { reader, payload } = framed;
    const malformed = reader.writer.check(payload);
    if (malformed !== undefined) {
      return failedRecord(decodeFailure('not_avro', `The Avro value is malformed: ${malformed}.`));
    }
    const read = reader.readHead(payload);
    if ('problem' in read) {
      return failedRecord(decodeFailure('not_avro', `The Avro value is bad: ${read.problem}.`));
    }
    const { raw_data: rawData, ...head } = read.value as JsonObject & {
      readonly raw_data: Buffer | null;
    };
    const view = ocsfEvent(head, NO_BYTES);
    if (isFailure(view)) return failedRecord(view);
    const event = new AvroAuditEvent({
      head,
      view,
      rawData,
      maxDepth: this.#maxDepth,
      readPayload: () => readPayload(reader, payload),
    });
    return { events: [event], failures: [] };
  }
}

const readPayload = (reader: EventReader, payload: Buffer): AuditPayload => {
  const read = reader.readPayload(payload);
  // The bytes have passed the check of the writer's whole schema, and the payload is two texts.
  if ('problem' in read) throw new Error(`The payload could not be read: ${read.problem}.`);
  return read.value as AuditPayload;
};
