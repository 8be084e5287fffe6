import type { Command } from 'commander';

/** Options of a command that choose a range of time, in milliseconds since the epoch. */
export interface TimeRange {
  readonly since?: number;
  readonly until?: number;
}

/** What is wrong with a range in which no time lies; undefined of any other. */
export const emptyRange = ({
  since = -Infinity,
  until = Infinity,
}: TimeRange): string | undefined => {
  if (since < until) return undefined;
  const [from, to] = [since, until].map((time) => new Date(time).toISOString());
  return `no time lies between --since (${from}) and --until (${to}): --since must be the earlier one`;
};

/** Has a command refuse such a range, before it could only find nothing. */
export const refuseEmptyRange = (command: Command): Command =>
  command.hook('preAction', () => {
    const problem = emptyRange(command.opts<TimeRange>());
    if (problem !== undefined) command.error(`error: ${problem}`);
  });
