import type { Writable } from 'node:stream';
import type { DeadLetterTopic } from '../../pipeline/handle-dead-letters.ts';

/** What the commands on dead letters need. */
export interface DeadLettersEnvironment {
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly setExitCode: (code: number) => void;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Ends waits on shutdown. */
  readonly signal: AbortSignal;
  /** Connects to Kafka, and disconnects when the work is done. */
  readonly withDeadLetters: <T>(work: (topic: DeadLetterTopic) => Promise<T>) => Promise<T>;
}
