import { createDiskStore } from './adapters/desired-store/disk-store.ts';
import { fileVersion } from './adapters/files/file-version.ts';
import { startHttpServer, type RunningHttpServer } from './adapters/http/server.ts';
import { createBrokerProbe } from './adapters/kafka/broker-probe.ts';
import { runAcls } from './adapters/kafka/acls.ts';
import { createKafka } from './adapters/kafka/client.ts';
import { createDesiredStateFollower } from './adapters/kafka/desired-state-follower.ts';
import { createGroupConsumption } from './adapters/kafka/group-consumption.ts';
import { checkAccess } from './adapters/opensearch/check-access.ts';
import { askOpenSearch } from './adapters/opensearch/node-probe.ts';
import { loadSchemas } from './codec/load-schemas.ts';
import { readIgnoreRules } from './config/ignore-rules-file.ts';
import { readProviderTables } from './config/provider-tables.ts';
import type { Config } from './config/schema.ts';
import type { IgnoreRule } from './core/model/ignore-rule.ts';
import type { DetectionContext } from './core/model/processed-event.ts';
import { followMembership } from './pipeline/follow-membership.ts';
import { createHealth } from './pipeline/health.ts';
import { runService } from './pipeline/lifecycle.ts';
import { processUnit } from './pipeline/process-unit.ts';
import { watchIgnoreRules } from './pipeline/watch-ignore-rules.ts';
import { watchScopes } from './pipeline/watch-scopes.ts';
import { traceUnits } from './pipeline/trace-units.ts';
import { watchNeeds } from './pipeline/watch-needs.ts';
import { createTelemetry } from './telemetry/create-telemetry.ts';
import { createLogger } from './telemetry/logger.ts';
import { createMetrics, exposition } from './telemetry/metrics.ts';
import { startTracing } from './telemetry/start-tracing.ts';
import type { Telemetry } from './telemetry/telemetry-event.ts';
import { untilEnded } from './telemetry/until-ended.ts';
import {
  detectionContext,
  documentWriter,
  monotonic,
  openSearch,
  packageVersion,
  SHIPPED_TABLES,
  SILENT,
  sleep,
} from './compose-parts.ts';
import { kafkaConnection } from './compose-kafka.ts';
import { serviceSchemas } from './compose-registry.ts';
import { keepReloading, type ConfigOrigin } from './compose-reload.ts';
import { unitSteps } from './compose-unit-steps.ts';
import { keepYoungObjectsYoung } from './engine-settings.ts';

/** How often what the service needs is asked whether it is there, and how long an answer may take. */
const NEEDS_INTERVAL_MS = 3_000;
const NEEDS_LIMIT_MS = 5_000;

/** How often the store is counted by scope at most. */
const SCOPES_INTERVAL_MS = 60_000;

/** How soon a changed file of ignore rules counts. */
const IGNORE_RULES_INTERVAL_MS = 5_000;

/** Watches the file of ignore rules, where there is one, until `signal` is aborted. */
const keepIgnoreRules = (
  { detection }: Config,
  telemetry: Telemetry,
  signal: AbortSignal,
  onRules: (rules: readonly IgnoreRule[]) => void,
): void => {
  const file = detection.ignoreRulesFile;
  if (file === undefined) return;
  void watchIgnoreRules(
    {
      file,
      rules: readIgnoreRules(file),
      read: () => readIgnoreRules(file),
      version: () => fileVersion(file),
      onRules,
      telemetry,
      clock: Date.now,
      sleep,
      intervalMs: IGNORE_RULES_INTERVAL_MS,
    },
    signal,
  );
};

/**
 * Runs the service until `stop` is aborted. Resolves after an orderly end, throws what ended it otherwise.
 */
export const runDriftline = async (
  config: Config,
  stop: AbortSignal,
  origin: ConfigOrigin,
): Promise<void> => {
  keepYoungObjectsYoung();
  const version = packageVersion();
  const { kafka } = config;
  const logger = createLogger({ level: config.log.level, service: 'driftline', version });
  const metrics = createMetrics(version, Date.now, 'run');
  const health = createHealth({ now: monotonic, graceMs: config.http.readyGraceMs });
  const { telemetry, end } = untilEnded(
    followMembership(createTelemetry({ logger, metrics, clock: Date.now }), health),
  );
  const tracing = config.traces.enabled
    ? await startTracing({
        endpoint: config.traces.endpoint,
        version,
        environment: process.env,
        telemetry,
      })
    : undefined;
  const processTraced = traceUnits(processUnit, tracing && { tracer: tracing.tracer, ...kafka });
  const fatal = new AbortController();
  const onFatal = (error: Error): void => fatal.abort(error);

  const schemas = serviceSchemas(config, telemetry);
  const { schemaById } = schemas;
  const closing = new AbortController();
  const store = createDiskStore({
    folder: config.desired.storeFolder,
    name: `${kafka.groupId} ${kafka.topics.desiredState} ${kafka.brokers.join()}`,
    schemas: loadSchemas()['desired-resource'],
    schemaById: schemaById && ((id) => schemaById(id, closing.signal)),
    clock: Date.now,
    onRejected: (rejected) =>
      telemetry.emit({
        type: 'desired-state.undecodable',
        topic: kafka.topics.desiredState,
        ...rejected,
        offset: String(rejected.offset),
      }),
  });
  let context = detectionContext(
    readProviderTables(SHIPPED_TABLES, config.detection.tablesFolder),
    store.index,
    {
      ...config.detection,
      hashKey: config.desired.hashKey,
    },
  );
  const transport = openSearch(config, telemetry);
  const steps = unitSteps(
    config,
    () => context,
    documentWriter(config, transport, telemetry),
    telemetry,
    schemas,
  );
  const connection = kafkaConnection(config, telemetry);
  const brokers = createBrokerProbe(createKafka(connection, 'ask', SILENT), connection);
  const desiredState = createDesiredStateFollower({
    kafka: createKafka(connection, 'consume', telemetry),
    topic: kafka.topics.desiredState,
    sink: store,
    telemetry,
    now: monotonic,
    clock: Date.now,
    onFatal,
    onProgress: ({ resources, offsetsLeft }) => {
      if (health.phase() !== 'loading-desired-state') return;
      health.enter(
        'loading-desired-state',
        `${resources} desired resources held, ${offsetsLeft} offsets to go`,
      );
    },
  });
  const consumption = createGroupConsumption({
    ...kafka,
    connection,
    topics: [kafka.topics.auditEvents],
    acls: runAcls(kafka),
    requiredTopics: [
      kafka.topics.desiredState,
      kafka.topics.driftCandidates,
      kafka.topics.deadLetters,
    ],
    stallMs: config.watchdog.stallMs,
    limits: config.unit,
    handle: (batch, scope, committer) => processTraced(steps, batch, scope, committer),
    telemetry,
    onFatal,
    now: monotonic,
  });

  let http: RunningHttpServer | undefined;
  let counting: Promise<void> = Promise.resolve();
  await runService({
    health,
    telemetry,
    graceMs: config.shutdown.graceMs,
    stop,
    fatal: fatal.signal,
    started: { version, group: kafka.groupId, topics: [kafka.topics.auditEvents] },
    parts: {
      openHttp: async () => {
        http = await startHttpServer({
          ...config.http,
          live: () => health.live(),
          ready: () => health.ready(),
          metrics: () => exposition(metrics),
        });
        logger.info(
          { event: 'http.listening', host: http.host, port: http.port },
          'probes and metrics are served',
        );
        void watchNeeds(
          {
            needs: [
              { name: 'kafka', ask: () => brokers.ask() },
              { name: 'opensearch', ask: (signal) => askOpenSearch(transport, signal) },
            ],
            health,
            telemetry,
            intervalMs: NEEDS_INTERVAL_MS,
            limitMs: NEEDS_LIMIT_MS,
            sleep,
          },
          closing.signal,
        );
      },
      check: async (signal) => {
        await Promise.all([consumption.check(), checkAccess(transport, signal)]);
        await schemas.register(signal);
      },
      loadDesiredState: async (signal) => {
        keepIgnoreRules(config, telemetry, closing.signal, (ignoreRules) => {
          context = { ...context, ignoreRules };
        });
        const onTrust = (trust: Partial<DetectionContext>): void => {
          context = { ...context, ...trust };
        };
        keepReloading({ config, origin, logger, telemetry, onTrust }, closing.signal);
        await desiredState.start(signal);
        counting = watchScopes(
          {
            count: (ended) => store.scopes(ended),
            telemetry,
            sleep,
            now: monotonic,
            intervalMs: SCOPES_INTERVAL_MS,
          },
          closing.signal,
        ).catch((error: unknown) =>
          onFatal(error instanceof Error ? error : new Error(String(error))),
        );
      },
      join: () => consumption.join(),
      leave: (graceMs) => consumption.leave(graceMs),
      close: async () => {
        const parts = [
          brokers.close(),
          desiredState
            .stop()
            .then(() => counting)
            .then(() => store.close()),
          consumption.close(),
          transport.close(),
        ];
        closing.abort();
        await Promise.all(parts);
        // The last units end their spans above.
        await tracing?.close();
        await http?.close();
      },
    },
  }).finally(end);
};
