import type { Writable } from 'node:stream';
import type { WithSearch } from '../../questions/search.ts';

/** What `driftline query` works with. */
export interface QueryEnvironment {
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly setExitCode: (code: number) => void;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly withSearch: WithSearch;
}
