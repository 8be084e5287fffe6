import type { Kafka } from 'kafkajs';
import type { LogLine } from '../../support/driftline-process.ts';
import {
  committedOffsets,
  readCommitted,
  withAdmin,
  type CommittedRecord,
} from '../../support/kafka-reader.ts';
import { storedDocuments, type StoredDocument } from './stored-documents.ts';

/** All that a deployment has left behind, read from Kafka and OpenSearch directly. */
export interface Evidence {
  readonly auditTopic: string;
  readonly input: readonly CommittedRecord[];
  /** First and one past the last committed offset of each input partition. */
  readonly ranges: ReadonlyMap<number, { readonly low: bigint; readonly high: bigint }>;
  readonly committed: ReadonlyMap<number, bigint>;
  readonly documents: readonly StoredDocument[];
  readonly candidateDocuments: readonly StoredDocument[];
  readonly candidates: readonly CommittedRecord[];
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
  const read = async (topic: string, watched: boolean): Promise<readonly CommittedRecord[]> => {
    const records = await readCommitted(kafka, topic);
    if (watched) for (const record of records) look(`topic ${topic}`)(textOf(record));
    return records;
  };
  const offsets = await withAdmin(kafka, (admin) => admin.fetchTopicOffsets(topics.audit));
  const committed = await committedOffsets(kafka, from.groupId, topics.audit);
  const evidence = {
    auditTopic: topics.audit,
    input: await read(topics.audit, false),
    ranges: new Map(
      offsets.map(({ partition, low, high }) => [
        partition,
        { low: BigInt(low), high: BigInt(high) },
      ]),
    ),
    committed: new Map([...committed].map(([partition, offset]) => [partition, BigInt(offset)])),
    documents: await storedDocuments(
      from.opensearch,
      `${indexes.auditEvents}*`,
      look(`index ${indexes.auditEvents}`),
    ),
    candidateDocuments: await storedDocuments(
      from.opensearch,
      `${indexes.driftCandidates}*`,
      look(`index ${indexes.driftCandidates}`),
    ),
    candidates: await read(topics.candidates, true),
    deadLetters: await read(topics.dead, true),
    declaredDrops: declaredIn(from.logs),
  };
  await read(topics.desired, true);
  for (const line of from.logs) look('log')(JSON.stringify(line));
  for (const text of from.output) look('stderr')(text);
  return { ...evidence, leaks: [...leaks] };
};
