import avsc from 'avsc';
import type { Type } from 'avsc';
import { avroCheck, findEmptyItems } from './avro-check.ts';
import type { AvroCheck } from './avro-check.ts';
import { rabinFingerprint } from './avro-fingerprint.ts';

/** A schema that cannot be used. `message` names what is wrong with it. */
export class AvroSchemaError extends Error {
  override readonly name = 'AvroSchemaError';
  readonly code = 'AVRO_SCHEMA';
  readonly retriable = false;
}

export interface AvroSchema {
  readonly type: Type;
  /** The schema in Parsing Canonical Form. */
  readonly canonicalForm: string;
  /** CRC-64-AVRO, 8 bytes little-endian. */
  readonly fingerprint: Buffer;
  readonly check: AvroCheck;
}

const MAX_SCHEMA_CHARACTERS = 256 * 1024;

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, 300);

/**
 * Parses an Avro schema. Longs stay numbers within 2^53 (avsc fails beyond, never rounds), logical types stay what
 * they annotate, unions are not wrapped unless their branches cannot be told apart.
 * @throws AvroSchemaError also for arrays and maps whose items can take no bytes
 */
export const parseAvroSchema = (text: string): AvroSchema => {
  if (text.length > MAX_SCHEMA_CHARACTERS) {
    throw new AvroSchemaError(`The schema is longer than ${MAX_SCHEMA_CHARACTERS} characters.`);
  }
  let type: Type;
  let check: AvroCheck;
  try {
    type = avsc.Type.forSchema(JSON.parse(text) as Parameters<typeof Type.forSchema>[0], {
      wrapUnions: 'auto',
      omitRecordMethods: true,
    });
    check = avroCheck(type);
  } catch (error) {
    throw new AvroSchemaError(`The schema is not valid: ${messageOf(error)}.`, { cause: error });
  }
  const empty = findEmptyItems(type);
  if (empty !== undefined) {
    throw new AvroSchemaError(
      `The schema has an ${empty}: its items can take no bytes, so a few bytes could claim any number of them.`,
    );
  }
  const canonicalForm = JSON.stringify(type.schema());
  return { type, canonicalForm, fingerprint: rabinFingerprint(canonicalForm), check };
};

/** Decodes what one schema wrote as what another reads. Undefined with a message where the bytes are no such value. */
export type AvroReader = (
  bytes: Buffer,
) => { readonly value: unknown } | { readonly problem: string };

/**
 * A reader of what `writer` wrote, as `reader` sees it.
 * @throws AvroSchemaError where the two cannot be resolved
 */
export const avroTypeReader = (writer: Type, reader: Type): AvroReader => {
  let resolver: ReturnType<Type['createResolver']>;
  try {
    resolver = reader.createResolver(writer);
  } catch (error) {
    throw new AvroSchemaError(`The schema cannot be read as ours: ${messageOf(error)}.`, {
      cause: error,
    });
  }
  return (bytes) => {
    try {
      return { value: reader.fromBuffer(bytes, resolver) as unknown };
    } catch (error) {
      return { problem: messageOf(error) };
    }
  };
};

/** As `avroTypeReader`, of whole schemas. */
export const avroReader = (writer: AvroSchema, reader: AvroSchema): AvroReader =>
  avroTypeReader(writer.type, reader.type);
