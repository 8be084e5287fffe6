import type { DesiredResource } from '../core/model/desired-resource.ts';
import { isJsonObject } from '../core/model/json.ts';
import type { JsonObject } from '../core/model/json.ts';
import type { RecordFailure } from '../core/model/outcome.ts';
import { readFraming } from './avro-framing.ts';
import { avroReader, AvroSchemaError, parseAvroSchema } from './avro-schema.ts';
import type { AvroReader, AvroSchema } from './avro-schema.ts';
import { decodeFailure, isFailure } from './decoded-record.ts';
import {
  hasText,
  longAt,
  optionalFlagAt,
  optionalLongAt,
  optionalTextAt,
  payloadLayout,
  textAt,
  textsAt,
} from './desired-resource-layout.ts';
import type { PayloadFields, PayloadLayout } from './desired-resource-layout.ts';
import { payloadFields } from './desired-resource-fields.ts';
import { partsFinder, type PayloadParts } from './desired-resource-parts.ts';
import { parseJsonText } from './json-text.ts';
import type { RegisteredSchema } from './schema-registry.ts';

/**
 * A desired resource whose fields are decoded from its bytes when they are asked for: `attributes` and what detection
 * asks for most once, the others each time. The fields are getters of the prototype: a spread copies none of them,
 * `toJSON` gives all.
 */
export interface StoredDesiredResource extends DesiredResource {
  /** Bytes of the payload. */
  readonly payloadBytes: number;
  hasIdentity(identity: string): boolean;
  toJSON(): DesiredResource;
}

/** The bytes that the desired-state store keeps: a desired resource in the latest version of our own schema, without framing. */
export interface DesiredPayloads {
  /** Of the schema that payloads are in, hex. */
  readonly fingerprint: string;
  readonly fields: PayloadFields;
  /**
   * Finds the payload of a record's value, which lies in `bytes`: in the value itself, where it is in the latest schema
   * already. Nothing is said of `parts` after a failure.
   */
  locate(bytes: Buffer, from: number, to: number, parts: PayloadParts): RecordFailure | undefined;
  /** What a payload holds. The payload was found by `locate`, and must not change any more. */
  view(payload: Buffer): StoredDesiredResource;
  /**
   * Whether it has been told what the schema registry has under an id of the wire format. It keeps the 1,000 that were
   * learned or asked for last.
   */
  knows(id: number): boolean;
  learn(id: number, registered: RegisteredSchema): void;
}

type Writer = { readonly schema: AvroSchema; readonly read: AvroReader | undefined };

const viewClass = (layout: PayloadLayout): new (payload: Buffer) => StoredDesiredResource => {
  const at = layout.indexOf;
  const [KEY, SCOPE, ADDRESS, TYPE, PROVIDER] = [
    at('key'),
    at('scope'),
    at('address'),
    at('type'),
    at('provider'),
  ];
  const [PROVIDER_SOURCE, MODULE, ACCOUNT, REGION] = [
    at('provider_source'),
    at('module'),
    at('account'),
    at('region'),
  ];
  const [IDENTITIES, ENVIRONMENT, REPOSITORY, OWNER] = [
    at('identities'),
    at('environment'),
    at('repository'),
    at('owner'),
  ];
  const [COMMIT, SOURCE, LINEAGE, SERIAL, TAINTED] = [
    at('commit'),
    at('source'),
    at('lineage'),
    at('serial'),
    at('tainted'),
  ];
  const [PUBLISHED_TIME, ATTRIBUTES] = [at('published_time'), at('attributes')];

  class View {
    readonly #payload: Buffer;
    #offsets: readonly number[] | undefined;
    #attributes: JsonObject | undefined;
    // Asked for again and again by detection and documents.
    #key: string | undefined;
    #address: string | undefined;
    #type: string | undefined;
    #provider: string | undefined;
    #environment: string | undefined;

    constructor(payload: Buffer) {
      this.#payload = payload;
    }

    get #starts(): readonly number[] {
      return (this.#offsets ??= layout.starts(this.#payload));
    }

    get key(): string {
      return (this.#key ??= textAt(this.#payload, this.#starts[KEY]!));
    }
    get scope(): string {
      return textAt(this.#payload, this.#starts[SCOPE]!);
    }
    get address(): string {
      return (this.#address ??= textAt(this.#payload, this.#starts[ADDRESS]!));
    }
    get type(): string {
      return (this.#type ??= textAt(this.#payload, this.#starts[TYPE]!));
    }
    get provider(): string {
      return (this.#provider ??= textAt(this.#payload, this.#starts[PROVIDER]!));
    }
    get provider_source(): string | undefined {
      return optionalTextAt(this.#payload, this.#starts[PROVIDER_SOURCE]!);
    }
    get module(): string | undefined {
      return optionalTextAt(this.#payload, this.#starts[MODULE]!);
    }
    get account(): string | undefined {
      return optionalTextAt(this.#payload, this.#starts[ACCOUNT]!);
    }
    get region(): string | undefined {
      return optionalTextAt(this.#payload, this.#starts[REGION]!);
    }
    get identities(): readonly string[] {
      return textsAt(this.#payload, this.#starts[IDENTITIES]!);
    }
    get environment(): string {
      return (this.#environment ??= textAt(this.#payload, this.#starts[ENVIRONMENT]!));
    }
    get repository(): string | undefined {
      return optionalTextAt(this.#payload, this.#starts[REPOSITORY]!);
    }
    get owner(): string | undefined {
      return optionalTextAt(this.#payload, this.#starts[OWNER]!);
    }
    get commit(): string | undefined {
      return optionalTextAt(this.#payload, this.#starts[COMMIT]!);
    }
    get source(): string {
      return textAt(this.#payload, this.#starts[SOURCE]!);
    }
    get lineage(): string | undefined {
      return optionalTextAt(this.#payload, this.#starts[LINEAGE]!);
    }
    get serial(): number | undefined {
      return optionalLongAt(this.#payload, this.#starts[SERIAL]!);
    }
    get tainted(): boolean | undefined {
      return optionalFlagAt(this.#payload, this.#starts[TAINTED]!);
    }
    get published_time(): number {
      return longAt(this.#payload, this.#starts[PUBLISHED_TIME]!);
    }
    get attributes(): JsonObject {
      if (this.#attributes === undefined) {
        const parsed = parseJsonText(textAt(this.#payload, this.#starts[ATTRIBUTES]!));
        this.#attributes = isJsonObject(parsed) ? parsed : {};
      }
      return this.#attributes;
    }

    get payloadBytes(): number {
      return this.#payload.length;
    }

    hasIdentity(identity: string): boolean {
      return hasText(this.#payload, layout.startOf(this.#payload, IDENTITIES), identity);
    }

    toJSON(): DesiredResource {
      const fields = layout.fields.map((name) => [name, this[name as keyof this]] as const);
      return Object.fromEntries(
        fields.filter(([, value]) => value !== undefined),
      ) as unknown as DesiredResource;
    }
  }
  // A getter is always there, and says undefined where an optional field of the interface would be absent.
  return View as unknown as new (payload: Buffer) => StoredDesiredResource;
};

const MAX_IDS = 1_000;

/** Payloads in the latest version of the schema `desired-resource`; `versions` are its texts, oldest first. */
export const desiredPayloads = (versions: readonly [string, ...string[]]): DesiredPayloads => {
  const own = versions.map(parseAvroSchema);
  const latest = own[own.length - 1]!;
  const fingerprint = latest.fingerprint.toString('hex');
  const fields = payloadFields(latest.type);
  const layout = payloadLayout(fields);
  const View = viewClass(layout);
  const findParts = partsFinder(layout);
  const writerOf = (schema: AvroSchema): Writer => ({
    schema,
    read: schema.fingerprint.equals(latest.fingerprint) ? undefined : avroReader(schema, latest),
  });
  const byFingerprint = new Map(
    own.map((schema) => [schema.fingerprint.toString('hex'), writerOf(schema)]),
  );
  const byId = new Map<number, Writer | RecordFailure>();
  const latestHeader = Buffer.concat([Buffer.from([0xc3, 0x01]), latest.fingerprint]);

  const registeredWriter = (id: number, registered: RegisteredSchema): Writer | RecordFailure => {
    const failed = (why: string): RecordFailure =>
      decodeFailure('unknown_schema', `Schema id ${id}: ${why}`);
    if (registered.schemaType !== 'AVRO') return failed('it is not an Avro schema.');
    if (registered.hasReferences)
      return failed('it refers to other schemas, which is not supported.');
    try {
      return writerOf(parseAvroSchema(registered.schema));
    } catch (error) {
      if (!(error instanceof AvroSchemaError)) throw error;
      return failed(error.message);
    }
  };

  const notAvro = (why: string): RecordFailure => decodeFailure('not_avro', why);

  const found = (
    bytes: Buffer,
    from: number,
    to: number,
    parts: PayloadParts,
  ): RecordFailure | undefined => {
    const problem = findParts(bytes, from, to, parts);
    if (problem === undefined) return undefined;
    if (problem === 'no_attributes')
      return notAvro('attributes is not the JSON text of an object.');
    const malformed =
      latest.check(bytes.subarray(from, to)) ?? 'an integer is not in its shortest form';
    return notAvro(`The Avro value is malformed: ${malformed}.`);
  };

  const inLatest = (
    writer: Writer,
    bytes: Buffer,
    from: number,
    to: number,
    parts: PayloadParts,
  ): RecordFailure | undefined => {
    if (writer.read === undefined) return found(bytes, from, to, parts);
    const payload = bytes.subarray(from, to);
    const malformed = writer.schema.check(payload);
    if (malformed !== undefined) return notAvro(`The Avro value is malformed: ${malformed}.`);
    const read = writer.read(payload);
    if ('problem' in read) return notAvro(`The Avro value is bad: ${read.problem}.`);
    const converted = latest.type.toBuffer(read.value);
    return found(converted, 0, converted.length, parts);
  };

  const isLatest = (bytes: Buffer, from: number, to: number): boolean => {
    if (to - from < latestHeader.length) return false;
    for (let index = 0; index < latestHeader.length; index++)
      if (bytes[from + index] !== latestHeader[index]) return false;
    return true;
  };

  return {
    fingerprint,
    fields,
    locate: (bytes, from, to, parts) => {
      if (isLatest(bytes, from, to)) return found(bytes, from + latestHeader.length, to, parts);
      const framing = readFraming(bytes.subarray(from, to));
      if (isFailure(framing)) return framing;
      const start = to - framing.payload.length;
      if (framing.by === 'fingerprint') {
        const writer = byFingerprint.get(framing.fingerprint);
        return writer === undefined
          ? decodeFailure('unknown_schema', `No schema has fingerprint ${framing.fingerprint}.`)
          : inLatest(writer, bytes, start, to, parts);
      }
      const writer = byId.get(framing.id);
      if (writer === undefined) {
        return decodeFailure(
          'unknown_schema',
          `Schema id ${framing.id}: no schema registry tells of it.`,
        );
      }
      return isFailure(writer) ? writer : inLatest(writer, bytes, start, to, parts);
    },
    view: (payload) => new View(payload),
    knows: (id) => {
      const known = byId.get(id);
      if (known === undefined) return false;
      byId.delete(id);
      byId.set(id, known);
      return true;
    },
    learn: (id, registered) => {
      if (!byId.has(id) && byId.size >= MAX_IDS) byId.delete(byId.keys().next().value!);
      byId.set(id, registeredWriter(id, registered));
    },
  };
};

/** The id in the wire format that a value is framed with; undefined where it is not in the wire format. */
export const wireFormatId = (bytes: Buffer, from: number, to: number): number | undefined =>
  bytes[from] === 0 && to - from >= 5 ? bytes.readInt32BE(from + 1) : undefined;
