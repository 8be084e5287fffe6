import { connectAdmin, createKafka } from './adapters/kafka/client.ts';
import { ensureTopics, type TopicReport, type TopicSpec } from './adapters/kafka/topics.ts';
import { applyStep, planSetup } from './adapters/opensearch/setup.ts';
import { readSetupFiles, type SetupFiles } from './adapters/opensearch/setup-files.ts';
import { underNames } from './adapters/opensearch/setup-names.ts';
import type { SetupStep } from './adapters/opensearch/setup-step.ts';
import { withChoices, type IndexChoice } from './adapters/opensearch/setup-values.ts';
import type { SchemaRegistration } from './codec/model-encoder.ts';
import { kafkaConnection, openSearch, TEMPLATES } from './compose-parts.ts';
import { registerAllSchemas } from './compose-registry.ts';
import type { Config } from './config/schema.ts';

/** The topics of a deployment. Outputs may be larger than a record, by headers and the diff. */
const topicSpecs = ({ kafka }: Config): readonly TopicSpec[] => {
  const spec = (topic: string, config: TopicSpec['config']): TopicSpec => ({
    topic,
    ...kafka.setup,
    config,
  });
  const output = { 'max.message.bytes': String(2 * 1024 * 1024) };
  return [
    spec(kafka.topics.auditEvents, {}),
    spec(kafka.topics.desiredState, { 'cleanup.policy': 'compact' }),
    spec(kafka.topics.driftCandidates, output),
    spec(kafka.topics.deadLetters, output),
  ];
};

type Ages = Config['opensearch']['storage']['auditEvents'];

const days = (age: number | 'never'): number | undefined => (age === 'never' ? undefined : age);

const withAges = ({ warmAfterDays, retentionDays, ...choice }: Ages): IndexChoice => ({
  ...choice,
  warmAfterDays: days(warmAfterDays),
  retentionDays: days(retentionDays),
});

/** The shipped objects under the names and with the sizes and ages of the configuration. */
const setupFiles = async ({ opensearch }: Config): Promise<SetupFiles> => {
  const { indexes, storage } = opensearch;
  const choices = new Map<string, IndexChoice>([
    ['audit-events', withAges(storage.auditEvents)],
    ['drift-candidates', withAges(storage.driftCandidates)],
    ['desired-state', storage.desiredState],
  ]);
  return underNames(withChoices(await readSetupFiles(TEMPLATES), choices, storage.warmNodes), {
    'audit-events': indexes.auditEvents,
    'drift-candidates': indexes.driftCandidates,
    'desired-state': indexes.desiredState,
  });
};

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
  const transport = openSearch(config);
  try {
    await connectAdmin(admin, connection);
    (await ensureTopics(admin, topicSpecs(config), !dryRun)).forEach(tell.topic);
    if (!dryRun) (await registerAllSchemas(config)).forEach(tell.schema);
    const files = await setupFiles(config);
    const single = [config.opensearch.indexes.desiredState];
    for (const step of await planSetup(transport, files, { single, overwrite }, signal)) {
      tell.step(step);
      if (!dryRun) await applyStep(transport, step, signal);
    }
  } finally {
    await admin.disconnect();
    await transport.close();
  }
};
