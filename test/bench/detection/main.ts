import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { hasSharedData } from '../../support/shared-data.ts';
import { judgeSources } from './judge-source.ts';
import { reportLines, summaryOf } from './report.ts';
import { measureSpeed } from './speed.ts';

const USAGE =
  'Usage: npm run bench:detection -- [--source <name>...] [--misses] [--speed [--rounds 7]] [--out <file>]';

const { values } = parseArgs({
  options: {
    source: { type: 'string', multiple: true },
    misses: { type: 'boolean', default: false },
    speed: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '7' },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const speed = (rounds: number): object => {
  const report = measureSpeed(rounds);
  process.stdout.write(`${JSON.stringify(report, undefined, 1)}\n`);
  return report;
};

const judgement = async (
  sources: readonly string[] | undefined,
  misses: boolean,
): Promise<object> => {
  const reports = await judgeSources(sources);
  process.stdout.write(`${reportLines(reports, misses).join('\n')}\n`);
  return { summary: summaryOf(reports), reports };
};

if (values.help) process.stdout.write(`${USAGE}\n`);
else if (!/^[1-9]\d?$/.test(values.rounds)) {
  process.stderr.write(`--rounds is a number from 1 to 99.\n${USAGE}\n`);
  process.exitCode = 2;
} else if (!hasSharedData) {
  process.stderr.write('The events of ../shared/data are not here: there is nothing to measure.\n');
  process.exitCode = 2;
} else {
  const result = values.speed
    ? speed(Number(values.rounds))
    : await judgement(values.source, values.misses);
  if (values.out !== undefined) {
    mkdirSync(dirname(values.out), { recursive: true });
    writeFileSync(
      values.out,
      `${JSON.stringify({ time: new Date().toISOString(), ...result }, undefined, 1)}\n`,
    );
  }
}
