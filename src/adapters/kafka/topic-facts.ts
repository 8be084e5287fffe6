import type { Admin, Kafka } from 'kafkajs';
import kafkajs from 'kafkajs';
import type { TopicFacts } from './desired-state-sink.ts';
import { KafkaError, protocolErrorType } from './kafka-error.ts';
import { readTopicId } from './topic-id.ts';

/** The committed part of a partition. */
export interface TopicRange {
  readonly partition: number;
  /** Broker id of the leader. */
  readonly leader: number;
  /** The first offset. */
  readonly low: bigint;
  /** One past the last committed record. */
  readonly high: bigint;
}

/** Kafka's own default of delete.retention.ms. */
const TOMBSTONES_KEPT_MS = 86_400_000;

/**
 * Where each partition starts and ends and which broker leads it. kafkajs asks for offsets with isolation
 * read_committed, so the end is the last stable offset: a transaction that is still open is not waited for.
 * @throws KafkaError `topic_missing`
 */
export const readTopicRanges = async (
  admin: Admin,
  topic: string,
): Promise<readonly TopicRange[]> => {
  try {
    const metadata = await admin.fetchTopicMetadata({ topics: [topic] });
    const leaders = new Map(
      metadata.topics.flatMap(({ partitions }) =>
        partitions.map(({ partitionId, leader }) => [partitionId, leader] as const),
      ),
    );
    const offsets = await admin.fetchTopicOffsets(topic);
    return offsets.map(({ partition, low, high }) => ({
      partition,
      leader: leaders.get(partition) ?? Number.NaN,
      low: BigInt(low),
      high: BigInt(high),
    }));
  } catch (error) {
    if (protocolErrorType(error) !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
    throw new KafkaError(
      'topic_missing',
      `The topic ${topic} does not exist: run \`driftline setup\`.`,
      { retriable: false, cause: error },
    );
  }
};

const tombstonesKept = async (
  admin: ReturnType<Kafka['admin']>,
  topic: string,
): Promise<number> => {
  try {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [
        {
          type: kafkajs.ConfigResourceTypes.TOPIC,
          name: topic,
          configNames: ['delete.retention.ms'],
        },
      ],
    });
    const ms = Number(resources[0]?.configEntries[0]?.configValue);
    return Number.isFinite(ms) ? ms : TOMBSTONES_KEPT_MS;
  } catch (error) {
    // The right to describe configurations is one of its own, which nothing else here needs.
    if (protocolErrorType(error) === undefined) throw error;
    return TOMBSTONES_KEPT_MS;
  }
};

/** What tells whether a local copy of a topic can go on. @throws KafkaError `topic_missing` */
export const readTopicFacts = async (
  kafka: Pick<Kafka, 'admin'>,
  admin: Admin,
  topic: string,
): Promise<Omit<TopicFacts, 'ranges'> & { readonly ranges: readonly TopicRange[] }> => {
  const ranges = await readTopicRanges(admin, topic);
  const { clusterId } = await admin.describeCluster();
  return {
    origin: { topic, topicId: await readTopicId(kafka, topic), clusterId },
    ranges,
    tombstonesKeptMs: await tombstonesKept(admin, topic),
  };
};
