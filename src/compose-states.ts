import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { createMemoryIndex } from './adapters/desired-store/memory-index.ts';
import { createSecretHash } from './adapters/desired-store/secret-hash.ts';
import { desiredPublishAcls, desiredTransactionalIdPrefix } from './adapters/kafka/acls.ts';
import { connectAdmin, createKafka } from './adapters/kafka/client.ts';
import { openDesiredStateTopic } from './adapters/kafka/desired-state-topic.ts';
import { AvroEvents } from './codec/avro-events.ts';
import { decodeRecord } from './codec/decode-record.ts';
import type { DecodedRecord } from './codec/decoded-record.ts';
import { loadSchemas } from './codec/load-schemas.ts';
import { modelDecoder } from './codec/model-decoder.ts';
import { modelEncoder, registerSchemas, type EncodedValue } from './codec/model-encoder.ts';
import {
  readAddressMapping,
  readEnvironmentRules,
  readExpectedDifferences,
} from './config/environment-rules-file.ts';
import { readProviderTables, type LoadedTables } from './config/provider-tables.ts';
import { SCHEMA, type Config } from './config/schema.ts';
import type { ComparisonSettings } from './core/desired/compare-environments.ts';
import { compileEnvironmentRules } from './core/desired/environment-words.ts';
import type { AuditEvent } from './core/model/audit-event.ts';
import type { DesiredResource } from './core/model/desired-resource.ts';
import type { IgnoreRule } from './core/model/ignore-rule.ts';
import type { ProcessedEvent } from './core/model/processed-event.ts';
import { processEvent } from './core/process-event.ts';
import { joiningCalls } from './pipeline/begun-calls.ts';
import type { DesiredStateTopic, StateSource } from './pipeline/ports.ts';
import {
  readDesiredStates,
  type DesiredStatesRead,
  type StatesRequest,
} from './pipeline/read-desired-states.ts';
import { createTelemetry } from './telemetry/create-telemetry.ts';
import { createLogger } from './telemetry/logger.ts';
import { createMetrics } from './telemetry/metrics.ts';
import {
  detectionContext,
  monotonic,
  packageVersion,
  SHIPPED_TABLES,
  SILENT,
} from './compose-parts.ts';
import { kafkaConnection } from './compose-kafka.ts';
import { schemaRegistry } from './compose-registry.ts';
import { stateSource } from './compose-state-sources.ts';

interface StatesSettings {
  readonly tables: LoadedTables;
  readonly hashKey: string | undefined;
  readonly signal: AbortSignal;
}

const readStates = (
  source: StateSource,
  { paths: _read, ...labels }: StatesRequest,
  { tables, hashKey, signal }: StatesSettings,
): Promise<DesiredStatesRead> =>
  readDesiredStates(
    source,
    {
      ...labels,
      publishedTime: Date.now(),
      resourceTypes: tables.resourceTypes,
      formats: tables.formats,
      ...(hashKey === undefined ? {} : { secretHash: createSecretHash(hashKey) }),
    },
    signal,
  );

/** What `driftline desired` works with. The configuration is read when first needed. */
export const composeDesired = (
  config: () => Config,
  stdin: Readable,
  signal: AbortSignal,
): {
  /** @param source default: what the request names */
  readonly readStates: (request: StatesRequest, source?: StateSource) => Promise<DesiredStatesRead>;
  readonly openTopic: <Held>(
    signal: AbortSignal,
    keep: (resource: DesiredResource) => Held | undefined,
  ) => Promise<DesiredStateTopic<Held>>;
  readonly comparisonRules: (files: {
    readonly map?: string | undefined;
    readonly expect?: string | undefined;
  }) => Omit<ComparisonSettings, 'environments'>;
} => ({
  comparisonRules: ({ map, expect }) => ({
    rules: compileEnvironmentRules(
      readEnvironmentRules(SHIPPED_TABLES, config().detection.tablesFolder),
    ),
    mapping: map === undefined ? [] : readAddressMapping(map),
    expected: expect === undefined ? [] : readExpectedDifferences(expect),
  }),
  readStates: (request, given) => {
    const { detection, desired } = config();
    const source = given ?? stateSource(request.paths, stdin, desired.maxStateBytes);
    const tables = readProviderTables(SHIPPED_TABLES, detection.tablesFolder);
    return readStates(source, request, { tables, hashKey: desired.hashKey, signal });
  },
  openTopic: async (until, keep) => {
    const { kafka, log } = config();
    const version = packageVersion();
    const telemetry = createTelemetry({
      logger: createLogger({
        // The command's own words go to stdout and stderr: what its clients repeat is no news.
        level: log.level === 'info' ? 'error' : log.level,
        service: 'driftline-desired',
        version,
        destination: process.stderr,
      }),
      metrics: createMetrics(version, Date.now, 'watch', false),
      clock: Date.now,
    });
    const connection = kafkaConnection(config());
    const schemas = loadSchemas();
    const registry = schemaRegistry(config());
    const decoder = modelDecoder(schemas, registry);
    const encoder = async (): Promise<(resource: DesiredResource) => EncodedValue> => {
      const registered =
        registry === undefined
          ? undefined
          : await registerSchemas(registry, schemas, {
              'desired-resource': kafka.topics.desiredState,
            });
      const made = modelEncoder(schemas, registered?.ids);
      return (resource) => made.encodeDesiredResource(resource);
    };
    return openDesiredStateTopic(
      {
        consumeKafka: createKafka(connection, 'consume', telemetry),
        transactKafka: createKafka(connection, 'transact', telemetry),
        topic: kafka.topics.desiredState,
        transactionalIdPrefix: desiredTransactionalIdPrefix(kafka.topics.desiredState),
        acls: desiredPublishAcls(kafka),
        transactionTimeoutMs: kafka.transactionTimeoutMs,
        decode: async (value) => decoder.decodeDesiredResource(value),
        encoder,
        telemetry,
        now: monotonic,
        keep,
      },
      until,
    );
  },
});

type OpenTopic = ReturnType<typeof composeDesired>['openTopic'];

/**
 * For a person who waits: where Kafka is away it is told within seconds, by the name of its brokers. What follows the
 * topic rides out a restart of a broker instead.
 */
export const askingFirst =
  (config: () => Config, openTopic: OpenTopic): OpenTopic =>
  async (until, keep) => {
    const connection = kafkaConnection(config());
    const admin = createKafka(connection, 'ask', SILENT).admin();
    try {
      await connectAdmin(admin, connection);
    } finally {
      await admin.disconnect();
    }
    return openTopic(until, keep);
  };

/** States that a scan names cannot be read. */
class StatesUnreadableError extends Error {
  readonly code = 'states_unreadable';
  readonly retriable = false;
}

/** What `driftline scan` and `driftline ignore test` work with: no services, no configuration file, secrets compared under a key of this run. */
export const composeScan = (
  stdin: Readable,
  signal: AbortSignal,
): {
  readonly detection: (options: {
    readonly states: readonly string[];
    readonly labels: Omit<StatesRequest, 'paths'>;
    readonly trustedPrincipals: readonly string[];
    readonly ignoreRulesFile: string | undefined;
  }) => Promise<{
    readonly warnings: DesiredStatesRead['warnings'];
    readonly desiredResources: number;
    process(event: AuditEvent): ProcessedEvent;
    readonly ignoreRules: readonly IgnoreRule[];
    /** The same under other rules. */
    processUnder(rules: readonly IgnoreRule[]): (event: AuditEvent) => ProcessedEvent;
  }>;
  readonly decode: (value: Buffer, maxBytes: number) => DecodedRecord | Promise<DecodedRecord>;
} => {
  const avro = new AvroEvents({ schemas: loadSchemas()['audit-event'] });
  return {
    detection: async ({ states: paths, labels, trustedPrincipals, ignoreRulesFile }) => {
      const hashKey = randomUUID();
      const tables = readProviderTables(SHIPPED_TABLES);
      const { states, failures, warnings } = await readStates(
        stateSource(paths, stdin, SCHEMA.desired.maxStateBytes.default),
        { paths, ...labels },
        { tables, hashKey, signal },
      );
      if (failures.length > 0) {
        throw new StatesUnreadableError(
          failures.map(({ source, message }) => `${source}: ${message}`).join('\n'),
        );
      }
      const index = createMemoryIndex();
      for (const { state } of states)
        for (const resource of state.resources) index.upsert(resource);
      const context = detectionContext(tables, index, {
        trustedPrincipals,
        ignoreRulesFile,
        hashKey,
      });
      return {
        warnings,
        desiredResources: index.size,
        process: (event) => processEvent(event, context),
        ignoreRules: context.ignoreRules,
        processUnder: (ignoreRules) => {
          const other = { ...context, ignoreRules };
          return (event) => processEvent(event, other);
        },
      };
    },
    decode: joiningCalls((value: Buffer, maxBytes: number) =>
      decodeRecord(value, { maxRecordBytes: maxBytes, avro }),
    ),
  };
};
