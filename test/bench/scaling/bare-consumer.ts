import kafkajs from 'kafkajs';

/** A kafkajs consumer that does nothing but commit, with the fetch sizes of the service: the ceiling of any member. */
export const runBareConsumer = async (run: {
  readonly broker: string;
  readonly topic: string;
  readonly groupId: string;
}): Promise<void> => {
  const kafka = new kafkajs.Kafka({
    brokers: [run.broker],
    clientId: 'bare',
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const consumer = kafka.consumer({
    groupId: run.groupId,
    sessionTimeout: 6_000,
    heartbeatInterval: 500,
    maxBytesPerPartition: 4 * 1024 * 1024,
    maxBytes: 16 * 1024 * 1024,
    maxWaitTimeInMs: 1_000,
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [run.topic], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    partitionsConsumedConcurrently: 4,
    eachBatch: async ({ batch, resolveOffset }) => {
      resolveOffset(batch.lastOffset());
      const offset = String(BigInt(batch.lastOffset()) + 1n);
      await consumer.commitOffsets([{ topic: batch.topic, partition: batch.partition, offset }]);
    },
  });
};
