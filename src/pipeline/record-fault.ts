import type { InputRecord } from './ports.ts';
import { programFailure } from './program-faults.ts';

/** Whether it is a failure of what the program needs, which has a type of its own, and not of the program. */
export const isOfSurroundings = (error: unknown): boolean =>
  error instanceof Error && 'retriable' in error;

/**
 * A failure of the program, with the place of the record that brought it out, and what an operator can do. The error's
 * own message may quote what the record holds: it is the cause's alone.
 */
export const withRecord = ({ topic, partition, offset }: InputRecord, error: unknown): Error =>
  new Error(
    `Cannot process the record of ${topic}/${partition} at offset ${offset}. ${programFailure(error).message} ` +
      'The program or what it needs is broken: nothing after that record is done. To make a dead letter of it alone and go on: ' +
      `driftline consumption skip --partition ${partition} --offset ${offset}`,
    { cause: error },
  );
