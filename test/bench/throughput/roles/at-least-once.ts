import { setTimeout as delay } from 'node:timers/promises';
import type { Consumer } from 'kafkajs';
import { createDiskStore } from '../../../../src/adapters/desired-store/disk-store.ts';
import { createKafka } from '../../../../src/adapters/kafka/client.ts';
import { fetchCommitted } from '../../../../src/adapters/kafka/committed-offsets.ts';
import { createGroupConsumer } from '../../../../src/adapters/kafka/consumer.ts';
import { createDesiredStateFollower } from '../../../../src/adapters/kafka/desired-state-follower.ts';
import { keyPartitioner } from '../../../../src/adapters/kafka/key-partitioner.ts';
import { outputChunks } from '../../../../src/adapters/kafka/output-chunks.ts';
import type { PartitionCommitter } from '../../../../src/adapters/kafka/unit-committer.ts';
import { loadSchemas } from '../../../../src/codec/load-schemas.ts';
import { kafkaConnection } from '../../../../src/compose-kafka.ts';
import {
  detectionContext,
  documentWriter,
  monotonic,
  openSearch,
  SHIPPED_TABLES,
} from '../../../../src/compose-parts.ts';
import { loadConfig } from '../../../../src/config/load-config.ts';
import { readProviderTables } from '../../../../src/config/provider-tables.ts';
import { keepYoungObjectsYoung } from '../../../../src/engine-settings.ts';
import { processUnit } from '../../../../src/pipeline/process-unit.ts';
import { createTelemetry } from '../../../../src/telemetry/create-telemetry.ts';
import { createLogger } from '../../../../src/telemetry/logger.ts';
import { createMetrics } from '../../../../src/telemetry/metrics.ts';
import { benchSteps } from '../unit-steps.ts';
import type { Settings } from './role-run.ts';

const CHUNKS = { maxRecords: 1_000, maxBytes: 512 * 1024 };
const LOAD_LIMIT_MS = 120_000;

const end = (error: Error): never => {
  process.stderr.write(`${error.stack ?? error.message}\n`);
  process.exit(1);
};

/**
 * The service's own consumer, store, steps and writer, under a committer that sends candidates with a plain producer
 * and then commits the offset as consumers do: what exactly once costs is the difference. The service itself has no
 * such mode.
 */
export const runAtLeastOnce = async (settings: Settings): Promise<void> => {
  keepYoungObjectsYoung();
  const config = loadConfig({ env: {}, flags: settings });
  const { kafka } = config;
  const telemetry = createTelemetry({
    logger: createLogger({ level: config.log.level, service: 'at-least-once', version: '0' }),
    metrics: createMetrics('0', Date.now, 'run'),
    clock: Date.now,
  });
  const connection = kafkaConnection(config, telemetry);
  const store = createDiskStore({
    folder: config.desired.storeFolder,
    name: kafka.groupId,
    schemas: loadSchemas()['desired-resource'],
    clock: Date.now,
    onRejected: ({ message }) => end(new Error(message)),
  });
  const desiredState = createDesiredStateFollower({
    kafka: createKafka(connection, 'consume', telemetry),
    topic: kafka.topics.desiredState,
    sink: store,
    telemetry,
    now: monotonic,
    clock: Date.now,
    onFatal: end,
  });
  await desiredState.start(AbortSignal.timeout(LOAD_LIMIT_MS));
  const context = detectionContext(readProviderTables(SHIPPED_TABLES), store.index, {
    ...config.detection,
    hashKey: config.desired.hashKey,
  });
  const transport = openSearch(config, telemetry);
  const steps = benchSteps(
    config,
    context,
    documentWriter(config, transport, telemetry),
    telemetry,
  );

  const consuming = createKafka(connection, 'consume', telemetry);
  const admin = consuming.admin();
  await admin.connect();
  const producer = createKafka(connection, 'transact', telemetry).producer({
    allowAutoTopicCreation: false,
    createPartitioner: keyPartitioner,
  });
  await producer.connect();
  let consumer: Consumer | undefined;
  const createCommitter = (topic: string, partition: number): PartitionCommitter => ({
    open: async () => (await fetchCommitted(admin, kafka.groupId, topic, delay)).get(partition),
    commit: async (batch, outputs) => {
      for (const topicMessages of outputChunks(outputs, CHUNKS)) {
        await producer.sendBatch({ acks: -1, topicMessages: [...topicMessages] });
      }
      await consumer?.commitOffsets([{ topic, partition, offset: batch.nextOffset }]);
    },
    close: async () => undefined,
  });
  const group = createGroupConsumer({
    ...kafka,
    kafka: { consumer: (options) => (consumer = consuming.consumer(options)) },
    topics: [kafka.topics.auditEvents],
    stallMs: config.watchdog.stallMs,
    limits: config.unit,
    createCommitter,
    handle: (batch, scope, committer) => processUnit(steps, batch, scope, committer),
    telemetry,
    fetchCommitted: (topic) => fetchCommitted(admin, kafka.groupId, topic, delay),
    fetchRanges: async () => [],
    onCommitted: () => undefined,
    onFatal: end,
    now: monotonic,
  });
  await group.start();
};
