import { InvalidArgumentError, Option, type Command } from 'commander';
import { PROVIDERS } from '../../core/model/provider.ts';
import { durationOf, momentOf } from '../options/moment-option.ts';

export const FORMATS = ['table', 'ndjson'] as const;
export type Format = (typeof FORMATS)[number];

/** Options of every question. */
export interface QueryOptions {
  readonly since?: number;
  readonly until?: number;
  readonly limit: number;
  readonly timeout: number;
  readonly format: Format;
}

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 100_000;
/** Groups are counted in memory by OpenSearch. */
export const MAX_GROUPS = 1_000;
const MAX_TIMEOUT_MS = 600_000;

const limitOf = (text: string): number => {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
    throw new InvalidArgumentError(`Give a number from 1 to ${MAX_LIMIT}.`);
  return limit;
};

/** The value of an option that is a list of names by comma. */
const namesOf = (text: string): string => {
  const names = text.split(',').map((name) => name.trim());
  if (!names.includes('')) return names.join(',');
  throw new InvalidArgumentError('Give names by comma, none of them empty, such as prod,staging.');
};

export const addEnvironments = (command: Command, which: string): Command =>
  command.option('--env <names>', `only ${which}: whole names by comma, no glob`, namesOf);

/** Stored in lower case: any other spelling would find nothing. */
export const providerOption = (): Option =>
  new Option('--provider <name>', 'only at this provider').choices(PROVIDERS);

const timeoutOf = (text: string): number => {
  const timeout = durationOf(text);
  if (timeout > MAX_TIMEOUT_MS) throw new InvalidArgumentError('Give at most 10m.');
  return timeout;
};

export const addTimes = (command: Command, clock: () => number): Command =>
  command
    .option(
      '--since <time>',
      'only acts at or after: RFC 3339, a day, or how long ago (24h)',
      momentOf(clock),
    )
    .option('--until <time>', 'only acts before', momentOf(clock));

export const addLimits = (command: Command): Command =>
  command
    .option('--limit <number>', 'at most so many', limitOf, DEFAULT_LIMIT)
    .addOption(
      new Option('--timeout <time>', 'give up after so long, all searches of the command together')
        .argParser(timeoutOf)
        .default(30_000, '30s'),
    )
    .addOption(new Option('--format <format>', 'how to print').choices(FORMATS).default('table'));
