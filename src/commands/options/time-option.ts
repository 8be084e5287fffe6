import { InvalidArgumentError } from 'commander';

/** The value of an option that is a time, in milliseconds since the epoch. */
export const timeOf = (text: string): number => {
  const time = Date.parse(text);
  if (Number.isNaN(time))
    throw new InvalidArgumentError('Give a time such as 2026-11-21T08:00:00Z.');
  return time;
};
