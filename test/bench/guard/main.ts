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

const USAGE = 'Usage: npm run bench:guard -- [--rounds 13] [--attempts 6] [--record]';
const RECORD = fileURLToPath(new URL('../guard.json', import.meta.url));
const ATTEMPT = fileURLToPath(new URL('attempt.ts', import.meta.url));
const ATTEMPT_LIMIT_MS = 120_000;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '13' },
    attempts: { type: 'string', default: '6' },
    record: { type: 'boolean', default: false },
  },
});

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const machine = (): GuardRecord['machine'] => ({
  model: cpus()[0]?.model ?? '',
  node: process.version,
});

/**
 * In a process of its own: what the engine decides once for a process, and where its memory comes to lie, makes some
 * a tenth slower from beginning to end.
 */
const attempt = (rounds: number): Ratios =>
  JSON.parse(
    execFileSync(process.execPath, [ATTEMPT, String(rounds)], {
      encoding: 'utf8',
      timeout: ATTEMPT_LIMIT_MS,
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  ) as Ratios;

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

const guard = (attempts: number, rounds: number): boolean => {
  const recorded = JSON.parse(readFileSync(RECORD, 'utf8')) as GuardRecord;
  const { model, node } = recorded.machine;
  if (model !== machine().model || node !== machine().node) {
    print(`recorded on ${model}, Node ${node}; this is ${machine().model}, Node ${machine().node}`);
  }
  const measured: Ratios[] = [];
  for (let turn = 1; turn <= attempts; turn += 1) {
    measured.push(attempt(rounds));
    const judgements = judge(recorded.ratios, best(measured));
    print(`attempt ${turn}: processor time in times of JSON.parse, measured of recorded`);
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
  if (values.record) {
    record(middle(Array.from({ length: attempts! }, () => attempt(rounds!))));
  } else if (!guard(attempts!, rounds!)) {
    process.exitCode = 1;
  }
}
