import type { DesiredResource } from '../../core/model/desired-resource.ts';
import type { RecordFailure } from '../../core/model/outcome.ts';
import {
  createDesiredStateFollower,
  type DesiredStateFollowerOptions,
  type DesiredStateReader,
} from './desired-state-follower.ts';
import { decodingSink, type DesiredStateTarget } from './desired-state-sink.ts';

export type { DesiredStateReader } from './desired-state-follower.ts';

export interface DesiredStateReaderOptions extends Omit<
  DesiredStateFollowerOptions,
  'sink' | 'clock'
> {
  readonly target: DesiredStateTarget;
  /** A failure is one record's; a throw is one of the surroundings, such as the registry, and ends the reader. */
  readonly decode: (value: Buffer) => Promise<DesiredResource | RecordFailure>;
}

/** Reads the compacted topic of desired resources into memory: all of it, then what follows. Tombstones remove. */
export const createDesiredStateReader = (options: DesiredStateReaderOptions): DesiredStateReader =>
  // Memory has no use for the time.
  createDesiredStateFollower({ ...options, sink: decodingSink(options), clock: () => 0 });
