import { Option, type Command } from 'commander';
import type { Writable } from 'node:stream';
import { compileGlob } from '../../core/model/glob.ts';
import type { DesiredResource } from '../../core/model/desired-resource.ts';
import { printLines } from '../output/print-lines.ts';
import { textTable } from '../output/text-table.ts';
import { readHeld, withoutAttributes, type OpenTopic } from './open-topic.ts';

export interface DesiredListEnvironment {
  readonly stdout: Writable;
  readonly setExitCode: (code: number) => void;
  /** Ends waits on shutdown. */
  readonly signal: AbortSignal;
  readonly openTopic: OpenTopic;
}

const FORMATS = ['table', 'ndjson'] as const;
const FILTERS = { env: 'environment', type: 'type', address: 'address', owner: 'owner' } as const;

type Options = { readonly [name in keyof typeof FILTERS]?: string } & {
  readonly format: (typeof FORMATS)[number];
};

/** `driftline desired list`: the desired resources that the topic holds. */
export const registerDesiredList = (parent: Command, environment: DesiredListEnvironment): void => {
  parent
    .command('list')
    .description('list the desired resources that the topic holds')
    .option('--env <glob>', 'only of these environments')
    .option('--type <glob>', 'only of these types, such as "aws_iam_*"')
    .option('--address <glob>', 'only at these addresses, such as "module.edge.*"')
    .option('--owner <glob>', 'only of these owners')
    .addOption(new Option('--format <format>', 'how to print').choices(FORMATS).default('table'))
    .action(async (options: Options) => {
      await list(options, environment);
      environment.setExitCode(0);
    });
};

const list = async (
  options: Options,
  { stdout, signal, openTopic }: DesiredListEnvironment,
): Promise<void> => {
  const isListed = filterOf(options);
  const table = options.format === 'table';
  const resources = await readHeld(openTopic, signal, (resource) =>
    !isListed(resource) ? undefined : table ? withoutAttributes(resource) : resource,
  );
  await printLines(table ? tableOf(resources) : ndjson(resources), stdout);
};

const filterOf = (options: Options): ((resource: DesiredResource) => boolean) => {
  const filters = Object.entries(FILTERS).flatMap(([option, field]) => {
    const glob = options[option as keyof typeof FILTERS];
    return glob === undefined ? [] : [{ field, matches: compileGlob(glob) }];
  });
  return (resource) =>
    filters.every(({ field, matches }) => {
      const value = resource[field];
      return value !== undefined && matches(value);
    });
};

const tableOf = (resources: readonly DesiredResource[]): readonly string[] =>
  textTable(
    ['ENVIRONMENT', 'OWNER', 'ACCOUNT', 'REGION', 'SERIAL', 'ADDRESS'],
    resources.map(({ environment, owner, account, region, serial, address }) => [
      environment,
      owner ?? '-',
      account ?? '-',
      region ?? '-',
      serial === undefined ? '-' : String(serial),
      address,
    ]),
  );

function* ndjson(resources: readonly DesiredResource[]): Generator<string> {
  for (const resource of resources) yield JSON.stringify(resource);
}
