import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { integer, stackOptions, type StackOptions } from '../local/options.ts';
import { StackError } from '../local/stack-error.ts';
import { dayBefore, storyDay, type StoryDay } from './story/story-day.ts';

export interface DemoOptions {
  readonly action: 'run' | 'stop' | 'export' | 'help';
  readonly stack: StackOptions;
  /** Port of the service's probes and metrics. */
  readonly httpPort: number;
  readonly day: StoryDay;
  readonly keep: boolean;
  /** File that `export` writes. */
  readonly exportFile?: string;
}

export const USAGE = `Usage: npm run demo [-- <flags>]

Starts a Kafka and an OpenSearch of its own, lets the service read one day of audit events, asks
OpenSearch what an analyst would ask, checks the answers, and ends everything that it started.

--keep                 leave everything running, print where it is and how to stop it
--stop                 end what --keep left running, and remove its data
--export <file>        only write the day's audit events to a file, one a line, for driftline scan
--day <YYYY-MM-DD>     day of the events, UTC; default: yesterday
--kafka-port <n>       default 29092
--controller-port <n>  default 29093
--opensearch-port <n>  default 29200
--http-port <n>        default 29464, probes and metrics of the service
--data-dir <folder>    default .stack/demo
`;

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const PORTS = { kafka: 29_092, controller: 29_093, opensearch: 29_200, http: 29_464 } as const;

const invalid = (message: string): StackError => new StackError('invalid-option', message);

const parse = (argv: readonly string[]) => {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        keep: { type: 'boolean' },
        stop: { type: 'boolean' },
        export: { type: 'string' },
        day: { type: 'string' },
        'kafka-port': { type: 'string' },
        'controller-port': { type: 'string' },
        'opensearch-port': { type: 'string' },
        'http-port': { type: 'string' },
        'data-dir': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error));
  }
};

/**
 * The settings of the demo from the arguments after the script's name.
 * @param now milliseconds since the epoch
 * @throws StackError `invalid-option`
 */
export const demoOptions = (argv: readonly string[], now: number): DemoOptions => {
  const values = parse(argv);
  const port = (flag: 'kafka' | 'controller' | 'opensearch' | 'http'): number =>
    integer(values[`${flag}-port`], `--${flag}-port`, 1, 65_535) ?? PORTS[flag];
  const date = values.day ?? dayBefore(now);
  const day = storyDay(date);
  if (day === undefined) throw invalid(`--day must be a date such as 2026-01-31; got "${date}".`);
  const asked = [values.keep, values.stop, values.export].filter((value) => value !== undefined);
  if (asked.length > 1) throw invalid('Only one of --keep, --stop and --export can be given.');
  const httpPort = port('http');
  const stack = stackOptions(process.env, {
    dataDir: values['data-dir'] ?? resolve(PROJECT, '.stack/demo'),
    kafkaPort: port('kafka'),
    controllerPort: port('controller'),
    opensearchPort: port('opensearch'),
    quickJvm: true,
  });
  if ([stack.kafkaPort, stack.controllerPort, stack.opensearchPort].includes(httpPort)) {
    throw invalid(`--http-port ${String(httpPort)} is the port of another service of the demo.`);
  }
  return {
    action:
      values.help === true
        ? 'help'
        : values.stop === true
          ? 'stop'
          : values.export === undefined
            ? 'run'
            : 'export',
    stack,
    httpPort,
    day,
    keep: values.keep ?? false,
    ...(values.export === undefined ? {} : { exportFile: values.export }),
  };
};
