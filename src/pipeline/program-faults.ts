import type { RecordFailure } from '../core/model/outcome.ts';

/**
 * Tells a record that brings a fault of the program out from a program that is broken: the one becomes a dead letter,
 * since it would end the process again and again; the other must end it before it has made dead letters of everything.
 */
export interface ProgramFaults {
  /** A record was processed. */
  passed(): void;
  /** The program failed on a record. False: on too many in a row. */
  failed(): boolean;
}

/** @param most records in a row, over all partitions, that may become dead letters */
export const createProgramFaults = (most = 10): ProgramFaults => {
  let inARow = 0;
  return {
    passed: () => {
      inARow = 0;
    },
    failed: () => {
      inARow += 1;
      return inARow <= most;
    },
  };
};

/** The innermost place of the program in the stack: file, line and column, without the folders above. */
const placeOf = ({ message, stack = '' }: Error): string => {
  // The stack begins with the message, which may look like lines of it.
  const frames = stack.slice(stack.indexOf(message) + message.length).split('\n');
  const frame = frames.find((line) => line.trimStart().startsWith('at ') && line.includes('/'));
  if (frame === undefined) return 'an unknown place';
  return frame.split('/').slice(-2).join('/').replace(')', '');
};

/** Names the kind of the error and the place, not its message: that may quote what the record holds. */
export const programFailure = (error: unknown): RecordFailure => ({
  stage: 'process',
  reason: 'program_error',
  message: `The program failed on this record: ${error instanceof Error ? `${error.name} in ${placeOf(error)}` : 'an error of no kind'}. Replay it with a version that is mended.`,
});
