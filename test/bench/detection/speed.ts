import { cpus, loadavg } from 'node:os';
import { decodeRecord } from '../../../src/codec/decode-record.ts';
import type { JsonObject } from '../../../src/core/model/json.ts';
import { cloudTrailEvent } from '../../../src/core/normalize/cloudtrail.ts';
import { processEvent } from '../../../src/core/process-event.ts';
import { BLOCK_RECORDS } from '../../../src/pipeline/read-block.ts';
import { median } from '../rig/median.ts';
import { slicesOf } from '../rig/slices.ts';
import { detectionOverStates } from '../../support/detection-context.ts';
import { speedCorpus, type SpeedMix } from './speed-corpus.ts';

const MIX: SpeedMix = { records: 60_000, resources: 100_000, mutating: 0.3, owned: 0.5 };

interface Rate {
  /** Records a second by the clock, and by the processor time of the process (garbage collection included). */
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

export interface SpeedReport {
  readonly machine: { readonly model: string; readonly cores: number; readonly node: string };
  readonly load: readonly number[];
  readonly mix: SpeedMix;
  readonly desiredResources: number;
  readonly averageBytes: number;
  /** Of the records in one round. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly rounds: number;
  /** Medians over the rounds. */
  readonly parse: Rate;
  /** JSON.parse, normalizing, detection, in blocks. */
  readonly core: Rate;
  /** Bytes through the codec with its checks, then detection: what a worker does of a record. */
  readonly decodeAndCore: Rate;
  /** Core to JSON.parse alone, by processor time. */
  readonly coreOfParse: number;
}

const rate = (records: number, runs: readonly { wall: number; cpu: number }[]): Rate => ({
  perSecond: Math.round(records / median(runs.map(({ wall }) => wall))),
  perCpuSecond: Math.round(records / median(runs.map(({ cpu }) => cpu))),
});

/** Each round runs all three after each other, so that a busy machine slows all of them. */
export const measureSpeed = (rounds: number): SpeedReport => {
  const load = loadavg();
  const { records, states } = speedCorpus(MIX);
  const detection = detectionOverStates(states);
  const raw = new Uint8Array();
  const bytes = records.map((text) => Buffer.from(text));
  const outcomes: Record<string, number> = {};
  const runs = { parse: [], core: [], decodeAndCore: [] } as Record<
    'parse' | 'core' | 'decodeAndCore',
    { wall: number; cpu: number }[]
  >;
  const timed = (name: keyof typeof runs, work: () => void, counts: boolean): void => {
    const cpu = process.cpuUsage();
    const start = performance.now();
    work();
    const wall = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    if (counts) runs[name].push({ wall, cpu: (user + system) / 1e6 });
  };

  for (let round = -1; round < rounds; round += 1) {
    const counts = round >= 0;
    timed(
      'parse',
      () => {
        for (const text of records) JSON.parse(text);
      },
      counts,
    );
    timed(
      'core',
      () => {
        for (const block of slicesOf(records, BLOCK_RECORDS)) {
          const parsed = block.map((text) => JSON.parse(text) as JsonObject);
          const events = parsed.map((record) => cloudTrailEvent(record, raw));
          for (const event of events) {
            const { outcome } =
              'stage' in event ? { outcome: 'dead-letter' } : processEvent(event, detection);
            if (round === -1) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
          }
        }
      },
      counts,
    );
    timed(
      'decodeAndCore',
      () => {
        for (const block of slicesOf(bytes, BLOCK_RECORDS)) {
          const decoded = block.map((each) => decodeRecord(each));
          for (const each of decoded) {
            if (each instanceof Promise) continue;
            for (const event of each.events) processEvent(event, detection);
          }
        }
      },
      counts,
    );
  }
  const parse = rate(records.length, runs.parse);
  const core = rate(records.length, runs.core);
  return {
    machine: { model: cpus()[0]?.model ?? '', cores: cpus().length, node: process.version },
    load,
    mix: MIX,
    desiredResources: detection.index.size,
    averageBytes: Math.round(bytes.reduce((sum, each) => sum + each.length, 0) / bytes.length),
    outcomes,
    rounds,
    parse,
    core,
    decodeAndCore: rate(records.length, runs.decodeAndCore),
    coreOfParse: Number((core.perCpuSecond / parse.perCpuSecond).toFixed(2)),
  };
};
