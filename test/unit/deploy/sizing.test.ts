import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { operationsFile } from '../../support/operations-files.ts';

const result = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../bench/results/${name}`, import.meta.url), 'utf8'));

const sizing = operationsFile('SIZING.md');

/** Rounded down to tens, as the document has it. */
const figure = (value: number): string => (Math.floor(value / 10) * 10).toLocaleString('en');

it('sizing has the figures of the files that it cites, and counts with the lower one', () => {
  const { throughput } = result('scaling-2026-11-22.json') as {
    readonly throughput: {
      readonly records: number;
      readonly passes: readonly { readonly variant: string; readonly cpuSeconds: number }[];
    };
  };
  const rates = throughput.passes
    .filter(({ variant }) => variant === 'driftline')
    .map(({ cpuSeconds }) => throughput.records / cpuSeconds);
  const least = figure(Math.min(...rates));
  expect(sizing).toContain(`${least} to ${figure(Math.max(...rates))} records per second`);
  expect(sizing).toContain(`events/s ÷ ${least},`);
  const bench = result('throughput-2026-11-22.json') as {
    readonly passes: readonly { readonly contender: string; readonly cpuSecondsAMillion: number }[];
  };
  const mixed = bench.passes
    .filter(({ contender }) => contender === 'driftline')
    .map(({ cpuSecondsAMillion }) => 1e6 / cpuSecondsAMillion);
  const leastMixed = figure(Math.min(...mixed));
  expect(sizing).toContain(`${leastMixed} to ${figure(Math.max(...mixed))}`);
  expect(sizing).toContain(`take ${leastMixed} instead`);
  const speed = result('detection-speed-2026-11-22.json') as {
    readonly decodeAndCore: { readonly perCpuSecond: number };
  };
  const events = Math.round(speed.decodeAndCore.perCpuSecond / 100) * 100;
  expect(sizing).toContain(`${events.toLocaleString('en')} events per second of processor time`);
  const { modes } = result('opensearch-2026-11-22.json') as {
    readonly modes: {
      readonly driftline: { readonly cpuSecondsAMillion: number; readonly bytesADocument: number };
    };
  };
  const { cpuSecondsAMillion, bytesADocument } = modes.driftline;
  expect(sizing).toContain(`${Math.round(bytesADocument)} bytes on disk in one copy`);
  expect(sizing).toContain(`events/s × ${Math.round(cpuSecondsAMillion)} ÷ 10^6 cores`);
});
