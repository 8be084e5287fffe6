import { startHttpServer, type RunningHttpServer } from './adapters/http/server.ts';
import { desiredIndexAcls } from './adapters/kafka/acls.ts';
import { createGroupConsumption } from './adapters/kafka/group-consumption.ts';
import { checkAccess } from './adapters/opensearch/check-access.ts';
import { indexedResources } from './adapters/opensearch/indexed-resources.ts';
import { desiredDocument, desiredRemoval } from './codec/desired-document.ts';
import { loadSchemas } from './codec/load-schemas.ts';
import { modelDecoder } from './codec/model-decoder.ts';
import { documentId, mayBeHashedId } from './codec/search-document.ts';
import type { Config } from './config/schema.ts';
import type { DesiredResource } from './core/model/desired-resource.ts';
import { followMembership } from './pipeline/follow-membership.ts';
import { createHealth } from './pipeline/health.ts';
import { indexDesiredUnit } from './pipeline/index-desired-state.ts';
import { runService } from './pipeline/lifecycle.ts';
import type { DesiredStateTopic } from './pipeline/ports.ts';
import { withPatience, type Patience } from './pipeline/retry.ts';
import { sweepDesiredIndex } from './pipeline/sweep-desired-index.ts';
import { createTelemetry } from './telemetry/create-telemetry.ts';
import { createLogger } from './telemetry/logger.ts';
import { createMetrics, exposition } from './telemetry/metrics.ts';
import { untilEnded } from './telemetry/until-ended.ts';
import { documentWriter, monotonic, openSearch, packageVersion, sleep } from './compose-parts.ts';
import { kafkaConnection } from './compose-kafka.ts';
import { serviceSchemas } from './compose-registry.ts';

/** The group whose members share the partitions of the topic: each partition has one writer. */
const groupOf = ({ kafka }: Config): string => `${kafka.groupId}.desired-index`;

/**
 * What `driftline desired index` does: keeps the index of desired resources as the topic has it, until `stop` is
 * aborted. Throws what ended it otherwise.
 */
export const composeDesiredIndex =
  (
    config: () => Config,
    openTopic: (
      signal: AbortSignal,
      keep: (resource: DesiredResource) => true,
    ) => Promise<DesiredStateTopic<true>>,
    stop: AbortSignal,
  ) =>
  async (): Promise<void> => {
    const settings = config();
    const { kafka, opensearch } = settings;
    const topic = kafka.topics.desiredState;
    const index = opensearch.indexes.desiredState;
    const version = packageVersion();
    const metrics = createMetrics(version, Date.now, 'index');
    const logger = createLogger({
      level: settings.log.level,
      service: 'driftline-desired-index',
      version,
    });
    const health = createHealth({ now: monotonic, graceMs: settings.http.readyGraceMs });
    const { telemetry, end } = untilEnded(
      followMembership(createTelemetry({ logger, metrics, clock: Date.now }), health),
    );
    const fatal = new AbortController();
    const transport = openSearch(settings, telemetry);
    const writer = documentWriter(settings, transport, telemetry);
    const schemas = serviceSchemas(settings, telemetry);
    const decoder = modelDecoder(loadSchemas(), schemas.registry);
    const consumption = createGroupConsumption({
      ...kafka,
      groupId: groupOf(settings),
      connection: kafkaConnection(settings, telemetry),
      acls: desiredIndexAcls({ groupId: groupOf(settings), topics: kafka.topics }),
      topics: [topic],
      requiredTopics: [],
      stallMs: settings.watchdog.stallMs,
      limits: settings.unit,
      handle: (batch, scope, committer) =>
        indexDesiredUnit(
          {
            decode: (value) => decoder.decodeDesiredResource(value),
            document: (resource, record) =>
              desiredDocument(resource, record, { index, indexedTime: Date.now() }),
            removal: (key, { offset }) => desiredRemoval(documentId(key), offset, index),
            writer,
            telemetry,
            patience: schemas.patience,
          },
          batch,
          scope,
          committer,
        ),
      telemetry,
      onFatal: (error) => fatal.abort(error),
      now: monotonic,
    });

    const { patienceMs = Infinity, ...delays } = opensearch.retry;
    const patience: Patience = {
      ...delays,
      limitMs: patienceMs,
      now: monotonic,
      sleep,
      random: Math.random,
      onRetry: (attempt, delayMs, { message }) =>
        telemetry.emit({
          type: 'desired-index.retrying',
          attempt,
          delaySeconds: delayMs / 1000,
          message,
        }),
    };

    /** Before the group is joined: what it then writes is newer. */
    const sweep = async (signal: AbortSignal): Promise<void> => {
      const held = await openTopic(signal, () => true);
      try {
        await sweepDesiredIndex(
          {
            topic: held,
            indexed: indexedResources(
              transport,
              index,
              (work) => withPatience(work(), work, signal, patience),
              signal,
            ),
            idOf: documentId,
            mayBeHash: mayBeHashedId,
            removal: ({ id, offset }) => desiredRemoval(id, offset, index),
            writer,
            telemetry,
          },
          signal,
        );
      } finally {
        await held.close();
      }
    };

    let http: RunningHttpServer | undefined;
    await runService({
      health,
      telemetry,
      graceMs: settings.shutdown.graceMs,
      stop,
      fatal: fatal.signal,
      started: { version, group: groupOf(settings), topics: [topic] },
      parts: {
        openHttp: async () => {
          http = await startHttpServer({
            ...settings.http,
            live: () => health.live(),
            ready: () => health.ready(),
            metrics: () => exposition(metrics),
          });
        },
        check: async (signal) => {
          await Promise.all([consumption.check(), checkAccess(transport, signal)]);
        },
        loadDesiredState: sweep,
        join: () => consumption.join(),
        leave: (graceMs) => consumption.leave(graceMs),
        close: async () => {
          await Promise.all([consumption.close(), transport.close()]);
          await http?.close();
        },
      },
    }).finally(end);
  };
