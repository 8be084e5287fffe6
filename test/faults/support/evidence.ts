import { createHash } from 'node:crypto';
import type { Kafka } from 'kafkajs';
import type { LogLine } from '../../support/driftline-process.ts';
import {
  committedOffsets,
  readEachCommitted,
  withAdmin,
  type CommittedRecord,
} from '../../support/kafka-reader.ts';
import { documentFact, type DocumentFact } from './document-fact.ts';
import { eachStoredDocument } from './stored-documents.ts';
import { toldCandidate, type ToldCandidate } from './told-candidate.ts';

/** A record of the input topic. */
export interface InputFact {
  readonly partition: number;
  readonly offset: string;
  /** SHA-256 of the value; undefined for none. */
  readonly hash: string | undefined;
  /** JSON of one event: its document has the hash of the whole value. */
  readonly isOneEvent: boolean;
}

/** All that a deployment has left behind, read from Kafka and OpenSearch directly. */
export interface Evidence {
  readonly input: readonly InputFact[];
  /** First and one past the last committed offset of each input partition. */
  readonly ranges: ReadonlyMap<number, { readonly low: bigint; readonly high: bigint }>;
  readonly committed: ReadonlyMap<number, bigint>;
  readonly documents: readonly DocumentFact[];
  readonly candidateDocuments: readonly {
    readonly candidateId: string;
    readonly eventId: string;
  }[];
  readonly candidates: readonly ToldCandidate[];
  readonly deadLetters: readonly CommittedRecord[];
  /** Records that the service has said are gone, by its log. */
  readonly declaredDrops: bigint;
  /** Where the secret of the desired state was found in clear. */
  readonly leaks: readonly string[];
}

export interface EvidenceSources {
  /** Not through a proxy. */
  readonly kafka: Kafka;
  /** Base URL, not through a proxy. */
  readonly opensearch: string;
  readonly groupId: string;
  readonly topics: {
    readonly audit: string;
    readonly desired: string;
    readonly candidates: string;
    readonly dead: string;
  };
  readonly indexes: { readonly auditEvents: string; readonly driftCandidates: string };
  readonly logs: readonly LogLine[];
  readonly output: readonly string[];
  /** A secret that must show nowhere. */
  readonly canary: string;
}

const readLimitMs = 300_000;
const openingBrace = 0x7b;

const inputFact = ({ partition, offset, value }: CommittedRecord): InputFact => ({
  partition,
  offset,
  hash: value === null ? undefined : createHash('sha256').update(value).digest('hex'),
  isOneEvent: value !== null && value[0] === openingBrace && !value.includes('"Records"'),
});

const textOf = ({ key, value, headers }: CommittedRecord): string =>
  `${key ?? ''}\n${value?.toString('latin1') ?? ''}\n${JSON.stringify(headers)}`;

/** The sum of the losses that were counted, a partition's position once. */
const declaredIn = (logs: readonly LogLine[]): bigint => {
  const losses = new Map<string, bigint>();
  for (const line of logs) {
    if (line.event !== 'consumer.offset-reset' || line['lost'] === 'unknown') continue;
    losses.set(JSON.stringify([line['partition'], line['lost']]), BigInt(String(line['lost'])));
  }
  return [...losses.values()].reduce((sum, lost) => sum + lost, 0n);
};

export const gatherEvidence = async (from: EvidenceSources): Promise<Evidence> => {
  const { kafka, topics, indexes, canary } = from;
  const leaks = new Set<string>();
  const look =
    (where: string) =>
    (text: string): void => {
      if (text.includes(canary)) leaks.add(where);
    };
  const read = async <T>(
    topic: string,
    fact: (record: CommittedRecord) => T,
  ): Promise<readonly T[]> => {
    const facts: T[] = [];
    const watch = look(`topic ${topic}`);
    const take = (record: CommittedRecord): void => {
      if (topic !== topics.audit) watch(textOf(record));
      facts.push(fact(record));
    };
    await readEachCommitted(kafka, topic, take, readLimitMs);
    return facts;
  };
  const offsets = await withAdmin(kafka, (admin) => admin.fetchTopicOffsets(topics.audit));
  const committed = await committedOffsets(kafka, from.groupId, topics.audit);
  const documents: DocumentFact[] = [];
  const candidateDocuments: { candidateId: string; eventId: string }[] = [];
  await eachStoredDocument(
    from.opensearch,
    `${indexes.auditEvents}*`,
    (document) => void documents.push(documentFact(document, topics.audit)),
    look(`index ${indexes.auditEvents}`),
  );
  await eachStoredDocument(
    from.opensearch,
    `${indexes.driftCandidates}*`,
    ({ _source }) =>
      void candidateDocuments.push({
        candidateId: String(_source['candidate_id']),
        eventId: String(_source['event_id']),
      }),
    look(`index ${indexes.driftCandidates}`),
  );
  const evidence = {
    input: await read(topics.audit, inputFact),
    ranges: new Map(
      offsets.map(({ partition, low, high }) => [
        partition,
        { low: BigInt(low), high: BigInt(high) },
      ]),
    ),
    committed: new Map([...committed].map(([partition, offset]) => [partition, BigInt(offset)])),
    documents,
    candidateDocuments,
    candidates: await read(topics.candidates, toldCandidate),
    deadLetters: await read(topics.dead, (record) => record),
    declaredDrops: declaredIn(from.logs),
  };
  await read(topics.desired, () => undefined);
  for (const line of from.logs) look('log')(JSON.stringify(line));
  for (const text of from.output) look('stderr')(text);
  return { ...evidence, leaks: [...leaks] };
};
