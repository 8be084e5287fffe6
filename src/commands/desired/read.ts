import { Option, type Command } from 'commander';
import type { DesiredResource } from '../../core/model/desired-resource.ts';
import type { DesiredStatesRead } from '../../pipeline/read-desired-states.ts';
import { printLines } from '../output/print-lines.ts';
import { textTable } from '../output/text-table.ts';
import type { Terminal } from '../output/terminal.ts';
import {
  addFormatOptions,
  formatLabels,
  STATES_HELP,
  type FormatOptions,
} from './format-options.ts';
import {
  parseEnvironmentName,
  reportFailures,
  reportWarnings,
  type ReadStates,
} from './read-states.ts';

const FORMATS = ['ndjson', 'table'] as const;

export interface DesiredReadEnvironment extends Terminal {
  readonly readStates: ReadStates;
}

interface Options extends FormatOptions {
  readonly env: string;
  readonly format: (typeof FORMATS)[number];
}

/** `driftline desired read`: prints desired resources without any service. Exit code 0, or 2 where a file is bad. */
export const registerDesiredRead = (parent: Command, environment: DesiredReadEnvironment): void => {
  const command = parent
    .command('read')
    .description('print the desired resources of states, secrets replaced')
    .argument('<state...>', STATES_HELP)
    .option('--env <name>', 'environment of the states', parseEnvironmentName, 'default');
  addFormatOptions(command)
    .addOption(new Option('--format <format>', 'how to print').choices(FORMATS).default('ndjson'))
    .action(async (paths: readonly string[], options: Options) => {
      environment.setExitCode(await read(paths, options, environment));
    });
};

const read = async (
  paths: readonly string[],
  { env, format, ...labels }: Options,
  { stdout, stderr, readStates }: DesiredReadEnvironment,
): Promise<0 | 2> => {
  const { states, failures, warnings } = await readStates({
    paths,
    environment: env,
    ...formatLabels(labels),
  });
  const resources = resourcesOf(states);
  const lines = format === 'table' ? tableLines(resources) : jsonLines(resources);
  await printLines(lines, stdout);
  reportWarnings(warnings, stderr);
  reportFailures(failures, stderr);
  return failures.length > 0 ? 2 : 0;
};

function* resourcesOf(states: DesiredStatesRead['states']): Generator<DesiredResource> {
  for (const { state } of states) yield* state.resources;
}

function* jsonLines(resources: Iterable<DesiredResource>): Generator<string> {
  for (const resource of resources) yield JSON.stringify(resource);
}

function* cellsOf(resources: Iterable<DesiredResource>): Generator<readonly string[]> {
  for (const { address, provider, account, region, identities } of resources)
    yield [address, provider, account ?? '-', region ?? '-', identities[0] ?? '-'];
}

const tableLines = (resources: Iterable<DesiredResource>): readonly string[] =>
  textTable(['ADDRESS', 'PROVIDER', 'ACCOUNT', 'REGION', 'IDENTITY'], [...cellsOf(resources)]);
