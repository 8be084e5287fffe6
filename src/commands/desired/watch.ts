import { InvalidArgumentError, type Command } from 'commander';
import type { StatesRequest } from '../../pipeline/read-desired-states.ts';
import { parseEnvironmentName } from './read-states.ts';

export interface DesiredWatchEnvironment {
  /** Watches until the process is asked to stop. */
  readonly watch: (request: StatesRequest & { readonly intervalMs: number }) => Promise<void>;
}

interface Options {
  readonly env: string;
  readonly repo?: string;
  readonly owner?: string;
  readonly interval: number;
}

/** `driftline desired watch`: log lines on stdout; exit code 0 after SIGTERM, 2 where it cannot start. */
export const registerDesiredWatch = (
  parent: Command,
  environment: DesiredWatchEnvironment,
): void => {
  parent
    .command('watch')
    .description('look at states again and again, and publish what has changed')
    .argument(
      '<state...>',
      'where states lie: files, folders, globs, s3://, gs://, azblob://, azurerm://, https://, tfc://, tfe://, k8s://',
    )
    .requiredOption('--env <name>', 'environment of the states, such as prod', parseEnvironmentName)
    .option('--repo <name>', 'repository of the code')
    .option('--owner <name>', 'team that owns the code')
    .option(
      '--interval <time>',
      'longest time between two looks, such as 60s or 5m',
      parseInterval,
      60_000,
    )
    .action(async (paths: readonly string[], { env, repo, owner, interval }: Options) => {
      await environment.watch({
        paths,
        environment: env,
        ...(repo === undefined ? {} : { repository: repo }),
        ...(owner === undefined ? {} : { owner }),
        intervalMs: interval,
      });
    });
};

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const LEAST_MS = 500;
const MOST_MS = 24 * 3_600_000;

/** @returns milliseconds */
const parseInterval = (text: string): number => {
  const [, count = '', unit = 's'] = /^(\d{1,9})(ms|s|m|h)?$/.exec(text) ?? [];
  const ms = Number(count) * (UNITS[unit] ?? Number.NaN);
  if (count === '' || !(ms >= LEAST_MS && ms <= MOST_MS)) {
    throw new InvalidArgumentError('It takes a time from 500ms to 24h, such as 30s or 5m.');
  }
  return ms;
};
