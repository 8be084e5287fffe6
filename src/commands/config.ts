import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { ConfigError, describeOrigin, type Origin } from '../config/config-error.ts';
import {
  FILE_VARIABLE,
  resolveConfig,
  unknownVariables,
  type ConfigSources,
} from '../config/load-config.ts';
import { renderJsonSchema } from '../config/json-schema.ts';
import { renderReference } from '../config/reference.ts';
import type { Config } from '../config/schema.ts';
import { showConfig } from '../config/show-config.ts';

interface SourceOptions {
  readonly config?: string;
  readonly set?: Readonly<Record<string, string>>;
}

const collectSetting = (
  text: string,
  settings: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> => {
  const at = text.indexOf('=');
  // A text without `=` is a key that has no value: the check of the configuration names it.
  return at < 0
    ? { ...settings, [text]: '' }
    : { ...settings, [text.slice(0, at)]: text.slice(at + 1) };
};

/** One line for each variable that looks like one of the configuration and is none. */
const warnOfUnknownVariables = (): void => {
  for (const name of unknownVariables(process.env)) {
    process.stderr.write(
      `driftline: warning: ${name} is no variable of the configuration: it sets nothing\n`,
    );
  }
};

/**
 * Adds `--config <file>` and `--set <key=value>`, which every command that reads the configuration takes, and warns of
 * unknown variables before it runs.
 */
export const addConfigOptions = (command: Command): Command =>
  command
    .option(
      '-c, --config <file>',
      `configuration file (JSON, or YAML by its name; default: that of ${FILE_VARIABLE})`,
    )
    .option('--set <key=value>', 'one value of the configuration; may be repeated', collectSetting)
    .hook('preAction', warnOfUnknownVariables);

/** The sources of the configuration for the options that `addConfigOptions` added. */
export const configSources = (options: SourceOptions): ConfigSources => {
  const named = process.env[FILE_VARIABLE];
  const file = options.config ?? (named === '' ? undefined : named);
  return {
    env: process.env,
    ...(file === undefined ? {} : { file }),
    ...(options.set === undefined ? {} : { flags: options.set }),
  };
};

const print = (text: string): void => void process.stdout.write(text);

/** Prints what is wrong with the configuration and makes the process end with 1; other errors pass. */
const reportIssues = (error: unknown): void => {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
};

/** A file that is generated from the keys. */
interface Generated {
  readonly command: string;
  readonly name: string;
  readonly render: () => string;
}

const GENERATED: readonly Generated[] = [
  { command: 'reference', name: 'config/reference.md', render: renderReference },
  { command: 'schema', name: 'config/driftline.schema.json', render: renderJsonSchema },
];

const pathOf = ({ name }: Generated): string =>
  fileURLToPath(new URL(`../../${name}`, import.meta.url));

const readGenerated = async (file: Generated): Promise<string> => {
  try {
    return await readFile(pathOf(file), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
};

const generate = async (
  file: Generated,
  options: { readonly check?: true; readonly write?: true },
): Promise<void> => {
  const text = file.render();
  if (options.check) {
    if ((await readGenerated(file)) === text) return print(`${file.name} is up to date\n`);
    process.stderr.write(
      `${file.name} is stale: run \`driftline config ${file.command} --write\` and commit it\n`,
    );
    process.exitCode = 1;
    return;
  }
  if (!options.write) return print(text);
  await writeFile(pathOf(file), text);
  print(`${file.name} is written\n`);
};

/** A file that the configuration names and that cannot be used. */
interface FaultyFile {
  readonly key: string;
  readonly error: Error | undefined;
}

export interface ConfigEnvironment {
  /** Reads each file that the configuration names, as a start of the service does. */
  readonly namedFiles: (config: Config) => readonly FaultyFile[];
}

const originText = (key: string, origins: ReadonlyMap<string, Origin>): string => {
  const origin = origins.get(key);
  return origin === undefined ? '' : ` (${describeOrigin(origin)})`;
};

/** As a start of the service tells it, and which key names the file. */
const fileFault = (
  { key, error }: FaultyFile,
  origins: ReadonlyMap<string, Origin>,
): readonly string[] =>
  error === undefined
    ? []
    : [
        `${error.message}\nIt is named by ${key}${originText(key, origins)}: correct it, or name another.\n`,
      ];

const check = (options: SourceOptions, { namedFiles }: ConfigEnvironment): void => {
  try {
    const { config, origins } = resolveConfig(configSources(options));
    const faults = namedFiles(config).flatMap((file) => fileFault(file, origins));
    if (faults.length === 0) return print('The configuration is valid.\n');
    process.stderr.write(faults.join(''));
    process.exitCode = 1;
  } catch (error) {
    reportIssues(error);
  }
};

/** `driftline config show|check|reference|schema`. */
export const registerConfig = (program: Command, environment: ConfigEnvironment): void => {
  const config = program
    .command('config')
    .description('show, check and document the configuration');

  addConfigOptions(config.command('show'))
    .description('print every key with its value; secrets are masked')
    .option('--origin', 'say where each value comes from')
    .action((options: SourceOptions & { readonly origin?: true }) => {
      try {
        print(showConfig(resolveConfig(configSources(options)), options.origin ?? false));
      } catch (error) {
        reportIssues(error);
      }
    });

  addConfigOptions(config.command('check'))
    .description(
      'check the configuration and the files that it names, without starting anything; exit code 1 where something is wrong',
    )
    .action((options: SourceOptions) => check(options, environment));

  for (const file of GENERATED) {
    const what = file.command === 'schema' ? 'the JSON Schema of the file' : 'the reference';
    config
      .command(file.command)
      .description(`print ${what} with all keys`)
      .option('--check', `end with 1 where ${file.name} is stale`)
      .option('--write', `write ${file.name}`)
      .action((options: { readonly check?: true; readonly write?: true }) =>
        generate(file, options),
      );
  }
};
