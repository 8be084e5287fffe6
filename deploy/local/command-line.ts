import { parseArgs } from 'node:util';
import { DEFAULT_SERVICES, integer, SERVICE_NAMES, stackOptions } from './options.ts';
import type { Environment, ServiceName, StackOptions } from './options.ts';
import { StackError } from './stack-error.ts';

export type StackCommand = {
  readonly action: 'up' | 'down' | 'status' | 'help';
  readonly options: StackOptions;
  /** Services of `options` that are told of only where they run (`status`). */
  readonly optional: readonly ServiceName[];
  /** Remove the data of the services after they have ended (`down`). */
  readonly wipe: boolean;
  readonly format: 'text' | 'json';
};

export const USAGE = `Usage: node deploy/local/main.ts <up|status|down> [flags]

up       start Kafka and OpenSearch in the background, wait until both answer
status   tell each service's state; exit code 0 when all are up, else 1
down     end them

--only <kafka|opensearch|registry>
                            one service (may be repeated)
--with-registry             a schema registry, too
--kafka-port <n>            default 9092   (DRIFTLINE_STACK_KAFKA_PORT)
--controller-port <n>       default 9093   (DRIFTLINE_STACK_CONTROLLER_PORT)
--opensearch-port <n>       default 9200   (DRIFTLINE_STACK_OPENSEARCH_PORT)
--registry-port <n>         default 8081   (DRIFTLINE_STACK_REGISTRY_PORT)
--opensearch-plugin <group:artifact:version>
                            a plugin of OpenSearch from Maven (may be repeated)
--data-dir <folder>         default .stack (DRIFTLINE_STACK_DATA_DIR)
--start-timeout <seconds>   default 120
--format <text|json>        default text
--wipe                      with down: remove the data, too

Heap sizes in MB: DRIFTLINE_STACK_KAFKA_HEAP_MB, DRIFTLINE_STACK_OPENSEARCH_HEAP_MB (512 each),
DRIFTLINE_STACK_REGISTRY_HEAP_MB (256).
Maven and a JDK 21 or later are used where installed, else Docker.
`;

/** Reads the arguments after the script's name. Throws StackError `invalid-option`. */
export function parseStackCommand(argv: readonly string[], env: Environment): StackCommand {
  const { values, positionals } = read(argv);
  const [action, ...rest] = positionals;
  if (values.help === true)
    return {
      action: 'help',
      wipe: false,
      format: 'text',
      options: stackOptions(env),
      optional: [],
    };
  if (action !== 'up' && action !== 'down' && action !== 'status') {
    throw invalid(
      action === undefined
        ? 'Say what to do: up, status or down.'
        : `"${action}" is none of up, status, down.`,
    );
  }
  if (rest.length > 0) throw invalid(`Unexpected argument "${rest.join(' ')}".`);
  const format = values.format ?? 'text';
  if (format !== 'text' && format !== 'json')
    throw invalid(`--format must be text or json; got "${format}".`);
  const wipe = values.wipe ?? false;
  if (wipe && action !== 'down') throw invalid('--wipe goes with down only.');
  const asked = askedServices(values);
  const services = asked ?? DEFAULT_SERVICES;
  const options = stackOptions(env, { ...given(values), services });
  return {
    action,
    wipe,
    format,
    // What runs is told of and ended, however it was started.
    options:
      asked === undefined && action !== 'up' ? { ...options, services: SERVICE_NAMES } : options,
    optional: asked === undefined ? ['registry'] : [],
  };
}

const REGISTRY: readonly ServiceName[] = ['registry'];

type Values = ReturnType<typeof read>['values'];

function read(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        only: { type: 'string', multiple: true },
        'with-registry': { type: 'boolean' },
        'kafka-port': { type: 'string' },
        'controller-port': { type: 'string' },
        'opensearch-port': { type: 'string' },
        'registry-port': { type: 'string' },
        'opensearch-plugin': { type: 'string', multiple: true },
        'data-dir': { type: 'string' },
        'start-timeout': { type: 'string' },
        format: { type: 'string' },
        wipe: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new StackError(
      'invalid-option',
      error instanceof Error ? error.message : String(error),
      error,
    );
  }
}

function given(values: Values): Partial<StackOptions> {
  const kafkaPort = integer(values['kafka-port'], '--kafka-port', 1, 65_535);
  const controllerPort = integer(values['controller-port'], '--controller-port', 1, 65_535);
  const opensearchPort = integer(values['opensearch-port'], '--opensearch-port', 1, 65_535);
  const registryPort = integer(values['registry-port'], '--registry-port', 1, 65_535);
  const startSeconds = integer(values['start-timeout'], '--start-timeout', 1, 3600);
  const dataDir = values['data-dir'];
  const opensearchPlugins = values['opensearch-plugin'];
  return {
    ...(kafkaPort !== undefined && { kafkaPort }),
    ...(controllerPort !== undefined && { controllerPort }),
    ...(opensearchPort !== undefined && { opensearchPort }),
    ...(registryPort !== undefined && { registryPort }),
    ...(startSeconds !== undefined && { startTimeoutMs: startSeconds * 1000 }),
    ...(dataDir !== undefined && { dataDir }),
    ...(opensearchPlugins !== undefined && { opensearchPlugins }),
  };
}

/** Undefined where no flag names a service. */
function askedServices(values: Values): readonly ServiceName[] | undefined {
  const only = values.only?.map(serviceName);
  const withRegistry = values['with-registry'] ?? false;
  if (only === undefined && !withRegistry) return undefined;
  return [...new Set([...(only ?? DEFAULT_SERVICES), ...(withRegistry ? REGISTRY : [])])];
}

function serviceName(text: string): ServiceName {
  const name = SERVICE_NAMES.find((candidate) => candidate === text);
  if (name === undefined)
    throw invalid(`--only must be one of ${SERVICE_NAMES.join(', ')}; got "${text}".`);
  return name;
}

function invalid(message: string): StackError {
  return new StackError('invalid-option', message);
}
