import type { RecordFailure } from '../core/model/outcome.ts';
import { readFraming } from './avro-framing.ts';
import { AvroSchemaError, parseAvroSchema } from './avro-schema.ts';
import type { AvroSchema } from './avro-schema.ts';
import { decodeFailure, isFailure } from './decoded-record.ts';
import { ownBytes } from './own-bytes.ts';
import type { RegisteredSchema, SchemaRegistry } from './schema-registry.ts';

export interface WriterSchemasOptions<T> {
  /** All versions of our own schema of the subject: what single-object encoding can name. */
  readonly versions: readonly AvroSchema[];
  /** Where ids of the wire format are looked up; without it such a record fails with `unknown_schema`. */
  readonly registry?: SchemaRegistry | undefined;
  /** Makes of a writer's schema what reads its values. May throw AvroSchemaError. */
  readonly prepare: (writer: AvroSchema) => T;
}

export interface FramedValue<T> {
  readonly reader: T;
  readonly payload: Buffer;
}

const MAX_IDS = 1_000;

const startsWith = (value: Buffer, start: Buffer): boolean => {
  if (value.length < start.length) return false;
  for (let at = 0; at < start.length; at++) if (value[at] !== start[at]) return false;
  return true;
};

/** Finds the reader for a framed Avro value. Readers are made once for each schema; their number is bounded. */
export class WriterSchemas<T extends object> {
  readonly #own = new Map<string, T>();
  readonly #byId = new Map<number, T | RecordFailure>();
  readonly #options: WriterSchemasOptions<T>;
  /** Most values are framed as the one before. */
  #last: { readonly framing: Buffer; readonly reader: T } | undefined;

  constructor(options: WriterSchemasOptions<T>) {
    this.#options = options;
    for (const version of options.versions) {
      this.#own.set(version.fingerprint.toString('hex'), options.prepare(version));
    }
  }

  /** A promise only where the registry must be asked. */
  resolve(value: Buffer): FramedValue<T> | RecordFailure | Promise<FramedValue<T> | RecordFailure> {
    const last = this.#last;
    if (last !== undefined && startsWith(value, last.framing)) {
      return { reader: last.reader, payload: value.subarray(last.framing.length) };
    }
    const found = this.#find(value);
    if (!(found instanceof Promise) && !isFailure(found)) {
      const length = value.length - found.payload.length;
      this.#last = { framing: ownBytes(value, 0, length), reader: found.reader };
    }
    return found;
  }

  #find(value: Buffer): FramedValue<T> | RecordFailure | Promise<FramedValue<T> | RecordFailure> {
    const framing = readFraming(value);
    if (isFailure(framing)) return framing;
    const { payload } = framing;
    if (framing.by === 'fingerprint') {
      const reader = this.#own.get(framing.fingerprint);
      return reader === undefined
        ? decodeFailure('unknown_schema', `No schema has fingerprint ${framing.fingerprint}.`)
        : { reader, payload };
    }
    const known = this.#byId.get(framing.id);
    if (known !== undefined) return isFailure(known) ? known : { reader: known, payload };
    const { registry } = this.#options;
    if (registry === undefined) {
      const message = `Schema id ${framing.id}: no schema registry is configured.`;
      return decodeFailure('unknown_schema', message);
    }
    return this.#fetch(registry, framing.id, payload);
  }

  async #fetch(
    registry: SchemaRegistry,
    id: number,
    payload: Buffer,
  ): Promise<FramedValue<T> | RecordFailure> {
    const registered = await registry.schemaById(id);
    if (registered === undefined) {
      // Not kept here: the schema may be registered later, and the registry's client bounds how often it asks.
      return decodeFailure('unknown_schema', `The schema registry has no schema with id ${id}.`);
    }
    const made = this.#byId.get(id) ?? this.#make(id, registered);
    if (this.#byId.size >= MAX_IDS) this.#byId.delete(this.#byId.keys().next().value!);
    this.#byId.set(id, made);
    return isFailure(made) ? made : { reader: made, payload };
  }

  #make(id: number, registered: RegisteredSchema): T | RecordFailure {
    if (registered.schemaType !== 'AVRO' || registered.hasReferences) {
      const what = registered.hasReferences
        ? 'refers to other schemas, which is not supported'
        : 'is not an Avro schema';
      return decodeFailure('unknown_schema', `The schema with id ${id} ${what}.`);
    }
    try {
      return this.#options.prepare(parseAvroSchema(registered.schema));
    } catch (error) {
      if (!(error instanceof AvroSchemaError)) throw error;
      return decodeFailure('unknown_schema', `Schema id ${id}: ${error.message}`);
    }
  }
}
