import type { Format } from './work/work.ts';

/** Who reads the work, or what else is measured beside them. */
export const CONTENDERS = [
  'parse',
  'kafkajs',
  'plain',
  'driftline',
  'at-least-once',
  'prebuilt',
  'plain-real',
  'driftline-real',
] as const;

/**
 * - `parse`: `JSON.parse` of the same bytes, nothing else
 * - `kafkajs`: a consumer that does nothing but commit
 * - `plain`, `driftline`, `at-least-once`: to an OpenSearch that takes everything and keeps nothing
 * - `prebuilt`: bulk bodies made before, to the real OpenSearch
 * - `plain-real`, `driftline-real`: to the real OpenSearch
 */
export type Contender = (typeof CONTENDERS)[number];

/** One contender in one round. */
export interface Pass {
  readonly round: number;
  readonly format: Format;
  readonly contender: Contender;
  /** Of the whole time: from the first commit to the last; of requests for `prebuilt`. */
  readonly seconds?: number;
  readonly eventsASecond: number;
  /** Of the contender's own process. */
  readonly cpuSecondsAMillion: number;
  readonly opensearchCpuSecondsAMillion?: number;
  /** Greatest memory of the process in that time, in MB. */
  readonly peakRssMb?: number;
  readonly peakAnonMb?: number;
  readonly peakMappedMb?: number;
}

export interface BenchResults {
  readonly time: string;
  readonly commit: string;
  readonly machine: { readonly cores: number; readonly model: string; readonly node: string };
  /** Over one minute, before and after. */
  readonly load: { readonly before: number; readonly after: number };
  readonly events: number;
  readonly resources: number;
  readonly rounds: number;
  readonly partitions: number;
  /** Of a record, by format. */
  readonly averageBytes: Readonly<Partial<Record<Format, number>>>;
  /** Of a document with its action line, by format. */
  readonly averageBodyBytes: Readonly<Partial<Record<Format, number>>>;
  readonly passes: readonly Pass[];
}
