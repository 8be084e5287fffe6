import { setTimeout as delay } from 'node:timers/promises';
import kafkajs, { type Kafka } from 'kafkajs';
import { calmRequestQueueTimer } from '../../src/adapters/kafka/request-queue-timer.ts';
import { DemoError } from './demo-error.ts';
import type { StoryRecord } from './story/story.ts';

/** A record as any reader of committed records sees it. */
export interface ReadRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
}

const BATCH = 500;
const POLL_MS = 200;
const LAG_LIMIT_MS = 60_000;
const READ_LIMIT_MS = 30_000;

export const demoKafka = (broker: string): Kafka => {
  calmRequestQueueTimer();
  return new kafkajs.Kafka({
    brokers: [broker],
    clientId: 'driftline-demo',
    logLevel: kafkajs.logLevel.NOTHING,
  });
};

/** Produces the records in their order. */
export const produce = async (
  kafka: Kafka,
  topic: string,
  records: readonly StoryRecord[],
  signal: AbortSignal,
): Promise<void> => {
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  try {
    for (let at = 0; at < records.length; at += BATCH) {
      signal.throwIfAborted();
      const messages = records.slice(at, at + BATCH).map(({ key, value }) => ({ key, value }));
      await producer.send({ topic, messages });
    }
  } finally {
    await producer.disconnect();
  }
};

/** Waits until the group has committed the end of every partition. Throws DemoError `kafka-failed`. */
export const awaitConsumed = async (
  kafka: Kafka,
  groupId: string,
  topic: string,
  signal: AbortSignal,
  alive: () => boolean,
): Promise<void> => {
  const admin = kafka.admin();
  await admin.connect();
  const deadline = performance.now() + LAG_LIMIT_MS;
  try {
    const ends = await admin.fetchTopicOffsets(topic);
    for (;;) {
      const [committed] = await admin.fetchOffsets({ groupId, topics: [topic] });
      const offsets = new Map(
        committed?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]),
      );
      const lag = ends.reduce((sum, { partition, low, high }) => {
        const offset = offsets.get(partition) ?? -1n;
        return sum + (BigInt(high) - (offset < 0n ? BigInt(low) : offset));
      }, 0n);
      if (lag === 0n) return;
      if (!alive()) throw new DemoError('service-failed', 'The service has ended.');
      if (performance.now() > deadline) {
        throw new DemoError('kafka-failed', `${String(lag)} records were not read in time.`);
      }
      await delay(POLL_MS, undefined, { signal });
    }
  } finally {
    await admin.disconnect();
  }
};

/** All committed records of a topic. Throws DemoError `kafka-failed` where its end is not reached. */
export const readTopic = async (
  kafka: Kafka,
  topic: string,
  signal: AbortSignal,
): Promise<readonly ReadRecord[]> => {
  const admin = kafka.admin();
  await admin.connect();
  const offsets = await admin.fetchTopicOffsets(topic).finally(() => admin.disconnect());
  const open = new Map(
    offsets
      .filter(({ low, high }) => low !== high)
      .map(({ partition, high }) => [partition, BigInt(high)]),
  );
  if (open.size === 0) return [];
  const records: ReadRecord[] = [];
  const consumer = kafka.consumer({
    groupId: `driftline-demo-reader-${topic}-${String(process.pid)}`,
    maxWaitTimeInMs: 100,
  });
  const reached = Promise.withResolvers<undefined>();
  // It may fail before anybody waits for it.
  reached.promise.catch(() => undefined);
  // Control records are never delivered, so the end is told by a batch's last offset, not by a record.
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
    const end = open.get(payload.partition);
    if (end !== undefined && BigInt(payload.lastOffset) + 1n >= end) open.delete(payload.partition);
    if (open.size === 0) reached.resolve(undefined);
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => reached.reject(payload.error));
  const limit = new AbortController();
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: ({ batch }) => {
        for (const { key, value, headers } of batch.messages) {
          const texts = Object.entries(headers ?? {}).map(([name, text]) => [name, String(text)]);
          records.push({ key, value, headers: Object.fromEntries(texts) as ReadRecord['headers'] });
        }
        return Promise.resolve();
      },
    });
    await Promise.race([
      reached.promise,
      delay(READ_LIMIT_MS, undefined, { signal: AbortSignal.any([signal, limit.signal]) }).then(
        () => {
          throw new DemoError('kafka-failed', `The end of ${topic} was not reached in time.`);
        },
      ),
    ]);
    return records;
  } finally {
    limit.abort();
    await consumer.disconnect();
  }
};
