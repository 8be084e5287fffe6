import type { Command } from 'commander';
import { emptyRange, type TimeRange } from '../options/time-range.ts';

interface Given extends TimeRange {
  readonly raw?: true;
  readonly format?: string;
}

const isBlank = (value: unknown): boolean => typeof value === 'string' && value.trim() === '';

/** What is wrong with a question that as it is typed can find nothing, or not show what it asks for. */
const problemOf = (command: Command): string | undefined => {
  const { raw, format, ...range } = command.opts<Given>();
  const options = command.opts<Readonly<Record<string, unknown>>>();
  const blank = command.options.find((option) => isBlank(options[option.attributeName()]));
  if (blank !== undefined)
    return `option '${blank.flags}' is empty: give a value, or leave the option out`;
  const argument = command.registeredArguments[command.args.findIndex(isBlank)];
  if (argument !== undefined) return `argument '${argument.name()}' is empty: give a value`;
  const noTime = emptyRange(range);
  if (noTime !== undefined) return noTime;
  return raw === true && format !== 'ndjson'
    ? 'a table does not show the record itself: give --raw with --format ndjson'
    : undefined;
};

/** Refuses, for all commands below this one, a question whose answer could only be a misleading "nothing was found". */
export const refuseEmptyQuestions = (query: Command): void => {
  query.hook('preAction', (_query, command) => {
    const problem = problemOf(command);
    if (problem !== undefined) command.error(`error: ${problem}`);
  });
};
