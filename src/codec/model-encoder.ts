import type { DesiredResource } from '../core/model/desired-resource.ts';
import type { DriftCandidate } from '../core/model/drift-candidate.ts';
import { singleObjectHeader, wireFormatHeader } from './avro-framing.ts';
import { parseAvroSchema } from './avro-schema.ts';
import { avroWriter } from './avro-writer.ts';
import { toAvroDesiredResource } from './desired-resource-avro.ts';
import { toAvroDriftCandidate } from './drift-candidate-avro.ts';
import type { SchemaTexts, Subject } from './load-schemas.ts';
import type { SchemaRegistry } from './schema-registry.ts';

/** A record's value and the headers that tell what it is. */
export interface EncodedValue {
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export interface ModelEncoder {
  encodeDesiredResource(resource: DesiredResource): EncodedValue;
  encodeCandidate(candidate: DriftCandidate): EncodedValue;
}

/** Ids that a schema registry gave to the latest versions; a subject without one is written as a single object. */
export type SchemaIds = Readonly<Partial<Record<Subject, number>>>;

const subjectEncoder = (
  subject: Subject,
  texts: readonly [string, ...string[]],
  id: number | undefined,
): ((value: unknown) => EncodedValue) => {
  const schema = parseAvroSchema(texts[texts.length - 1] ?? texts[0]);
  const header = id === undefined ? singleObjectHeader(schema.fingerprint) : wireFormatHeader(id);
  const headers = {
    'content-type': 'application/avro',
    'driftline.schema': `${subject}/v${texts.length}`,
  };
  const write = avroWriter(schema.type);
  return (value) => ({ value: write(value, header), headers });
};

/** Encodes with the latest version of each subject. Throws where a value is not of the model, which is a defect. */
export const modelEncoder = (schemas: SchemaTexts, ids: SchemaIds = {}): ModelEncoder => {
  const desired = subjectEncoder(
    'desired-resource',
    schemas['desired-resource'],
    ids['desired-resource'],
  );
  const candidate = subjectEncoder(
    'drift-candidate',
    schemas['drift-candidate'],
    ids['drift-candidate'],
  );
  return {
    encodeDesiredResource: (resource) => desired(toAvroDesiredResource(resource)),
    encodeCandidate: (each) => candidate(toAvroDriftCandidate(each)),
  };
};

export interface SchemaRegistration {
  /** The topic's: `<topic>-value` (TopicNameStrategy). */
  readonly subject: string;
  readonly action: 'created' | 'unchanged';
}

/**
 * Registers the latest version of each subject that a topic carries, under `<topic>-value`. One that is there already
 * is only looked up, which needs no right to write. Rejects as the registry does.
 */
export const registerSchemas = async (
  registry: SchemaRegistry,
  schemas: SchemaTexts,
  topics: Readonly<Partial<Record<Subject, string>>>,
): Promise<{ readonly ids: SchemaIds; readonly report: readonly SchemaRegistration[] }> => {
  const ids: Partial<Record<Subject, number>> = {};
  const report: SchemaRegistration[] = [];
  for (const [subject, topic] of Object.entries(topics) as [Subject, string][]) {
    const texts = schemas[subject];
    const latest = texts[texts.length - 1] ?? texts[0];
    const name = `${topic}-value`;
    const found = await registry.find(name, latest);
    ids[subject] = found ?? (await registry.register(name, latest));
    report.push({ subject: name, action: found === undefined ? 'created' : 'unchanged' });
  }
  return { ids, report };
};
