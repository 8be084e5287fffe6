import type { Admin, Kafka } from 'kafkajs';
import type { Telemetry } from '../../telemetry/telemetry-event.ts';
import { connectAdmin, createKafka, type KafkaConnection } from './client.ts';
import { fetchCommitted } from './committed-offsets.ts';
import { createGroupConsumer, type GroupConsumer, type UnitHandler } from './consumer.ts';
import { errorMessage, KafkaError } from './kafka-error.ts';
import { keyPartitioner } from './key-partitioner.ts';
import { createOffsetLoss } from './offset-loss.ts';
import type { UnitLimits } from './split-batch.ts';
import { deniedError, type AclRow } from './acls.ts';
import { readTopicRanges } from './topic-facts.ts';
import { requireTopics } from './topics.ts';
import { partitionTransactionalId } from './transactional-id.ts';
import { createUnitCommitter } from './unit-committer.ts';

export interface GroupConsumptionOptions {
  readonly connection: KafkaConnection;
  readonly groupId: string;
  /** Topics that are read. */
  readonly topics: readonly string[];
  /** What this user needs: an error that refuses access names the rows that may be missing. */
  readonly acls: readonly AclRow[];
  /** Other topics that have to be there before the group is joined. */
  readonly requiredTopics: readonly string[];
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  readonly metadataMaxAgeMs: number;
  readonly transactionTimeoutMs: number;
  readonly maxBytesPerPartition: number;
  readonly partitionsConsumedConcurrently: number;
  readonly stallMs: number;
  readonly limits: UnitLimits;
  readonly handle: UnitHandler;
  readonly telemetry: Telemetry;
  readonly onFatal: (error: Error) => void;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
}

export interface GroupConsumption {
  /** Connects, and checks that all topics are there. Throws KafkaError. */
  check(): Promise<void>;
  /** Joins the group. */
  join(): Promise<void>;
  leave(graceMs: number): Promise<void>;
  close(): Promise<void>;
}

/** The group consumer with all that it commits through: one transactional producer for each partition in work. */
export const createGroupConsumption = (options: GroupConsumptionOptions): GroupConsumption => {
  const { connection, groupId, telemetry, now } = options;
  let consumer: GroupConsumer | undefined;

  const onOffsetReset = (topic: string, partition: number): void => {
    consumer?.forget(topic, partition);
    loss.report(topic, partition).catch((error: unknown) => {
      options.onFatal(
        new KafkaError(
          'kafka_unavailable',
          `Cannot tell what was lost of ${topic}: ${errorMessage(error)}`,
          {
            retriable: true,
            cause: error,
          },
        ),
      );
    });
  };
  const within = (ms: number): KafkaConnection => ({
    ...connection,
    requestTimeoutMs: Math.min(connection.requestTimeoutMs ?? ms, ms),
  });
  // By then the membership is lost, and the transaction aborted: whoever waits for an answer only rejoins later.
  const consumeKafka: Kafka = createKafka(
    within(options.sessionTimeoutMs),
    'consume',
    telemetry,
    onOffsetReset,
  );
  const transactKafka: Kafka = createKafka(
    within(options.transactionTimeoutMs),
    'transact',
    telemetry,
  );
  const admin: Admin = consumeKafka.admin();
  const loss = createOffsetLoss(admin, groupId, telemetry);

  const createCommitter = (
    topic: string,
    partition: number,
  ): ReturnType<typeof createUnitCommitter> =>
    createUnitCommitter({
      groupId,
      topic,
      partition,
      createProducer: () =>
        transactKafka.producer({
          transactionalId: partitionTransactionalId(groupId, topic, partition),
          maxInFlightRequests: 1,
          transactionTimeout: options.transactionTimeoutMs,
          allowAutoTopicCreation: false,
          createPartitioner: keyPartitioner,
        }),
      fetchCommitted: async () => (await fetchCommitted(admin, groupId, topic)).get(partition),
      telemetry,
      now,
      heartbeatIntervalMs: options.heartbeatIntervalMs,
    });

  const explained = (error: unknown): unknown => deniedError(error, options.acls) ?? error;

  return {
    check: async () => {
      await connectAdmin(admin, connection);
      await requireTopics(admin, [...options.topics, ...options.requiredTopics], options.acls);
      try {
        await loss.learn(options.topics);
      } catch (error) {
        throw explained(error);
      }
    },
    join: async () => {
      consumer = createGroupConsumer({
        ...options,
        onFatal: (error) => options.onFatal(deniedError(error, options.acls) ?? error),
        kafka: consumeKafka,
        createCommitter,
        fetchCommitted: (topic) => fetchCommitted(admin, groupId, topic),
        fetchRanges: (topic) => readTopicRanges(admin, topic),
        onCommitted: (topic, partition, offset) => loss.committed(topic, partition, offset),
      });
      try {
        await consumer.start();
      } catch (error) {
        throw explained(error);
      }
    },
    leave: async (graceMs) => {
      await consumer?.stop(graceMs);
    },
    close: () => admin.disconnect(),
  };
};
