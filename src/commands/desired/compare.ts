import { Option, type Command } from 'commander';
import {
  compareEnvironments,
  type ComparisonSettings,
  type EnvironmentComparison,
  type EnvironmentDifference,
} from '../../core/desired/compare-environments.ts';
import type { DesiredResource } from '../../core/model/desired-resource.ts';
import { printLines } from '../output/print-lines.ts';
import { terminalText } from '../output/terminal-text.ts';
import { differingTexts } from '../output/value-text.ts';
import type { Terminal } from '../output/terminal.ts';
import { readHeld, type OpenTopic } from './open-topic.ts';
import { parseEnvironmentName } from './read-states.ts';

export interface DesiredCompareEnvironment extends Terminal {
  /** Ends waits on shutdown. */
  readonly signal: AbortSignal;
  readonly openTopic: OpenTopic;
  /** Reads the rules of `config/environments.json` and the files that the command names. */
  readonly comparisonRules: (files: {
    readonly map?: string | undefined;
    readonly expect?: string | undefined;
  }) => Omit<ComparisonSettings, 'environments'>;
}

const FORMATS = ['table', 'ndjson'] as const;

interface Options {
  readonly env: readonly string[];
  readonly map?: string;
  readonly expect?: string;
  readonly format: (typeof FORMATS)[number];
}

/** `driftline desired compare`: exit code 0 where environments are the same, 1 for differences, 2 on an error. */
export const registerDesiredCompare = (
  parent: Command,
  environment: DesiredCompareEnvironment,
): void => {
  parent
    .command('compare')
    .description('compare what code says of the same resources in several environments')
    .requiredOption('--env <name>', 'environment to compare; give it twice or more', collected, [])
    .option('--map <file>', 'JSON list of {environment: address} where addresses differ')
    .option('--expect <file>', 'JSON list of differences that are meant: globs and a reason')
    .addOption(new Option('--format <format>', 'how to print').choices(FORMATS).default('table'))
    .action(async (options: Options) => {
      environment.setExitCode(await compare(options, environment));
    });
};

const collected = (name: string, before: readonly string[]): readonly string[] => [
  ...before,
  parseEnvironmentName(name),
];

const compare = async (
  { env, map, expect, format }: Options,
  { stdout, stderr, signal, openTopic, comparisonRules }: DesiredCompareEnvironment,
): Promise<0 | 1 | 2> => {
  const environments = [...new Set(env)];
  if (environments.length < 2) {
    stderr.write('driftline: name two environments or more: --env staging --env prod\n');
    return 2;
  }
  const settings = { ...comparisonRules({ map, expect }), environments };
  const known = new Set<string>();
  const resources = await readHeld(openTopic, signal, (resource: DesiredResource) => {
    known.add(resource.environment);
    return environments.includes(resource.environment) ? resource : undefined;
  });
  const absent = environments.filter(
    (name) => !resources.some(({ environment }) => environment === name),
  );
  if (absent.length > 0) {
    const names = [...known].sort().join(', ');
    stderr.write(
      `driftline: the topic holds no resource of ${absent.join(', ')}${names === '' ? '' : ` (it has ${terminalText(names)})`}\n`,
    );
    return 2;
  }
  const comparison = compareEnvironments(resources, settings);
  await printLines(
    format === 'ndjson'
      ? comparison.differences.map((difference) => JSON.stringify(difference))
      : tableOf(comparison),
    stdout,
  );
  return comparison.differences.length > 0 ? 1 : 0;
};

function* tableOf({ differences, counts }: EnvironmentComparison): Generator<string> {
  let resource = '';
  for (const difference of differences) {
    const places = difference.difference === 'attribute' ? difference.values : difference.present;
    const title = titleOf(difference.type, places);
    if (difference.difference !== 'attribute' || title !== resource) yield terminalText(title);
    resource = title;
    yield* linesOf(difference).map((line) => `    ${line}`);
  }
  const { resources, same, expected } = counts;
  yield `${resources} resources compared, ${same} the same, ${differences.length} differences, ${expected} expected`;
}

const titleOf = (
  type: string,
  places: readonly { readonly environment: string; readonly address: string }[],
): string => {
  const addresses = [...new Set(places.map(({ address }) => address))];
  return addresses.length === 1
    ? (addresses[0] ?? type)
    : places.map(({ environment, address }) => `${environment}: ${address}`).join(' | ');
};

const linesOf = (difference: EnvironmentDifference): readonly string[] => {
  switch (difference.difference) {
    case 'attribute': {
      const { texts, note } = differingTexts(difference.values.map(({ value }) => value));
      const values = difference.values.map(
        ({ environment }, position) => `${environment} ${texts[position] ?? ''}`,
      );
      return [`${terminalText(difference.attribute)}: ${values.join(' | ')}${note}`];
    }
    case 'missing': {
      const has = difference.present.map(({ environment }) => environment).join(', ');
      return [`only in ${has}, not in ${difference.missing.join(', ')}`];
    }
    case 'ambiguous':
      return ['more than one in an environment: name their repositories, or map their addresses'];
  }
};
