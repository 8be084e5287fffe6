import { readFileSync } from 'node:fs';
import avro, { type Type } from 'avsc';
import type { CommittedRecord } from '../../support/kafka-reader.ts';

/** What a consumer of the candidates' topic reads, with nothing but the schema file that the record's header names. */
export interface ToldCandidate {
  readonly candidateId: string;
  readonly eventId: string;
  readonly resourceKey: string;
}

const schemas = new URL('../../../schemas/avro/', import.meta.url);
const known = new Map<string, Type>();

const typeOf = (name: string): Type => {
  const type =
    known.get(name) ??
    avro.Type.forSchema(
      JSON.parse(readFileSync(new URL(`${name}.avsc`, schemas), 'utf8')) as avro.Schema,
      { wrapUnions: false },
    );
  known.set(name, type);
  return type;
};

const singleObject = 0xc3;
const singleObjectHeader = 10;
const wireFormatHeader = 5;

export const toldCandidate = ({ value, headers }: CommittedRecord): ToldCandidate => {
  if (value === null) throw new Error('a candidate has no value');
  const header = value[0] === singleObject ? singleObjectHeader : wireFormatHeader;
  const { candidate_id, event_id, resource } = typeOf(
    headers['driftline.schema'] ?? 'none',
  ).fromBuffer(value.subarray(header)) as {
    readonly candidate_id: string;
    readonly event_id: string;
    readonly resource: { readonly key: string };
  };
  return { candidateId: candidate_id, eventId: event_id, resourceKey: resource.key };
};
