import { hash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createSecretHash } from './adapters/desired-store/secret-hash.ts';
import { createBulkWriter } from './adapters/opensearch/bulk-writer.ts';
import { createOpenSearchClient } from './adapters/opensearch/client.ts';
import type { OpenSearchTransport } from './adapters/opensearch/transport.ts';
import { readEnvironmentRules } from './config/environment-rules-file.ts';
import { readIgnoreRules } from './config/ignore-rules-file.ts';
import { readTrustedPrincipals } from './config/trusted-principals-file.ts';
import { changingSecret } from './connection/secret.ts';
import { tlsFiles } from './connection/tls-files.ts';
import type { LoadedTables } from './config/provider-tables.ts';
import type { Config } from './config/schema.ts';
import type { DesiredIndex } from './core/model/desired-resource.ts';
import type { DetectionContext } from './core/model/processed-event.ts';
import type { DocumentWriter } from './pipeline/ports.ts';
import type { ConnectionPeer, Telemetry } from './telemetry/telemetry-event.ts';

/** `src` and `dist` both lie one level below the root of the package. */
const packageFile = (path: string): URL => new URL(`../${path}`, import.meta.url);
export const SHIPPED_TABLES = fileURLToPath(packageFile('config'));
export const ALERT_CONTENT = fileURLToPath(packageFile('deploy/opensearch/alerting'));
export const TEMPLATES = fileURLToPath(packageFile('schemas/opensearch'));

export const packageVersion = (): string =>
  (JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { readonly version: string })
    .version;

export const monotonic = (): number => performance.now();

/** Resolves early when aborted: whoever sleeps looks at the signal. */
export const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
  delay(ms, undefined, { signal }).catch(() => undefined);

const sha256 = (text: string): string => hash('sha256', text);

/** For commands, which tell what they have to tell by other ways. */
export const SILENT: Telemetry = { emit: () => undefined };

/** Tells of a file for connections to `peer` that was exchanged for one that cannot be used. */
export const refusedFile =
  (peer: ConnectionPeer, telemetry: Telemetry) =>
  (message: string): void =>
    telemetry.emit({ type: 'connection-file.refused', peer, message });

/** A short id that tells this process from any other. */
export const processId = (): string => randomUUID().slice(0, 13);

/** @throws CertificateFileError, and what the password file throws */
export const openSearch = (
  { opensearch }: Pick<Config, 'opensearch'>,
  telemetry: Telemetry = SILENT,
): OpenSearchTransport => {
  const { aws, username, password, passwordFile } = opensearch;
  const onRefused = refusedFile('opensearch', telemetry);
  return createOpenSearchClient({
    nodes: opensearch.nodes,
    username,
    password: changingSecret(password, passwordFile, onRefused),
    tls: tlsFiles(opensearch, Date.now, onRefused),
    aws: aws.region === undefined ? undefined : { region: aws.region, service: aws.service },
    requestTimeoutMs: opensearch.requestTimeoutMs,
    maxSockets: opensearch.bulk.concurrency + 2,
  });
};

export const detectionContext = (
  loaded: LoadedTables,
  index: DesiredIndex,
  options: {
    readonly trustedPrincipals: readonly string[];
    readonly trustedPrincipalsFile?: string | undefined;
    readonly candidateClasses?: DetectionContext['candidateClasses'];
    readonly ignoreRulesFile: string | undefined;
    readonly hashKey: string | undefined;
    /** A folder of own tables beside the shipped ones. */
    readonly tablesFolder?: string | undefined;
  },
): DetectionContext => ({
  index,
  tables: loaded.tables,
  severity: loaded.severity,
  attacks: loaded.attacks,
  trustedPrincipals: options.trustedPrincipals,
  ...(options.trustedPrincipalsFile === undefined
    ? {}
    : { trustedByAccount: readTrustedPrincipals(options.trustedPrincipalsFile) }),
  ...(options.candidateClasses === undefined ? {} : { candidateClasses: options.candidateClasses }),
  ignoreRules:
    options.ignoreRulesFile === undefined ? [] : readIgnoreRules(options.ignoreRulesFile),
  hash: sha256,
  environments: readEnvironmentRules(SHIPPED_TABLES, options.tablesFolder),
  ...(options.hashKey === undefined ? {} : { secretHash: createSecretHash(options.hashKey) }),
});

/** Waits for OpenSearch as the configuration says. */
export const documentWriter = (
  config: Config,
  transport: OpenSearchTransport,
  telemetry: Telemetry,
): DocumentWriter =>
  createBulkWriter({
    transport,
    telemetry,
    clock: Date.now,
    random: Math.random,
    sleep,
    delays: config.opensearch.retry,
    limits: config.opensearch.bulk,
    concurrency: config.opensearch.bulk.concurrency,
    heartbeatIntervalMs: config.kafka.heartbeatIntervalMs,
    patienceMs: config.opensearch.retry.patienceMs,
  });
