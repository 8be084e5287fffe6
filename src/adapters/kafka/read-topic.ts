import type { Admin, EachBatchPayload, Kafka } from 'kafkajs';
import type { InputRecord } from '../../pipeline/ports.ts';
import { inputRecord } from './input-record.ts';
import { errorMessage, isGroupMovedOn, KafkaError } from './kafka-error.ts';
import { createReadProgress } from './read-progress.ts';
import { readTopicRanges, type TopicRange } from './topic-facts.ts';

export interface ReadTopicOptions {
  /** Made for `ask`. */
  readonly kafka: Pick<Kafka, 'consumer'>;
  /** Connected. */
  readonly admin: Admin;
  readonly topic: string;
  /** Of this read alone. */
  readonly groupId: string;
  /** Called in the order of each partition. What it throws ends the reading. */
  readonly visit: (record: InputRecord) => void | Promise<void>;
  /** Longest wait without any progress, in milliseconds. Default 30,000. */
  readonly patienceMs?: number;
}

const DEFAULT_PATIENCE_MS = 30_000;
const FETCH_WAIT_MS = 250;

/**
 * Reads what a topic held at the call, from its beginning, committed records only.
 * @throws KafkaError `topic_missing`, `kafka_stalled`, `kafka_crashed`; what `visit` throws; the signal's reason.
 */
export const readTopic = async (options: ReadTopicOptions, signal: AbortSignal): Promise<void> => {
  const { kafka, admin, topic, groupId, visit } = options;
  const ranges = (await readTopicRanges(admin, topic)).filter(({ low, high }) => high > low);
  if (ranges.length === 0) return;
  const ends = new Map(ranges.map(({ partition, high }) => [partition, high]));
  const progress = createReadProgress(options.patienceMs ?? DEFAULT_PATIENCE_MS, topic);
  const consumer = kafka.consumer({
    groupId,
    maxWaitTimeInMs: FETCH_WAIT_MS,
    allowAutoTopicCreation: false,
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    if (payload.restart) return;
    progress.fail(
      new KafkaError('kafka_crashed', `Reading ${topic} ended: ${errorMessage(payload.error)}`, {
        retriable: true,
        cause: payload.error,
      }),
    );
  });
  consumer.on(consumer.events.FETCH, ({ payload }) => {
    if ('nodeId' in payload) progress.fetched(Number(payload.nodeId));
  });
  /** One past the last record that was visited: a member that joins again begins at the beginning. */
  const positions = new Map<number, bigint>();
  let failed = false;
  const visitBatch = async (payload: EachBatchPayload): Promise<void> => {
    const { batch } = payload;
    const { partition } = batch;
    const end = ends.get(partition) ?? 0n;
    for (const message of batch.messages) {
      const offset = BigInt(message.offset);
      if (failed || !payload.isRunning() || offset >= end) return;
      if (offset < (positions.get(partition) ?? 0n)) continue;
      await visit(inputRecord(topic, partition, message));
      positions.set(partition, offset + 1n);
      await payload.heartbeat();
    }
  };
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async (payload) => {
        try {
          await visitBatch(payload);
        } catch (error) {
          // Only the loss of the membership may reach kafkajs: it repeats the batch of any other error for ever.
          if (isGroupMovedOn(error)) throw error;
          failed = true;
          progress.fail(error instanceof Error ? error : new Error(String(error)));
        }
        progress.read(payload.batch.partition, BigInt(payload.batch.lastOffset()) + 1n);
      },
    });
    await progress.reach(ranges.map(endOf), signal);
  } finally {
    await consumer.disconnect();
    // Not allowed, or gone already: the broker drops an empty group without offsets.
    await admin.deleteGroups([groupId]).catch(() => undefined);
  }
};

const endOf = ({
  partition,
  leader,
  high,
}: TopicRange): { readonly partition: number; readonly leader: number; readonly end: bigint } => ({
  partition,
  leader,
  end: high,
});
