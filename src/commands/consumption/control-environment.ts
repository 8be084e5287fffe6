import { InvalidArgumentError } from 'commander';
import type { Consumption } from '../../pipeline/ports.ts';
import type { Terminal } from '../output/terminal.ts';

/** What the commands that order a running group need. */
export interface ConsumptionEnvironment extends Terminal {
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Connects to Kafka, and disconnects when the work is done. */
  readonly withConsumption: <T>(work: (consumption: Consumption) => Promise<T>) => Promise<T>;
}

/** An option that holds a partition; may be repeated. */
export const partitionsOf = (text: string, before: readonly number[] = []): readonly number[] => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Give the number of a partition.');
  return [...before, Number(text)];
};

export const offsetOf = (text: string): bigint => {
  if (!/^\d{1,18}$/.test(text)) throw new InvalidArgumentError('Give an offset, such as 1042.');
  return BigInt(text);
};
