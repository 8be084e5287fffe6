import { singleObjectHeader } from '../../../../src/codec/avro-framing.ts';
import { parseAvroSchema } from '../../../../src/codec/avro-schema.ts';
import { loadSchemas } from '../../../../src/codec/load-schemas.ts';
import type { JsonObject } from '../../../../src/core/model/json.ts';
import { seededRandom } from '../../../support/seeded-random.ts';
import { nextAct, type Intent } from './acts.ts';
import { workActors } from './actors.ts';
import { accountOf } from './estate.ts';
import { avroFields, ocsfDocument } from './ocsf.ts';

export const FORMATS = ['ocsf', 'avro', 'cloudtrail'] as const;

/** How the acts are written: OCSF JSON, Avro `audit-event` as single objects, CloudTrail's own records. */
export type Format = (typeof FORMATS)[number];

export interface WorkOptions {
  readonly events: number;
  /** Desired resources that the acts are joined to. */
  readonly resources: number;
  /** Of the first act, in milliseconds since the epoch. The acts go over a day and a half. */
  readonly from: number;
  readonly seed?: number;
}

/** One act of the work. */
export interface WorkRecord {
  readonly intent: Intent;
  readonly value: Buffer;
}

const SPAN_MS = 36 * 3_600_000;
const ACCOUNTS = 8;

type Writer = (record: JsonObject) => Buffer;

const avroWriter = (): Writer => {
  const schemas = loadSchemas()['audit-event'];
  const { type, fingerprint } = parseAvroSchema(schemas[schemas.length - 1] ?? schemas[0]);
  const header = singleObjectHeader(fingerprint);
  // Absent fields are given as the schema's defaults.
  return (record) =>
    Buffer.concat([header, type.toBuffer(type.clone(avroFields(record), { wrapUnions: false }))]);
};

const writerOf = (format: Format): Writer => {
  switch (format) {
    case 'avro':
      return avroWriter();
    case 'ocsf':
      return (record) => Buffer.from(JSON.stringify(ocsfDocument(record)));
    case 'cloudtrail':
      return (record) => Buffer.from(JSON.stringify(record));
  }
};

/** The acts, one after the other in time; the same acts for the same options, whatever the format. */
export function* workRecords(
  format: Format,
  { events, resources, from, seed }: WorkOptions,
): Generator<WorkRecord> {
  const random = seededRandom(seed);
  const accounts = Array.from({ length: ACCOUNTS }, (_, each) => accountOf(each));
  const created = new Date(from - 600_000).toISOString().replace(/\.\d+/, '');
  const source = { actors: workActors(accounts, created, random), resources, random };
  const write = writerOf(format);
  for (let number = 0; number < events; number += 1) {
    const time = new Date(from + Math.floor((number / events) * SPAN_MS));
    const { intent, record } = nextAct(source, time.toISOString().replace(/\.\d+/, ''));
    yield { intent, value: write(record) };
  }
}
