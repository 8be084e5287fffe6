import { connectAdmin, createKafka } from './adapters/kafka/client.ts';
import { ensureTopics, type TopicReport } from './adapters/kafka/topics.ts';
import { applySetup, planSetup } from './adapters/opensearch/setup.ts';
import type { SetupStep } from './adapters/opensearch/setup-step.ts';
import type { SchemaRegistration } from './codec/model-encoder.ts';
import { kafkaConnection } from './compose-kafka.ts';
import { openSearch, SILENT } from './compose-parts.ts';
import { registerAllSchemas } from './compose-registry.ts';
import { setupFiles, singleIndexes } from './compose-setup-files.ts';
import { topicSpecs } from './compose-topics.ts';
import type { Config } from './config/schema.ts';

export interface SetupRequest {
  /** Only tell what would be done. */
  readonly dryRun: boolean;
  /** Also replace what somebody has edited since `setup` wrote it. */
  readonly overwrite: boolean;
}

/** Told of each object before it is touched. */
export interface SetupListener {
  readonly topic: (report: TopicReport) => void;
  readonly schema: (report: SchemaRegistration) => void;
  readonly step: (step: SetupStep) => void;
}

/**
 * Creates what is missing of topics, schemas and what OpenSearch needs, and changes what setup itself has written.
 * Safe to repeat. A dry run does not ask the schema registry.
 */
export const setUpDriftline = async (
  config: Config,
  { dryRun, overwrite }: SetupRequest,
  tell: SetupListener,
  signal: AbortSignal,
): Promise<void> => {
  const connection = kafkaConnection(config);
  const admin = createKafka(connection, 'ask', { emit: () => undefined }).admin();
  const transport = openSearch(config, SILENT);
  try {
    await connectAdmin(admin, connection);
    (await ensureTopics(admin, topicSpecs(config), !dryRun)).forEach(tell.topic);
    if (!dryRun) (await registerAllSchemas(config)).forEach(tell.schema);
    const files = await setupFiles(config);
    const options = { single: singleIndexes(config), overwrite };
    if (dryRun) (await planSetup(transport, files, options, signal)).forEach(tell.step);
    else await applySetup(transport, files, options, tell.step, signal);
  } finally {
    await admin.disconnect();
    await transport.close();
  }
};
