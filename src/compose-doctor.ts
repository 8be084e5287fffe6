import { runAcls } from './adapters/kafka/acls.ts';
import { readAuthorizedOperations } from './adapters/kafka/authorized-operations.ts';
import { connectAdmin, createKafka } from './adapters/kafka/client.ts';
import { inspectCluster } from './adapters/kafka/inspect-cluster.ts';
import { inspectDesiredState } from './adapters/kafka/inspect-desired-state.ts';
import { inspectRights } from './adapters/kafka/inspect-rights.ts';
import { inspectTopics } from './adapters/kafka/inspect-topics.ts';
import { inspectIndexes } from './adapters/opensearch/inspect-indexes.ts';
import { inspectNodes } from './adapters/opensearch/inspect-nodes.ts';
import { inspectPrivileges } from './adapters/opensearch/inspect-privileges.ts';
import type { OpenSearchTransport } from './adapters/opensearch/transport.ts';
import { loadSchemas } from './codec/load-schemas.ts';
import { dayOf, monthOf } from './codec/search-document.ts';
import { ConfigError } from './config/config-error.ts';
import { configFaults, variableWarnings } from './config/inspect-config.ts';
import type { Config } from './config/schema.ts';
import { diagnose, lookAtParts, oneLine, type Diagnosis } from './pipeline/diagnose.ts';
import { inspectSchemas } from './pipeline/inspect-schemas.ts';
import type { Finding, Inspection } from './pipeline/ports/finding.ts';
import { kafkaConnection } from './compose-kafka.ts';
import { detectionFiles } from './compose-named-files.ts';
import { openSearch, SILENT, sleep } from './compose-parts.ts';
import { schemaRegistry } from './compose-registry.ts';
import { setupFiles, singleIndexes } from './compose-setup-files.ts';
import { topicSpecs } from './compose-topics.ts';

export interface DoctorOptions {
  /** Longest time for one area, in milliseconds. */
  readonly limitMs: number;
  /** Age of the newest desired resource from which it is told, in milliseconds. */
  readonly maxDesiredAgeMs: number;
  /** `driftline`, with the options that name this configuration. */
  readonly driftline: (command: string) => string;
}

/** Files that the configuration names and a run reads at its start. */
const fileFindings = (config: Config): readonly Finding[] =>
  detectionFiles(config).map(({ key, path, error }) =>
    error === undefined
      ? { state: 'ok', subject: key, what: path }
      : { state: 'fault', subject: key, what: oneLine(error.message), mend: `correct ${path}` },
  );

const configuration = (config: () => Config): Inspection => ({
  area: 'configuration',
  look: async () => {
    const warnings = variableWarnings(process.env);
    try {
      const loaded = config();
      const valid: Finding = { state: 'ok', subject: 'configuration', what: 'is valid' };
      return [...warnings, valid, ...fileFindings(loaded)];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return [...warnings, ...configFaults(error)];
    }
  },
  mend: () => 'driftline config check',
});

const kafkaInspections = (config: Config, options: DoctorOptions): readonly Inspection[] => {
  const { kafka } = config;
  const brokers = kafka.brokers.join(',');
  const setup = options.driftline('setup');
  const mend = (): string =>
    `set kafka.brokers, kafka.ssl and kafka.sasl to what the brokers have; nc -vz ${(kafka.brokers[0] ?? '').replace(/:(\d+)$/, ' $1')} tells whether the address answers at all`;
  const { auditEvents, desiredState } = kafka.topics;
  const look = async (): Promise<readonly Finding[]> => {
    const connection = kafkaConnection(config);
    const client = createKafka(connection, 'ask', SILENT);
    const admin = client.admin();
    try {
      await connectAdmin(admin, connection);
      return await lookAtParts(
        [
          [
            'brokers',
            () =>
              inspectCluster({
                kafka: client,
                admin,
                groupId: kafka.groupId,
                topic: auditEvents,
                brokers,
              }),
          ],
          [
            'topics',
            () =>
              inspectTopics({
                admin,
                brokers,
                setup,
                topics: topicSpecs(config).map((spec) => ({
                  ...spec,
                  cleanup: spec.topic === desiredState ? 'compact' : 'delete',
                })),
              }),
          ],
          [
            'rights',
            () =>
              inspectRights({
                read: () =>
                  readAuthorizedOperations(
                    client,
                    topicSpecs(config).map(({ topic }) => topic),
                    kafka.groupId,
                  ),
                acls: runAcls(kafka),
                brokers,
              }),
          ],
          [
            'desired state',
            () =>
              inspectDesiredState({
                admin,
                topic: desiredState,
                now: Date.now(),
                maxAgeMs: options.maxDesiredAgeMs,
                driftline: options.driftline,
              }),
          ],
        ],
        mend(),
      );
    } finally {
      await admin.disconnect();
    }
  };
  return [{ area: 'kafka', look, mend }];
};

const registryInspections = (
  config: Config,
  { driftline }: DoctorOptions,
): readonly Inspection[] => {
  const { url } = config.registry;
  if (url === undefined) return [];
  const { auditEvents, desiredState, driftCandidates } = config.kafka.topics;
  const schemas = loadSchemas();
  const newest = (texts: readonly string[]): string => texts.at(-1) ?? '';
  return [
    {
      area: 'registry',
      look: async () => {
        const registry = schemaRegistry(config);
        if (registry === undefined) return [];
        const subjects = new Map([
          [`${auditEvents}-value`, newest(schemas['audit-event'])],
          [`${desiredState}-value`, newest(schemas['desired-resource'])],
          [`${driftCandidates}-value`, newest(schemas['drift-candidate'])],
        ]);
        return inspectSchemas({ registry, subjects, setup: driftline('setup') });
      },
      mend: () =>
        `set registry.url, registry.username and registry.passwordFile right; curl ${url}/subjects tells whether it answers at all`,
    },
  ];
};

const openSearchInspections = (
  config: Config,
  { driftline }: DoctorOptions,
): readonly Inspection[] => {
  const node = config.opensearch.nodes[0] ?? '';
  const mend = (): string =>
    `set opensearch.nodes, opensearch.username, opensearch.passwordFile and opensearch.caFile right; curl ${node} tells whether it answers at all`;
  const { auditEvents, driftCandidates } = config.opensearch.indexes;
  const asked = async (
    look: (transport: OpenSearchTransport) => Promise<readonly Finding[]>,
  ): Promise<readonly Finding[]> => {
    const transport = openSearch(config, SILENT);
    try {
      return await look(transport);
    } finally {
      await transport.close();
    }
  };
  return [
    {
      area: 'opensearch',
      look: (signal) =>
        asked(async (transport) => {
          const nodes = await inspectNodes({ transport, node, clock: Date.now }, signal);
          const now = Date.now();
          const current = [`${auditEvents}-${dayOf(now)}`, `${driftCandidates}-${monthOf(now)}`];
          const indexes = {
            transport,
            node,
            setup: driftline('setup'),
            aliases: [auditEvents, driftCandidates],
            files: await setupFiles(config),
            single: singleIndexes(config),
          };
          const rest = await lookAtParts(
            [
              ['privileges', () => inspectPrivileges({ transport, indexes: current }, signal)],
              ['indexes', () => inspectIndexes(indexes, signal)],
            ],
            mend(),
          );
          return [...nodes, ...rest];
        }),
      mend,
    },
  ];
};

/** Looks at everything that a deployment needs, and changes nothing in it. */
export const composeDoctor =
  (config: () => Config) =>
  async (options: DoctorOptions, signal: AbortSignal): Promise<Diagnosis> => {
    const inspections = [configuration(config)];
    try {
      const loaded = config();
      inspections.push(
        ...kafkaInspections(loaded, options),
        ...registryInspections(loaded, options),
        ...openSearchInspections(loaded, options),
      );
    } catch (error) {
      // Told by the inspection of the configuration; the rest cannot be looked at without one.
      if (!(error instanceof ConfigError)) throw error;
    }
    return diagnose(inspections, { limitMs: options.limitMs, sleep }, signal);
  };
