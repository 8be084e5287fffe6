import { InvalidArgumentError, type Command } from 'commander';
import type { DeadLetter } from '../../codec/read-dead-letter.ts';
import { compileGlob } from '../../core/model/glob.ts';
import type { DeadLetterFilter } from '../../pipeline/handle-dead-letters.ts';
import { momentOf } from '../options/moment-option.ts';
import { refuseEmptyRange, type TimeRange } from '../options/time-range.ts';

export interface FilterOptions extends TimeRange {
  readonly reason?: string;
  readonly stage?: string;
  readonly topic?: string;
  readonly message?: string;
}

const idOf = (text: string, before: readonly string[] = []): readonly string[] => {
  if (!/^\d{1,9}:\d{1,19}$/.test(text))
    throw new InvalidArgumentError(
      'Give the id that `driftline dead-letters list` shows, such as 0:17.',
    );
  return [...before, text];
};

/** The id argument of a command on dead letters. */
export const addIds = (command: Command): Command =>
  command.argument('[id...]', 'dead letters, by <partition>:<offset>', idOf);

export const addFilterOptions = (command: Command, clock: () => number): Command =>
  refuseEmptyRange(command)
    .option('--reason <glob>', 'only of this reason, such as "not_*"')
    .option('--stage <glob>', 'only of this stage: decode, normalize, index')
    .option('--topic <glob>', 'only of records from this topic')
    .option('--message <glob>', 'only where the message reads so')
    .option(
      '--since <time>',
      'only written at or after: RFC 3339, a day, or how long ago (24h)',
      momentOf(clock),
    )
    .option('--until <time>', 'only written before', momentOf(clock));

const GLOBS = {
  reason: (letter: DeadLetter) => letter.reason,
  stage: (letter: DeadLetter) => letter.stage,
  topic: (letter: DeadLetter) => letter.origin.topic,
  message: (letter: DeadLetter) => letter.message,
} as const;

/** Passes what every option that was given lets pass. No ids: any id. */
export const filterOf = (ids: readonly string[], options: FilterOptions): DeadLetterFilter => {
  const chosen = new Set(ids);
  const tests = Object.entries(GLOBS).flatMap(([name, field]) => {
    const glob = options[name as keyof typeof GLOBS];
    if (glob === undefined) return [];
    const matches = compileGlob(glob);
    return [(letter: DeadLetter): boolean => matches(field(letter))];
  });
  const { since = -Infinity, until = Infinity } = options;
  return (letter) =>
    (chosen.size === 0 || chosen.has(letter.id)) &&
    letter.time >= since &&
    letter.time < until &&
    tests.every((test) => test(letter));
};

/** Whether anything was chosen at all: without it a command acts on nothing. */
export const isChosen = (ids: readonly string[], options: FilterOptions): boolean =>
  ids.length > 0 ||
  [...Object.keys(GLOBS), 'since', 'until'].some(
    (name) => options[name as keyof FilterOptions] !== undefined,
  );
