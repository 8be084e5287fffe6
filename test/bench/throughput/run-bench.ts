import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { figuresPage } from './page.ts';
import { CONTENDERS, type BenchResults, type Contender } from './results.ts';
import { measureThroughput } from './measure.ts';
import { FORMATS, type Format } from './work/work.ts';

const USAGE = `Usage: npm run bench -- [--events 300000] [--resources 60000] [--rounds 3] [--format ${FORMATS.join('|')}]... [--only ${CONTENDERS.join('|')}]... [--cpu-prof <dir>] [--out <file>]
       npm run bench -- --page <results> [--to <file>]`;

const rounded = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;

const write = (file: string | undefined, text: string): void => {
  if (file === undefined) {
    process.stdout.write(text);
    return;
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
};

const chosen = <T extends string>(all: readonly T[], given: readonly string[] | undefined) => {
  if (given === undefined) return all;
  const unknown = given.find((each) => !(all as readonly string[]).includes(each));
  if (unknown !== undefined) throw new Error(`${unknown} is none of ${all.join(', ')}.\n${USAGE}`);
  return all.filter((each) => given.includes(each));
};

/** `npm run bench`. */
export const runBench = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      events: { type: 'string', default: '300000' },
      resources: { type: 'string', default: '60000' },
      rounds: { type: 'string', default: '3' },
      format: { type: 'string', multiple: true },
      only: { type: 'string', multiple: true },
      'cpu-prof': { type: 'string' },
      out: { type: 'string' },
      page: { type: 'string' },
      to: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  if (values.page !== undefined) {
    const results = JSON.parse(readFileSync(values.page, 'utf8')) as BenchResults;
    write(values.to, figuresPage(results, values.page));
    return;
  }
  const numbers = [values.events, values.resources, values.rounds];
  if (!numbers.every((text) => /^[1-9]\d*$/.test(text))) throw new Error(USAGE);
  const [events, resources, rounds] = numbers.map(Number);
  const results = await measureThroughput({
    events: events!,
    resources: resources!,
    rounds: rounds!,
    formats: chosen<Format>(FORMATS, values.format),
    contenders: chosen<Contender>(CONTENDERS, values.only),
    cpuProfile: values['cpu-prof'],
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
    report: (line) => void process.stderr.write(`${line}\n`),
  });
  write(values.out, `${JSON.stringify(results, rounded, 2)}\n`);
};
