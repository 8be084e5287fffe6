import type { DeadLetterTopic } from '../../pipeline/handle-dead-letters.ts';
import type { Terminal } from '../output/terminal.ts';

/** What the commands on dead letters need. */
export interface DeadLettersEnvironment extends Terminal {
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Ends waits on shutdown. */
  readonly signal: AbortSignal;
  /** Connects to Kafka, and disconnects when the work is done. */
  readonly withDeadLetters: <T>(work: (topic: DeadLetterTopic) => Promise<T>) => Promise<T>;
}
