import type { Contender } from './results.ts';
import type { Format } from './work/work.ts';

/** What is to be measured. */
export interface ThroughputRun {
  readonly events: number;
  readonly resources: number;
  readonly rounds: number;
  readonly formats: readonly Format[];
  readonly contenders: readonly Contender[];
  /** Folder for profiles of Driftline. */
  readonly cpuProfile: string | undefined;
  readonly commit: string;
  readonly report: (line: string) => void;
}
