import { detectionOverStates } from '../../support/detection-context.ts';
import { median } from '../rig/median.ts';
import { measureCpu, type CpuTask } from '../throughput/in-process/cpu-rounds.ts';
import { unitPasses, type PassName } from '../throughput/in-process/passes.ts';
import {
  slicesOf,
  workInMemory,
  type WorkInMemory,
} from '../throughput/in-process/work-in-memory.ts';
import { TRUSTED_PRINCIPAL } from '../throughput/work/actors.ts';
import { estateStates } from '../throughput/work/estate.ts';
import { FORMATS } from '../throughput/work/work.ts';
import type { Ratios } from './judge.ts';

export interface GuardRun {
  readonly events: number;
  readonly resources: number;
  readonly rounds: number;
}

const PASSES: readonly PassName[] = ['decode', 'unit'];

/** Measures all formats in one process, in turns, and gives each pass against `JSON.parse` in the same round. */
export const guardMeasure = ({ events, resources, rounds }: GuardRun): (() => Promise<Ratios>) => {
  const context = detectionOverStates(estateStates(resources), [TRUSTED_PRINCIPAL]);
  const passes = unitPasses(context, new Map());
  const task = (name: string, pass: PassName, records: readonly WorkInMemory[]): CpuTask => ({
    name,
    events: records.length,
    slices: slicesOf(records).map((slice) => () => passes[pass](slice)),
  });
  const tasks = FORMATS.flatMap((format) => {
    const work = workInMemory(format, events, resources);
    const reads = work.filter(({ intent }) => intent === 'read');
    return [
      task(`${format} parse`, 'parse', work),
      ...PASSES.map((pass) => task(`${format} ${pass}`, pass, work)),
      task(`${format} reads`, 'documents', reads),
    ];
  });
  return async () => {
    const results = await measureCpu(tasks, rounds);
    return Object.fromEntries(
      tasks.flatMap(({ name }) => {
        const [format = '', pass = ''] = name.split(' ');
        if (pass === 'parse') return [];
        const parse = results.get(`${format} parse`) ?? [];
        const ratios = (results.get(name) ?? []).map((micros, round) => micros / parse[round]!);
        return [[name, median(ratios)]];
      }),
    );
  };
};
