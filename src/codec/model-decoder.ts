import type { DesiredResource } from '../core/model/desired-resource.ts';
import type { DriftCandidate } from '../core/model/drift-candidate.ts';
import type { RecordFailure } from '../core/model/outcome.ts';
import { avroReader, parseAvroSchema } from './avro-schema.ts';
import type { AvroReader, AvroSchema } from './avro-schema.ts';
import { decodeFailure, isFailure } from './decoded-record.ts';
import { fromAvroDesiredResource } from './desired-resource-avro.ts';
import type { AvroDesiredResource } from './desired-resource-avro.ts';
import { fromAvroDriftCandidate } from './drift-candidate-avro.ts';
import type { AvroDriftCandidate } from './drift-candidate-avro.ts';
import type { SchemaTexts } from './load-schemas.ts';
import type { SchemaRegistry } from './schema-registry.ts';
import { WriterSchemas } from './writer-schemas.ts';
import type { FramedValue } from './writer-schemas.ts';

/** The value of a record, or why it has none. A promise only where a schema must be fetched. */
export type Decoded<T> = T | RecordFailure | Promise<T | RecordFailure>;

export interface ModelDecoder {
  /** `attributes` is parsed when first asked for. */
  decodeDesiredResource(value: Buffer): Decoded<DesiredResource>;
  decodeCandidate(value: Buffer): Decoded<DriftCandidate>;
}

interface Reader {
  readonly writer: AvroSchema;
  readonly read: AvroReader;
}

const subjectDecoder = <T extends object>(
  texts: readonly [string, ...string[]],
  registry: SchemaRegistry | undefined,
  toModel: (value: unknown) => T | RecordFailure,
): ((value: Buffer) => Decoded<T>) => {
  const versions = texts.map(parseAvroSchema);
  const latest = versions[versions.length - 1]!;
  const writers = new WriterSchemas<Reader>({
    versions,
    registry,
    prepare: (writer) => ({ writer, read: avroReader(writer, latest) }),
  });
  const read = (framed: FramedValue<Reader> | RecordFailure): T | RecordFailure => {
    if (isFailure(framed)) return framed;
    const { reader, payload } = framed;
    const malformed = reader.writer.check(payload);
    if (malformed !== undefined) {
      return decodeFailure('not_avro', `The Avro value is malformed: ${malformed}.`);
    }
    const value = reader.read(payload);
    return 'problem' in value
      ? decodeFailure('not_avro', `The Avro value is bad: ${value.problem}.`)
      : toModel(value.value);
  };
  return (value) => {
    const framed = writers.resolve(value);
    return framed instanceof Promise ? framed.then(read) : read(framed);
  };
};

/** Decodes our own subjects, written by any version that resolves with the latest. */
export const modelDecoder = (schemas: SchemaTexts, registry?: SchemaRegistry): ModelDecoder => ({
  decodeDesiredResource: subjectDecoder(schemas['desired-resource'], registry, (value) =>
    fromAvroDesiredResource(value as AvroDesiredResource),
  ),
  decodeCandidate: subjectDecoder(schemas['drift-candidate'], registry, (value) =>
    fromAvroDriftCandidate(value as AvroDriftCandidate),
  ),
});
