import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { KafkaSecurity } from './kafka-security.ts';
import type { OpenSearchSecurity } from './opensearch-security.ts';
import { StackError } from './stack-error.ts';

export type ServiceName = 'kafka' | 'opensearch' | 'registry';

export const SERVICE_NAMES: readonly ServiceName[] = ['kafka', 'opensearch', 'registry'];

/** What is started where nothing else is asked for. */
export const DEFAULT_SERVICES: readonly ServiceName[] = ['kafka', 'opensearch'];

export type StackOptions = {
  /** Folder for data, logs and process files; each service has a folder of its own in it. */
  readonly dataDir: string;
  /** Folder for class paths and compiled classes; may be shared by stacks. */
  readonly cacheDir: string;
  readonly kafkaPort: number;
  readonly controllerPort: number;
  readonly opensearchPort: number;
  readonly registryPort: number;
  readonly kafkaHeapMb: number;
  readonly opensearchHeapMb: number;
  readonly registryHeapMb: number;
  readonly services: readonly ServiceName[];
  /** A second listener of the broker, whose clients are told to come back through `advertisedPort`: that of a proxy. Default none. */
  readonly kafkaBehindProxy?: { readonly port: number; readonly advertisedPort: number };
  /** The broker asks its access rules; what none speaks of is allowed. Default false: there are none. */
  readonly kafkaAuthorizer?: boolean;
  /** Listeners of the broker for clients that sign in, and access rules that allow nothing by themselves. Default none. */
  readonly kafkaSecurity?: KafkaSecurity;
  /** Plugins that OpenSearch loads, from Maven: `group:artifact:version`. Default none. */
  readonly opensearchPlugins: readonly string[];
  /** How the Security plugin, which has to be one of the plugins, lets clients in. */
  readonly opensearchSecurity?: OpenSearchSecurity;
  /** Leave out the JVM's optimizing compiler: half the processor time to start, less throughput later. Default false. */
  readonly quickJvm: boolean;
  /** How long a service may take from its launch to its first good answer, in milliseconds. */
  readonly startTimeoutMs: number;
  /** How long a service may take to end after SIGTERM before it is killed, in milliseconds. */
  readonly stopTimeoutMs: number;
};

export type StackAddresses = {
  /** Bootstrap address, `host:port`. */
  readonly kafka: string;
  /** Base URL without a trailing slash. */
  readonly opensearch: string;
  /** Base URL of the Confluent API, for `registry.url`; only where the registry is one of the services. */
  readonly registry?: string;
};

export type Environment = Readonly<Record<string, string | undefined>>;

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

export const ENV = {
  dataDir: 'DRIFTLINE_STACK_DATA_DIR',
  cacheDir: 'DRIFTLINE_STACK_CACHE_DIR',
  kafkaPort: 'DRIFTLINE_STACK_KAFKA_PORT',
  controllerPort: 'DRIFTLINE_STACK_CONTROLLER_PORT',
  opensearchPort: 'DRIFTLINE_STACK_OPENSEARCH_PORT',
  registryPort: 'DRIFTLINE_STACK_REGISTRY_PORT',
  kafkaHeapMb: 'DRIFTLINE_STACK_KAFKA_HEAP_MB',
  opensearchHeapMb: 'DRIFTLINE_STACK_OPENSEARCH_HEAP_MB',
  registryHeapMb: 'DRIFTLINE_STACK_REGISTRY_HEAP_MB',
} as const;

export const PORT_FLAGS = {
  kafkaPort: '--kafka-port',
  controllerPort: '--controller-port',
  opensearchPort: '--opensearch-port',
  registryPort: '--registry-port',
} as const;

type PortName = keyof typeof PORT_FLAGS;

const DEFAULTS = {
  kafkaPort: 9092,
  controllerPort: 9093,
  opensearchPort: 9200,
  registryPort: 8081,
  kafkaHeapMb: 512,
  opensearchHeapMb: 512,
  registryHeapMb: 256,
  startTimeoutMs: 120_000,
  stopTimeoutMs: 20_000,
} as const;

/**
 * The settings of a stack: `given` first, then the environment, then the defaults.
 * Throws StackError `invalid-option` for a value that cannot be used.
 */
export function stackOptions(env: Environment, given: Partial<StackOptions> = {}): StackOptions {
  const port = (name: PortName): number =>
    given[name] ?? integer(env[ENV[name]], ENV[name], 1, 65_535) ?? DEFAULTS[name];
  const heap = (name: 'kafkaHeapMb' | 'opensearchHeapMb' | 'registryHeapMb'): number =>
    given[name] ?? integer(env[ENV[name]], ENV[name], 128, 65_536) ?? DEFAULTS[name];
  const options: StackOptions = {
    dataDir: resolve(expandHome(given.dataDir ?? env[ENV.dataDir] ?? join(PROJECT, '.stack'))),
    cacheDir: resolve(
      expandHome(given.cacheDir ?? env[ENV.cacheDir] ?? join(PROJECT, '.stack', 'cache')),
    ),
    kafkaPort: port('kafkaPort'),
    controllerPort: port('controllerPort'),
    opensearchPort: port('opensearchPort'),
    registryPort: port('registryPort'),
    kafkaHeapMb: heap('kafkaHeapMb'),
    opensearchHeapMb: heap('opensearchHeapMb'),
    registryHeapMb: heap('registryHeapMb'),
    services: given.services ?? DEFAULT_SERVICES,
    ...(given.kafkaBehindProxy === undefined ? {} : { kafkaBehindProxy: given.kafkaBehindProxy }),
    kafkaAuthorizer: given.kafkaAuthorizer ?? false,
    ...(given.kafkaSecurity === undefined ? {} : { kafkaSecurity: given.kafkaSecurity }),
    opensearchPlugins: given.opensearchPlugins ?? [],
    ...(given.opensearchSecurity === undefined
      ? {}
      : { opensearchSecurity: given.opensearchSecurity }),
    quickJvm: given.quickJvm ?? false,
    startTimeoutMs: given.startTimeoutMs ?? DEFAULTS.startTimeoutMs,
    stopTimeoutMs: given.stopTimeoutMs ?? DEFAULTS.stopTimeoutMs,
  };
  const ports = Object.entries(PORT_FLAGS)
    .filter(([name]) => name !== 'registryPort' || options.services.includes('registry'))
    .map(([name, flag]) => ({ flag, port: options[name as PortName] }));
  if (new Set(ports.map(({ port }) => port)).size < ports.length) {
    throw new StackError(
      'invalid-option',
      `The ports must differ; got ${ports.map(({ flag, port }) => `${flag} ${port}`).join(', ')}.`,
    );
  }
  return options;
}

/** Where the services of a stack with these settings answer, whether or not they run. */
export function addressesOf(
  options: Pick<
    StackOptions,
    'kafkaPort' | 'opensearchPort' | 'registryPort' | 'services' | 'opensearchSecurity'
  >,
): StackAddresses {
  const scheme = options.opensearchSecurity === undefined ? 'http' : 'https';
  return {
    kafka: `127.0.0.1:${options.kafkaPort}`,
    opensearch: `${scheme}://127.0.0.1:${options.opensearchPort}`,
    ...(options.services.includes('registry') && { registry: registryUrl(options.registryPort) }),
  };
}

/** The registry's Confluent API. */
export function registryUrl(port: number): string {
  return `http://127.0.0.1:${port}/apis/ccompat/v7`;
}

/** A whole number in the range, or undefined for no text. `what` names the source in the error. */
export function integer(
  text: string | undefined,
  what: string,
  min: number,
  max: number,
): number | undefined {
  if (text === undefined || text === '') return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) {
    throw new StackError(
      'invalid-option',
      `${what} must be a whole number from ${min} to ${max}; got "${text}".`,
    );
  }
  return value;
}

export function serviceFolder(
  options: Pick<StackOptions, 'dataDir'>,
  service: ServiceName,
): string {
  return join(options.dataDir, service);
}

export function logFile(options: Pick<StackOptions, 'dataDir'>, service: ServiceName): string {
  return join(serviceFolder(options, service), `${service}.log`);
}

/** The JVM flags that the services have in common. */
export function jvmFlags(heapMb: number, quickJvm: boolean): readonly string[] {
  const heap = [`-Xms${heapMb}m`, `-Xmx${heapMb}m`, '-Djava.awt.headless=true'];
  return quickJvm ? [...heap, '-XX:TieredStopAtLevel=1'] : heap;
}

function expandHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;
}
