import kafkajs from 'kafkajs';
import { fetchBytes } from '../../../src/adapters/kafka/fetch-bytes.ts';
import { loadConfig } from '../../../src/config/load-config.ts';

export interface ConsumerRun {
  readonly broker: string;
  readonly topic: string;
  readonly groupId: string;
}

/** The fetch sizes of the service as it comes. */
export const serviceFetch = (): kafkajs.ConsumerConfig & {
  readonly partitionsConsumedConcurrently: number;
} => {
  const { kafka } = loadConfig({ env: {} });
  return {
    groupId: '',
    maxBytesPerPartition: kafka.maxBytesPerPartition,
    maxBytes: fetchBytes(kafka),
    maxWaitTimeInMs: 1_000,
    partitionsConsumedConcurrently: kafka.partitionsConsumedConcurrently,
  };
};

/** A kafkajs consumer that does nothing but commit, with the fetch sizes of the service: the ceiling of any member. */
export const runBareConsumer = async (run: ConsumerRun): Promise<void> => {
  const kafka = new kafkajs.Kafka({
    brokers: [run.broker],
    clientId: 'bare',
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const { partitionsConsumedConcurrently, ...fetch } = serviceFetch();
  const consumer = kafka.consumer({ ...fetch, groupId: run.groupId });
  await consumer.connect();
  await consumer.subscribe({ topics: [run.topic], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    partitionsConsumedConcurrently,
    eachBatch: async ({ batch, resolveOffset }) => {
      resolveOffset(batch.lastOffset());
      const offset = String(BigInt(batch.lastOffset()) + 1n);
      await consumer.commitOffsets([{ topic: batch.topic, partition: batch.partition, offset }]);
    },
  });
};
