import { Option, type Command } from 'commander';
import type { DesiredResource } from '../../core/model/desired-resource.ts';
import { typedIdentity } from '../../core/model/identity.ts';
import { printLines } from '../output/print-lines.ts';
import { terminalText } from '../output/terminal-text.ts';
import { valueText } from '../output/value-text.ts';
import type { Terminal } from '../output/terminal.ts';
import { readHeld, type OpenTopic } from './open-topic.ts';

export interface DesiredShowEnvironment extends Terminal {
  /** Ends waits on shutdown. */
  readonly signal: AbortSignal;
  readonly openTopic: OpenTopic;
}

const FORMATS = ['text', 'json'] as const;

interface Options {
  readonly env?: string;
  readonly format: (typeof FORMATS)[number];
}

/** `driftline desired show`: every desired resource that a name denotes. Exit code 0, or 1 where there is none. */
export const registerDesiredShow = (parent: Command, environment: DesiredShowEnvironment): void => {
  parent
    .command('show')
    .description('show the desired resources of an address, an identity or a key')
    .argument('<name>', 'address, identity (ARN, id, <type>:<value>) or key')
    .option('--env <name>', 'only of this environment')
    .addOption(new Option('--format <format>', 'how to print').choices(FORMATS).default('text'))
    .action(async (name: string, options: Options) => {
      environment.setExitCode(await show(name, options, environment));
    });
};

const show = async (
  name: string,
  { env, format }: Options,
  { stdout, stderr, signal, openTopic }: DesiredShowEnvironment,
): Promise<0 | 1> => {
  const resources = await readHeld(openTopic, signal, (resource) =>
    (env === undefined || resource.environment === env) && isDenoted(resource, name)
      ? resource
      : undefined,
  );
  if (resources.length === 0) {
    const where = env === undefined ? '' : ` in ${env}`;
    stderr.write(
      `driftline: no desired resource${where} has the address, identity or key ${terminalText(name)}; \`driftline desired list\` lists them\n`,
    );
    return 1;
  }
  const lines =
    format === 'json'
      ? [JSON.stringify(resources, undefined, 2)]
      : resources.flatMap((resource, position) => [
          ...(position === 0 ? [] : ['']),
          ...textOf(resource),
        ]);
  await printLines(lines, stdout);
  return 0;
};

const isDenoted = ({ key, address, type, identities }: DesiredResource, name: string): boolean =>
  key === name ||
  address === name ||
  [name, typedIdentity('id', name), typedIdentity(type, name)].some((identity) =>
    identities.includes(identity),
  );

const textOf = ({ attributes, identities, ...fields }: DesiredResource): readonly string[] => [
  ...Object.entries(fields).map(([name, value]) =>
    terminalText(`${name}: ${name === 'published_time' ? timeText(Number(value)) : String(value)}`),
  ),
  'identities:',
  ...identities.map((identity) => `  ${terminalText(identity)}`),
  'attributes:',
  ...Object.entries(attributes).map(
    ([name, value]) => `  ${terminalText(name)}: ${valueText(value)}`,
  ),
];

const timeText = (time: number): string => new Date(time).toISOString();
