import { InvalidArgumentError, Option, type Command } from 'commander';
import { listDeadLetters, type ListedDeadLetter } from '../../pipeline/handle-dead-letters.ts';
import { printLines } from '../output/print-lines.ts';
import { textTable } from '../output/text-table.ts';
import type { DeadLettersEnvironment } from './dead-letters-environment.ts';
import { addFilterOptions, filterOf, type FilterOptions } from './filter-options.ts';

const FORMATS = ['table', 'ndjson'] as const;
const DEFAULT_LIMIT = 200;
const MAX_LIMIT = 100_000;

interface Options extends FilterOptions {
  readonly handled?: true;
  readonly limit: number;
  readonly format: (typeof FORMATS)[number];
}

const limitOf = (text: string): number => {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
    throw new InvalidArgumentError(`Give a number from 1 to ${MAX_LIMIT}.`);
  return limit;
};

/** `driftline dead-letters list`: the records that could not be processed and wait for somebody. */
export const registerDeadLettersList = (
  parent: Command,
  { stdout, stderr, setExitCode, clock, signal, withDeadLetters }: DeadLettersEnvironment,
): void => {
  addFilterOptions(
    parent.command('list').description('list the dead letters that wait, newest last'),
    clock,
  )
    .option(
      '--handled',
      'also those that were replayed or discarded, or came again when their record was read again',
    )
    .option('--limit <number>', 'at most so many, the newest', limitOf, DEFAULT_LIMIT)
    .addOption(new Option('--format <format>', 'how to print').choices(FORMATS).default('table'))
    .action(async (options: Options) => {
      const { letters, older } = await withDeadLetters((topic) =>
        listDeadLetters(
          topic,
          filterOf([], options),
          { limit: options.limit, withHandled: options.handled === true },
          signal,
        ),
      );
      await printLines(options.format === 'table' ? tableOf(letters) : letters.map(jsonOf), stdout);
      if (older > 0) stderr.write(`driftline: ${older} older ones are not shown; raise --limit\n`);
      setExitCode(0);
    });
};

const tableOf = (letters: readonly ListedDeadLetter[]): readonly string[] =>
  textTable(
    ['ID', 'TIME', 'STATE', 'STAGE', 'REASON', 'FROM', 'BYTES', 'MESSAGE'],
    letters.map(({ letter, state }) => [
      letter.id,
      new Date(letter.time).toISOString(),
      state,
      letter.stage,
      letter.reason,
      `${letter.origin.topic}/${letter.origin.partition}@${letter.origin.offset}`,
      `${letter.cutFrom ?? letter.value?.length ?? 0}${letter.cut.length === 0 ? '' : ' (cut)'}`,
      letter.message,
    ]),
  );

const jsonOf = ({ letter, state }: ListedDeadLetter): string =>
  JSON.stringify({
    id: letter.id,
    time: new Date(letter.time).toISOString(),
    state,
    stage: letter.stage,
    reason: letter.reason,
    origin: letter.origin,
    bytes: letter.cutFrom ?? letter.value?.length ?? 0,
    cut: letter.cut.length > 0,
    message: letter.message,
  });
