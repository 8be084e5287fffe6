import {
  createSchemaRegistryClient,
  type RegistryCredentials,
} from './adapters/schema-registry/schema-registry-client.ts';
import { changingSecret } from './connection/secret.ts';
import { tlsFiles } from './connection/tls-files.ts';
import { loadSchemas } from './codec/load-schemas.ts';
import { modelEncoder, registerSchemas, type ModelEncoder } from './codec/model-encoder.ts';
import type { SchemaRegistration } from './codec/model-encoder.ts';
import type { RegisteredSchema, SchemaRegistry } from './codec/schema-registry.ts';
import type { Config } from './config/schema.ts';
import { withPatience, type Patience } from './pipeline/retry.ts';
import type { Telemetry } from './telemetry/telemetry-event.ts';
import { monotonic, refusedFile, SILENT, sleep } from './compose-parts.ts';

const registryCredentials = (
  { username, password, passwordFile, token, tokenFile }: Config['registry'],
  onRefused: (message: string) => void,
): (() => RegistryCredentials) | undefined => {
  if (token !== undefined) {
    const bearer = changingSecret(token, tokenFile, onRefused);
    return () => ({ bearerToken: bearer() ?? '' });
  }
  if (username === undefined) return undefined;
  const secret = changingSecret(password, passwordFile, onRefused);
  return () => ({ username, password: secret() ?? '' });
};

/** The registry that schemas are looked up in and registered with; undefined where none is configured. */
export const schemaRegistry = (
  { registry }: Config,
  telemetry: Telemetry = SILENT,
): SchemaRegistry | undefined => {
  const { url, requestTimeoutMs } = registry;
  const onRefused = refusedFile('schema-registry', telemetry);
  if (url === undefined) return undefined;
  const tls = tlsFiles(registry, Date.now, onRefused);
  // Files that cannot be used are told of at once, not at the first question.
  tls();
  return createSchemaRegistryClient({
    url,
    credentials: registryCredentials(registry, onRefused),
    tls,
    timeoutMs: requestTimeoutMs,
    now: monotonic,
  });
};

const registryPatience = ({ registry }: Config, telemetry: Telemetry): Patience => ({
  initialDelayMs: 200,
  maxDelayMs: 10_000,
  limitMs: registry.patienceMs,
  now: monotonic,
  sleep,
  random: Math.random,
  onRetry: (attempt, delayMs, { message }) =>
    telemetry.emit({
      type: 'schema-registry.retrying',
      attempt,
      delaySeconds: delayMs / 1000,
      message,
    }),
});

/** Schemas for a service that outlasts the registry's absence. */
export interface ServiceSchemas {
  readonly registry: SchemaRegistry | undefined;
  readonly patience: Patience;
  /** Registers what the service writes. Before the first candidate is encoded. */
  register(signal: AbortSignal): Promise<void>;
  readonly encodeCandidate: ModelEncoder['encodeCandidate'];
  /** Looks a writer's schema up, and waits for the registry until the signal is aborted; undefined where none is configured. */
  readonly schemaById:
    ((id: number, signal: AbortSignal) => Promise<RegisteredSchema | undefined>) | undefined;
}

export const serviceSchemas = (config: Config, telemetry: Telemetry): ServiceSchemas => {
  const schemas = loadSchemas();
  const registry = schemaRegistry(config, telemetry);
  const patience = registryPatience(config, telemetry);
  let encoder = registry === undefined ? modelEncoder(schemas) : undefined;
  return {
    registry,
    patience,
    register: async (signal) => {
      if (registry === undefined) return;
      const topics = { 'drift-candidate': config.kafka.topics.driftCandidates };
      const register = () => registerSchemas(registry, schemas, topics);
      const { ids } = await withPatience(register(), register, signal, patience);
      encoder = modelEncoder(schemas, ids);
    },
    encodeCandidate: (candidate) => {
      if (encoder === undefined) throw new Error('The schemas have not been registered.');
      return encoder.encodeCandidate(candidate);
    },
    schemaById:
      registry === undefined
        ? undefined
        : (id, signal) => {
            const look = () => registry.schemaById(id);
            return withPatience(look(), look, signal, patience);
          },
  };
};

/** Registers the schemas of all topics that have one. Empty where no registry is configured. Rejects as the registry does. */
export const registerAllSchemas = async (
  config: Config,
): Promise<readonly SchemaRegistration[]> => {
  const registry = schemaRegistry(config);
  if (registry === undefined) return [];
  const { auditEvents, desiredState, driftCandidates } = config.kafka.topics;
  const { report } = await registerSchemas(registry, loadSchemas(), {
    'audit-event': auditEvents,
    'desired-resource': desiredState,
    'drift-candidate': driftCandidates,
  });
  return report;
};
