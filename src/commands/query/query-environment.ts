import type { WithSearch } from '../../questions/search.ts';
import type { Terminal } from '../output/terminal.ts';

/** What `driftline query` works with. */
export interface QueryEnvironment extends Terminal {
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly withSearch: WithSearch;
}
