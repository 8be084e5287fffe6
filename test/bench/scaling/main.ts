import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { startStack, stackStatus, stopStack } from '../../../deploy/local/stack.ts';
import { testStackOptions } from '../../support/stack.ts';
import { measureLatency } from './latency.ts';
import { measureScaling } from './throughput.ts';

const USAGE =
  'Usage: npm run bench:scaling -- [--records 200000] [--partitions 4] [--rounds 3] [--rate 200] [--seconds 60] [--only throughput|latency] [--out <file>]';

const rounded = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;

const bench = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      records: { type: 'string', default: '200000' },
      partitions: { type: 'string', default: '4' },
      rounds: { type: 'string', default: '3' },
      rate: { type: 'string', default: '200' },
      seconds: { type: 'string', default: '60' },
      only: { type: 'string' },
      out: { type: 'string' },
    },
  });
  const numbers = [values.records, values.partitions, values.rounds, values.rate, values.seconds];
  const [records, partitions, rounds, rate, seconds] = numbers.map(Number);
  if (!numbers.every((text) => /^[1-9]\d*$/.test(text))) throw new Error(USAGE);
  const report = (line: string): void => void process.stderr.write(`${line}\n`);
  const pace = { eventsASecond: rate!, seconds: seconds!, report };
  // What users run is compiled to the end; the tests' own stack is not.
  const options = { ...testStackOptions(process.env), quickJvm: false };
  const wasDown = (await stackStatus(options)).every(({ state }) => state === 'down');
  const stack = await startStack(options, { report });
  const loadBefore = loadavg()[0];
  try {
    const throughput =
      values.only === 'latency'
        ? undefined
        : await measureScaling(stack, {
            records: records!,
            partitions: partitions!,
            rounds: rounds!,
            report,
          });
    const latency =
      values.only === 'throughput'
        ? undefined
        : {
            opensearch: await measureLatency(stack, { ...pace, sink: 'opensearch' }),
            null: await measureLatency(stack, { ...pace, sink: 'null' }),
          };
    const result = {
      date: new Date().toISOString().slice(0, 10),
      node: process.version,
      cpus: cpus().length,
      cpu: cpus()[0]?.model,
      load: { before: loadBefore, after: loadavg()[0] },
      ...(throughput === undefined ? {} : { throughput }),
      ...(latency === undefined ? {} : { latency }),
    };
    const text = `${JSON.stringify(result, rounded, 2)}\n`;
    if (values.out === undefined) process.stdout.write(text);
    else writeFileSync(values.out, text);
  } finally {
    if (wasDown) await stopStack(options);
  }
};

await bench();
// kafkajs keeps timers of connections that have ended.
process.exit();
