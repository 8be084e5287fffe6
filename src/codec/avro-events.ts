import type { RecordFailure } from '../core/model/outcome.ts';
import { AvroEventReader } from './avro-event-reader.ts';
import type { MadeMember } from './avro-head-field.ts';
import { parseAvroSchema } from './avro-schema.ts';
import { DEFAULT_MAX_DEPTH } from './codec-limits.ts';
import { failedRecord, isFailure } from './decoded-record.ts';
import type { DecodedRecord, SchemaDecoder } from './decoded-record.ts';
import { JsonOutput } from './json-output.ts';
import type { SchemaRegistry } from './schema-registry.ts';
import { SharedBytes } from './shared-bytes.ts';
import { WriterSchemas } from './writer-schemas.ts';
import type { FramedValue } from './writer-schemas.ts';

export interface AvroEventsOptions {
  /** The versions of the schema `audit-event`, oldest first. */
  readonly schemas: readonly [string, ...string[]];
  readonly registry?: SchemaRegistry | undefined;
  /** Deepest nesting of the JSON texts inside an event. Default 64. */
  readonly maxDepth?: number;
}

/** Sessions, calls and user agents of a busy hour; with what is made of them some 25 MB at most. */
const MOST_MEMBERS = { entries: 8_192, bytes: 2 * 1024 * 1024 };

/** Decodes audit events that were written in Avro, in any version that resolves with ours. */
export class AvroEvents implements SchemaDecoder {
  readonly #writers: WriterSchemas<AvroEventReader>;

  constructor({ schemas, registry, maxDepth = DEFAULT_MAX_DEPTH }: AvroEventsOptions) {
    const versions = schemas.map(parseAvroSchema);
    const latest = versions[versions.length - 1]!;
    const members = new SharedBytes<MadeMember>(MOST_MEMBERS);
    const options = { members, output: new JsonOutput(), maxDepth };
    this.#writers = new WriterSchemas({
      versions,
      registry,
      prepare: (writer) => new AvroEventReader(writer, latest, options),
    });
  }

  decode(value: Buffer): DecodedRecord | Promise<DecodedRecord> {
    const framed = this.#writers.resolve(value);
    return framed instanceof Promise ? framed.then(readFramed) : readFramed(framed);
  }
}

const readFramed = (framed: FramedValue<AvroEventReader> | RecordFailure): DecodedRecord =>
  isFailure(framed) ? failedRecord(framed) : framed.reader.read(framed.payload);
