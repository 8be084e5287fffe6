import { detectionOverStates } from '../../../support/detection-context.ts';
import { TRUSTED_PRINCIPAL } from '../work/actors.ts';
import { estateStates } from '../work/estate.ts';
import type { Format } from '../work/work.ts';
import { median } from '../../rig/median.ts';
import { slicesOf } from '../../rig/slices.ts';
import { measureCpu, type CpuTask } from './cpu-rounds.ts';
import { PASSES, unitPasses, type PassName } from './passes.ts';
import { workInMemory, type WorkInMemory } from './work-in-memory.ts';

/** About as many records as one fetch brings. */
const FETCHED = 2_500;

export interface InProcessRun {
  readonly format: Format;
  readonly events: number;
  readonly resources: number;
  readonly rounds: number;
  readonly report: (line: string) => void;
}

interface Figure {
  /** Microseconds of processor time for an event: median and bounds of the rounds. */
  readonly micros: { readonly median: number; readonly min: number; readonly max: number };
  /** To JSON.parse of the same acts: median of the ratios within a round. */
  readonly ofParse: number;
}

export interface InProcessReport {
  readonly format: Format;
  readonly events: number;
  readonly resources: number;
  readonly rounds: number;
  readonly averageBytes: number;
  readonly parsedBytes: number;
  /** Of the events, as Driftline decided. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** By pass; `<pass> reads` and `<pass> mutating` where only those events were given. */
  readonly figures: Readonly<Record<string, Figure>>;
}

/** Passes that are also measured on reads and on mutating events alone. */
const APART: readonly PassName[] = ['parse', 'decode', 'documents'];

const sum = (values: readonly number[]): number => values.reduce((all, each) => all + each, 0);

const average = (values: readonly number[]): number => sum(values) / values.length;

export const measureInProcess = async (
  run: InProcessRun,
  apart: readonly PassName[] = APART,
): Promise<InProcessReport> => {
  run.report(`making ${run.events} events of ${run.format}`);
  const work = workInMemory(run.format, run.events, run.resources);
  const outcomes = new Map<string, number>();
  const context = detectionOverStates(estateStates(run.resources), [TRUSTED_PRINCIPAL]);
  const passes = unitPasses(context, outcomes);
  const task = (name: string, pass: PassName, records: readonly WorkInMemory[]): CpuTask => ({
    name,
    events: records.length,
    slices: slicesOf(records, FETCHED).map((slice) => () => passes[pass](slice)),
  });
  const reads = work.filter(({ intent }) => intent === 'read');
  const mutating = work.filter(({ intent }) => intent !== 'read');
  const tasks = [
    ...PASSES.map((pass) => task(pass, pass, work)),
    ...apart.flatMap((pass) => [
      task(`${pass} reads`, pass, reads),
      task(`${pass} mutating`, pass, mutating),
    ]),
  ];
  const slices = await measureCpu(tasks, run.rounds, (round) =>
    run.report(round < 0 ? 'warm' : `round ${round + 1} of ${run.rounds}`),
  );
  const results = new Map(
    tasks.map(({ name, events }) => [
      name,
      (slices.get(name) ?? []).map((each) => sum(each) / events),
    ]),
  );
  const figures = Object.fromEntries(
    [...results].map(([name, micros]): readonly [string, Figure] => {
      const base = name.replace(/^\w+/, 'parse');
      const parse = results.get(apart.includes('parse') ? base : 'parse') ?? [];
      const ofParse = median(micros.map((each, round) => each / (parse[round] ?? Number.NaN)));
      const [min, max] = [Math.min(...micros), Math.max(...micros)];
      return [name, { micros: { median: median(micros), min, max }, ofParse }];
    }),
  );
  return {
    format: run.format,
    events: run.events,
    resources: run.resources,
    rounds: run.rounds,
    averageBytes: average(work.map(({ record }) => record.value?.length ?? 0)),
    parsedBytes: average(work.map(({ json }) => json.length)),
    outcomes: Object.fromEntries(
      [...outcomes].map(([outcome, count]) => [outcome, count / (run.rounds + 1)]),
    ),
    figures,
  };
};
