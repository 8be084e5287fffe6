import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  best,
  isPassed,
  judge,
  judgementLines,
  middle,
  type GuardRecord,
  type Ratios,
} from './judge.ts';
import { guardMeasure } from './measure.ts';

const USAGE = 'Usage: npm run bench:guard -- [--rounds 13] [--attempts 3] [--record]';
const RECORD = fileURLToPath(new URL('../guard.json', import.meta.url));
/** Enough slices that where a collection of garbage falls does not decide; with all attempts less than four minutes. */
const WORK = { events: 4_000, resources: 1_000 };

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '13' },
    attempts: { type: 'string', default: '3' },
    record: { type: 'boolean', default: false },
  },
});

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const machine = (): GuardRecord['machine'] => ({
  model: cpus()[0]?.model ?? '',
  node: process.version,
});

const rounded = (_key: string, value: unknown): unknown =>
  typeof value === 'number' ? Number(value.toPrecision(4)) : value;

const record = (ratios: Ratios): void => {
  const written: GuardRecord = {
    time: new Date().toISOString(),
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
    machine: machine(),
    ratios,
  };
  writeFileSync(RECORD, `${JSON.stringify(written, rounded, 2)}\n`);
  print(`recorded in ${RECORD}`);
};

const guard = async (attempts: number, measure: () => Promise<Ratios>): Promise<boolean> => {
  const recorded = JSON.parse(readFileSync(RECORD, 'utf8')) as GuardRecord;
  const { model, node } = recorded.machine;
  if (model !== machine().model || node !== machine().node) {
    print(`recorded on ${model}, Node ${node}; this is ${machine().model}, Node ${machine().node}`);
  }
  const measured: Ratios[] = [];
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    measured.push(await measure());
    const judgements = judge(recorded.ratios, best(measured));
    print(`attempt ${attempt}: processor time in times of JSON.parse, measured of recorded`);
    for (const line of judgementLines(judgements)) print(line);
    if (isPassed(judgements)) return true;
  }
  print(
    'bench:guard failed: the hot path takes more processor time than recorded. Find what by\n' +
      '  node --cpu-prof test/bench/throughput/in-process.ts --format <format>\n' +
      'on this commit and on the one before. Where the loss is meant, say why in the commit that records it:\n' +
      '  npm run bench:guard -- --record',
  );
  return false;
};

const numbers = [values.rounds, values.attempts];
if (!numbers.every((text) => /^[1-9]\d?$/.test(text))) {
  process.stderr.write(`${USAGE}\n`);
  process.exitCode = 2;
} else {
  const [rounds, attempts] = numbers.map(Number);
  const measure = guardMeasure({ ...WORK, rounds: rounds! });
  if (values.record) {
    const measured: Ratios[] = [];
    for (let attempt = 0; attempt < attempts!; attempt += 1) measured.push(await measure());
    record(middle(measured));
  } else if (!(await guard(attempts!, measure))) {
    process.exitCode = 1;
  }
}
