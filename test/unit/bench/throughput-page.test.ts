import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { figuresPage } from '../../bench/throughput/page.ts';
import type { BenchResults, Pass } from '../../bench/throughput/results.ts';

const bench = (path: string): URL => new URL(`../../bench/${path}`, import.meta.url);

const pass = (contender: Pass['contender'], round: number, more: Partial<Pass>): Pass => ({
  round,
  format: 'ocsf',
  contender,
  eventsASecond: 1_000,
  cpuSecondsAMillion: 10,
  ...more,
});

const results = (passes: readonly Pass[]): BenchResults => ({
  time: '2026-01-31T12:00:00.000Z',
  commit: 'abc1234',
  machine: { cores: 2, model: 'A processor', node: 'v24.0.0' },
  load: { before: 0.5, after: 2 },
  events: 300_000,
  resources: 60_000,
  rounds: 3,
  partitions: 12,
  averageBytes: { ocsf: 1_614 },
  averageBodyBytes: {},
  passes,
});

describe('the page of throughput figures', () => {
  it('is what the results give that it names', () => {
    const page = readFileSync(bench('figures.md'), 'utf8');
    const file = /results\/[\w.-]+\.json/.exec(page)?.[0] ?? '';
    expect(existsSync(bench(file)), `figures.md names ${file}`).toBe(true);
    const measured = JSON.parse(readFileSync(bench(file), 'utf8')) as BenchResults;
    expect(page).toBe(figuresPage(measured, file));
  });

  it('shows least, middle and most of the rounds', () => {
    const page = figuresPage(
      results([
        pass('driftline', 0, { cpuSecondsAMillion: 21 }),
        pass('driftline', 1, { cpuSecondsAMillion: 18 }),
        pass('driftline', 2, { cpuSecondsAMillion: 19 }),
      ]),
      'r.json',
    );
    expect(page).toContain('18.0 / 19.0 / 21.0');
  });

  it('says of a short or busy run that it tells nothing of the speed', () => {
    const quiet = results([pass('driftline', 0, {})]);
    const warning = "they tell nothing of Driftline's speed";
    expect(figuresPage(quiet, 'r.json')).not.toContain(warning);
    expect(figuresPage({ ...quiet, events: 8_000 }, 'r.json')).toContain(warning);
    expect(figuresPage({ ...quiet, load: { before: 9, after: 2 } }, 'r.json')).toContain(warning);
  });

  it('tells what is reached, what is not, and what was not measured', () => {
    const page = figuresPage(
      results([
        pass('parse', 0, { cpuSecondsAMillion: 7 }),
        pass('driftline', 0, { cpuSecondsAMillion: 28, eventsASecond: 30_000 }),
        pass('plain', 0, { eventsASecond: 10_000 }),
      ]),
      'r.json',
    );
    const row = (text: string): string =>
      page.split('\n').find((line) => line.startsWith(`| OCSF JSON in: ${text}`)) ?? '';
    expect(row('CPU-s')).toMatch(/\| 20 or less \| 28\.0 \| \*\*no\*\* \|$/);
    expect(row('of it')).toMatch(/\| 3 or less \| 4\.00 \| \*\*no\*\* \|$/);
    expect(row('events/s, null')).toMatch(/\| 2\.5 or more \| 3\.00 \| yes \|$/);
    expect(row('exactly once')).toMatch(/\| not measured \|\s*\|$/);
  });
});
