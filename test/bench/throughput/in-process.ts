import { parseArgs } from 'node:util';
import { writeFileSync } from 'node:fs';
import { measureInProcess, type InProcessReport } from './in-process/measure.ts';
import { FORMATS } from './work/work.ts';

const USAGE =
  'Usage: node [--cpu-prof --cpu-prof-dir <dir>] test/bench/throughput/in-process.ts --format ocsf|avro|cloudtrail [--events 60000] [--resources 60000] [--rounds 7] [--out <file>]';

const lines = (report: InProcessReport): readonly string[] => [
  `${report.format}: ${report.events} events of ${Math.round(report.averageBytes)} B, JSON.parse of ${Math.round(report.parsedBytes)} B; ${JSON.stringify(report.outcomes)}`,
  `${'pass'.padEnd(20)} ${'µs CPU'.padStart(8)} ${'min'.padStart(8)} ${'max'.padStart(8)} ${'of parse'.padStart(9)}`,
  ...Object.entries(report.figures).map(
    ([name, { micros, ofParse }]) =>
      `${name.padEnd(20)} ${micros.median.toFixed(2).padStart(8)} ${micros.min.toFixed(2).padStart(8)} ${micros.max.toFixed(2).padStart(8)} ${ofParse.toFixed(2).padStart(9)}`,
  ),
];

const { values } = parseArgs({
  options: {
    format: { type: 'string', default: 'ocsf' },
    events: { type: 'string', default: '60000' },
    resources: { type: 'string', default: '60000' },
    rounds: { type: 'string', default: '7' },
    out: { type: 'string' },
  },
});
const numbers = [values.events, values.resources, values.rounds];
const format = FORMATS.find((each) => each === values.format);
if (format === undefined || !numbers.every((text) => /^[1-9]\d*$/.test(text))) {
  process.stderr.write(`${USAGE}\n`);
  process.exitCode = 2;
} else {
  const [events, resources, rounds] = numbers.map(Number);
  const report = await measureInProcess({
    format,
    events: events!,
    resources: resources!,
    rounds: rounds!,
    report: (line) => void process.stderr.write(`${line}\n`),
  });
  process.stdout.write(`${lines(report).join('\n')}\n`);
  if (values.out !== undefined)
    writeFileSync(values.out, `${JSON.stringify(report, undefined, 2)}\n`);
}
