import { keepYoungObjectsYoung } from '../../../src/engine-settings.ts';
import { detectionOverStates } from '../../support/detection-context.ts';
import { median } from '../rig/median.ts';
import { slicesOf } from '../rig/slices.ts';
import { measureCpu, type CpuTask } from '../throughput/in-process/cpu-rounds.ts';
import { unitPasses, type PassName } from '../throughput/in-process/passes.ts';
import { workInMemory, type WorkInMemory } from '../throughput/in-process/work-in-memory.ts';
import { TRUSTED_PRINCIPAL } from '../throughput/work/actors.ts';
import { estateStates } from '../throughput/work/estate.ts';
import { FORMATS } from '../throughput/work/work.ts';
import type { Ratios } from './judge.ts';

/** Enough slices that where a collection of garbage falls does not decide. */
const WORK = { events: 4_000, resources: 1_000 };

const PASSES: readonly PassName[] = ['decode', 'unit'];

/** So short that what a busy machine slows, it slows for all tasks alike. */
const SLICE = 250;
const WARM_UP = 5;

/** Of each slice the middle of its rounds, all slices together: neither a collection of garbage nor a neighbour counts. */
const steady = (rounds: readonly (readonly number[])[]): number =>
  (rounds[0] ?? [])
    .map((_micros, slice) => median(rounds.map((round) => round[slice] ?? Number.NaN)))
    .reduce((sum, micros) => sum + micros, 0);

/** Measures all formats in this process, in turns, and gives each pass against `JSON.parse`. */
const measure = async (rounds: number): Promise<Ratios> => {
  const { events, resources } = WORK;
  const context = detectionOverStates(estateStates(resources), [TRUSTED_PRINCIPAL]);
  const passes = unitPasses(context, new Map());
  const task = (name: string, pass: PassName, records: readonly WorkInMemory[]): CpuTask => ({
    name,
    events: records.length,
    slices: slicesOf(records, SLICE).map((slice) => () => passes[pass](slice)),
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
  const results = await measureCpu(tasks, rounds, undefined, WARM_UP);
  const micros = new Map(
    tasks.map(({ name, events: of }) => [name, steady(results.get(name) ?? []) / of]),
  );
  return Object.fromEntries(
    [...micros].flatMap(([name, each]) => {
      const [format = '', pass = ''] = name.split(' ');
      return pass === 'parse' ? [] : [[name, each / (micros.get(`${format} parse`) ?? 0)]];
    }),
  );
};

keepYoungObjectsYoung();
process.stdout.write(JSON.stringify(await measure(Number(process.argv[2]))));
