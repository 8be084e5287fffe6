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
  textEnd,
  textsAt,
  textStart,
} from './desired-resource-layout.ts';
import type { PayloadLayout } from './desired-resource-layout.ts';
import { parseJsonText } from './json-text.ts';
import type { RegisteredSchema } from './schema-registry.ts';

/**
 * A desired resource whose fields are decoded from its bytes each time they are asked for, `attributes` once. The
 * fields are getters of the prototype: a spread copies none of them, `toJSON` gives all.
 */
export interface StoredDesiredResource extends DesiredResource {
  hasIdentity(identity: string): boolean;
  toJSON(): DesiredResource;
}

/** Where in a payload the store finds what it files a resource under. */
export interface PayloadParts {
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly provider: string;
  readonly account: string | undefined;
  /** Where the identities start, for `visitTexts`. */
  readonly identities: number;
}

/** The bytes that the desired-state store keeps: a desired resource in the latest version of our own schema, without framing. */
export interface DesiredPayloads {
  /** Of the schema that payloads are in, hex. */
  readonly fingerprint: string;
  /** The payload of a record's value: a part of the value, where it is in the latest schema already. */
  payloadOf(value: Buffer): Buffer | RecordFailure;
  /** What a payload holds. The payload comes from `payloadOf`, and must not change any more. */
  view(payload: Buffer): StoredDesiredResource;
  parts(payload: Buffer): PayloadParts;
  /** Tells what the schema registry has under an id of the wire format. */
  learn(id: number, registered: RegisteredSchema | undefined): void;
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

    constructor(payload: Buffer) {
      this.#payload = payload;
    }

    get #starts(): readonly number[] {
      return (this.#offsets ??= layout.starts(this.#payload));
    }

    get key(): string {
      return textAt(this.#payload, this.#starts[KEY]!);
    }
    get scope(): string {
      return textAt(this.#payload, this.#starts[SCOPE]!);
    }
    get address(): string {
      return textAt(this.#payload, this.#starts[ADDRESS]!);
    }
    get type(): string {
      return textAt(this.#payload, this.#starts[TYPE]!);
    }
    get provider(): string {
      return textAt(this.#payload, this.#starts[PROVIDER]!);
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
      return textAt(this.#payload, this.#starts[ENVIRONMENT]!);
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
  const layout = payloadLayout(latest.type);
  const View = viewClass(layout);
  const [keyIndex, providerIndex] = [layout.indexOf('key'), layout.indexOf('provider')];
  const [accountIndex, identitiesIndex] = [layout.indexOf('account'), layout.indexOf('identities')];
  const attributesIndex = layout.indexOf('attributes');
  const brace = '{'.charCodeAt(0);
  const writerOf = (schema: AvroSchema): Writer => ({
    schema,
    read: schema.fingerprint.equals(latest.fingerprint) ? undefined : avroReader(schema, latest),
  });
  const byFingerprint = new Map(
    own.map((schema) => [schema.fingerprint.toString('hex'), writerOf(schema)]),
  );
  const byId = new Map<number, Writer | RecordFailure>();
  const latestWriter = byFingerprint.get(fingerprint)!;
  const latestHeader = Buffer.concat([Buffer.from([0xc3, 0x01]), latest.fingerprint]);

  const registeredWriter = (
    id: number,
    registered: RegisteredSchema | undefined,
  ): Writer | RecordFailure => {
    const failed = (why: string): RecordFailure =>
      decodeFailure('unknown_schema', `Schema id ${id}: ${why}`);
    if (registered === undefined) return failed('the schema registry has no such schema.');
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

  const inLatest = (writer: Writer, payload: Buffer): Buffer | RecordFailure => {
    const malformed = writer.schema.check(payload);
    if (malformed !== undefined) {
      return decodeFailure('not_avro', `The Avro value is malformed: ${malformed}.`);
    }
    let bytes = payload;
    if (writer.read !== undefined) {
      const read = writer.read(payload);
      if ('problem' in read)
        return decodeFailure('not_avro', `The Avro value is bad: ${read.problem}.`);
      bytes = latest.type.toBuffer(read.value);
    }
    const attributes = layout.startOf(bytes, attributesIndex);
    const first = textStart(bytes, attributes);
    if (textEnd(bytes, attributes) === first || bytes[first] !== brace) {
      return decodeFailure('not_avro', 'attributes is not the JSON text of an object.');
    }
    return bytes;
  };

  return {
    fingerprint,
    payloadOf: (value) => {
      if (
        value.length >= 10 &&
        value.readUInt16LE(0) === 0x01c3 &&
        value.compare(latestHeader, 0, 10, 0, 10) === 0
      ) {
        return inLatest(latestWriter, value.subarray(10));
      }
      const framing = readFraming(value);
      if (isFailure(framing)) return framing;
      if (framing.by === 'fingerprint') {
        const writer = byFingerprint.get(framing.fingerprint);
        return writer === undefined
          ? decodeFailure('unknown_schema', `No schema has fingerprint ${framing.fingerprint}.`)
          : inLatest(writer, framing.payload);
      }
      const writer = byId.get(framing.id);
      if (writer === undefined) {
        return decodeFailure(
          'unknown_schema',
          `Schema id ${framing.id}: no schema registry is configured.`,
        );
      }
      return isFailure(writer) ? writer : inLatest(writer, framing.payload);
    },
    view: (payload) => new View(payload),
    parts: (payload) => {
      const starts = layout.starts(payload);
      const key = starts[keyIndex]!;
      return {
        keyStart: textStart(payload, key),
        keyEnd: textEnd(payload, key),
        provider: textAt(payload, starts[providerIndex]!),
        account: optionalTextAt(payload, starts[accountIndex]!),
        identities: starts[identitiesIndex]!,
      };
    },
    learn: (id, registered) => {
      if (byId.size >= MAX_IDS) byId.delete(byId.keys().next().value!);
      byId.set(id, registeredWriter(id, registered));
    },
  };
};

/** The id in the wire format that a value is framed with; undefined where it is not in the wire format. */
export const wireFormatId = (value: Buffer): number | undefined =>
  value[0] === 0 && value.length >= 5 ? value.readInt32BE(1) : undefined;
