import { InvalidArgumentError, type Command } from 'commander';
import type { StatesRequest } from '../../pipeline/read-desired-states.ts';
import { STATES_HELP } from './format-options.ts';
import { addLabelOptions, labelledRequest, type LabelOptions } from './label-options.ts';

export interface DesiredWatchEnvironment {
  /** Watches until the process is asked to stop. */
  readonly watch: (
    request: StatesRequest & {
      readonly intervalMs: number;
      readonly removeAfterMs?: number | undefined;
    },
  ) => Promise<void>;
}

interface Options extends LabelOptions {
  readonly interval: number;
  readonly removeAfter?: number;
}

/** `driftline desired watch`: log lines on stdout; exit code 0 after SIGTERM, 2 where it cannot start. */
export const registerDesiredWatch = (
  parent: Command,
  environment: DesiredWatchEnvironment,
): void => {
  const command = parent
    .command('watch')
    .description('look at states again and again, and publish what has changed')
    .argument('<state...>', STATES_HELP);
  addLabelOptions(command)
    .option(
      '--interval <time>',
      'longest time between two looks, such as 60s or 5m',
      parseTime,
      60_000,
    )
    .option(
      '--remove-after <time>',
      'remove the resources of a state that this watch has published, once it is absent from every look for so long, such as 1h (default: they stay)',
      parseTime,
    )
    .action(async (paths: readonly string[], { interval, removeAfter, ...labels }: Options) => {
      await environment.watch({
        ...labelledRequest(paths, labels),
        intervalMs: interval,
        removeAfterMs: removeAfter,
      });
    });
};

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const LEAST_MS = 500;
const MOST_MS = 24 * 3_600_000;

/** @returns milliseconds */
const parseTime = (text: string): number => {
  const [, count = '', unit = 's'] = /^(\d{1,9})(ms|s|m|h)?$/.exec(text) ?? [];
  const ms = Number(count) * (UNITS[unit] ?? Number.NaN);
  if (count === '' || !(ms >= LEAST_MS && ms <= MOST_MS)) {
    throw new InvalidArgumentError('It takes a time from 500ms to 24h, such as 30s or 5m.');
  }
  return ms;
};
