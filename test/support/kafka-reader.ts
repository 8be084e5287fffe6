import { mendFetch } from '../../src/adapters/kafka/mend-fetch.ts';
import kafkajs, { type Admin, type Kafka, type KafkaMessage } from 'kafkajs';

/** A committed record, as any consumer of the topic would see it. */
export interface CommittedRecord {
  readonly partition: number;
  readonly offset: string;
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

export const testKafka = (broker: string): Kafka => {
  // Without it kafkajs hands over aborted records, as if they had been told.
  mendFetch();
  return new kafkajs.Kafka({
    brokers: [broker],
    clientId: 'driftline-test',
    logLevel: kafkajs.logLevel.NOTHING,
  });
};

export const withAdmin = async <T>(
  kafka: Kafka,
  work: (admin: Admin) => Promise<T>,
): Promise<T> => {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
};

export const createTopics = async (
  kafka: Kafka,
  topics: readonly {
    readonly topic: string;
    readonly partitions?: number;
    readonly compacted?: boolean;
  }[],
): Promise<void> => {
  await withAdmin(kafka, (admin) =>
    admin.createTopics({
      waitForLeaders: true,
      topics: topics.map(({ topic, partitions = 1, compacted = false }) => ({
        topic,
        numPartitions: partitions,
        replicationFactor: 1,
        configEntries: compacted ? [{ name: 'cleanup.policy', value: 'compact' }] : [],
      })),
    }),
  );
};

export const committedOffsets = async (
  kafka: Kafka,
  groupId: string,
  topic: string,
): Promise<ReadonlyMap<number, string>> => {
  const [answer] = await withAdmin(kafka, (admin) =>
    admin.fetchOffsets({ groupId, topics: [topic] }),
  );
  const pairs = (answer?.partitions ?? []).map(
    ({ partition, offset }) => [partition, offset] as const,
  );
  return new Map(pairs.filter(([, offset]) => Number(offset) >= 0));
};

const headersOf = (message: KafkaMessage): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]),
  );

/**
 * Reads all committed records of a topic, up to its end when the call was made. It shares nothing with the code that
 * writes: a plain consumer, by default isolation (read committed), in a group of its own.
 * @param take gets each record, in the order of its partition
 */
export const readEachCommitted = async (
  kafka: Kafka,
  topic: string,
  take: (record: CommittedRecord) => void,
  limitMs = 45_000,
): Promise<void> => {
  const ends = await withAdmin(kafka, (admin) => admin.fetchTopicOffsets(topic));
  const open = new Map(
    ends
      .filter(({ low, high }) => low !== high)
      .map(({ partition, high }) => [partition, BigInt(high)]),
  );
  if (open.size === 0) return;
  const consumer = kafka.consumer({
    groupId: `reader-${process.pid}-${Math.random().toString(36).slice(2)}`,
    maxWaitTimeInMs: 100,
    maxBytesPerPartition: 8 * 1024 * 1024,
  });
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      const limit = setTimeout(
        () => reject(new Error(`the end of ${topic} was not reached in ${limitMs / 1000} s`)),
        limitMs,
      );
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      // Control records at the end are never delivered: the end is reached by offset, not by a record.
      consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
        const end = open.get(payload.partition);
        if (end !== undefined && BigInt(payload.lastOffset) + 1n >= end)
          open.delete(payload.partition);
        if (open.size === 0) {
          clearTimeout(limit);
          resolve();
        }
      });
      consumer
        .run({
          autoCommit: false,
          eachBatch: async ({ batch }) => {
            for (const message of batch.messages) {
              take({
                partition: batch.partition,
                offset: message.offset,
                key: message.key === null ? null : String(message.key),
                value: message.value,
                headers: headersOf(message),
              });
            }
          },
        })
        .catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
};

/** All committed records of a topic, as `readEachCommitted` reads them. */
export const readCommitted = async (
  kafka: Kafka,
  topic: string,
): Promise<readonly CommittedRecord[]> => {
  const records: CommittedRecord[] = [];
  await readEachCommitted(kafka, topic, (record) => void records.push(record));
  return records;
};
