import { Option, type Command } from 'commander';
import type { Writable } from 'node:stream';
import type { DesiredResource } from '../../core/model/desired-resource.ts';
import type { DesiredStatesRead } from '../../pipeline/read-desired-states.ts';
import { LineWriter, OutputClosedError } from '../output/line-writer.ts';
import { column, terminalText } from '../output/terminal-text.ts';
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

export interface DesiredReadEnvironment {
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly setExitCode: (code: number) => void;
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
  const resources: Iterable<DesiredResource> = {
    [Symbol.iterator]: () => resourcesOf(states),
  };
  const lines = format === 'table' ? tableLines(resources) : jsonLines(resources);
  const writer = new LineWriter(stdout);
  try {
    for (const line of lines) await writer.line(line);
    await writer.flush();
  } catch (error) {
    if (!(error instanceof OutputClosedError)) throw error;
  }
  reportWarnings(warnings, stderr);
  reportFailures(failures, stderr);
  return failures.length > 0 ? 2 : 0;
};

const MAX_COLUMN = 60;

function* resourcesOf(states: DesiredStatesRead['states']): Generator<DesiredResource> {
  for (const { state } of states) yield* state.resources;
}

function* jsonLines(resources: Iterable<DesiredResource>): Generator<string> {
  for (const resource of resources) yield JSON.stringify(resource);
}

const tableLines = (resources: Iterable<DesiredResource>): readonly string[] => {
  const rows = [['ADDRESS', 'PROVIDER', 'ACCOUNT', 'REGION', 'IDENTITY']];
  for (const { address, provider, account, region, identities } of resources) {
    const cells = [address, provider, account ?? '-', region ?? '-', identities[0] ?? '-'];
    rows.push(cells.map(terminalText));
  }
  const widths = [0, 1, 2, 3].map((position) =>
    rows.reduce(
      (widest, row) => Math.min(MAX_COLUMN, Math.max(widest, row[position]?.length ?? 0)),
      0,
    ),
  );
  return rows.map((row) =>
    row
      .map((cell, position) => {
        const width = widths[position];
        return width === undefined ? cell : column(cell, width);
      })
      .join('  '),
  );
};
