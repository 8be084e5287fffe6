import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { stackOptions } from '../../../deploy/local/options.ts';
import { startStack, stopStack } from '../../../deploy/local/stack.ts';
import { createTopics, testKafka, withAdmin } from '../../support/kafka-reader.ts';
import { ROLES, type BenchRun, type Role } from './roles.ts';

const USAGE = `Usage: npm run bench:desired -- [--resources 1000000] [--partitions 12] [--rounds 1] [--without map]... [--out <file>]`;
const DATA = fileURLToPath(new URL('../../../.stack/bench', import.meta.url));

/** Each role has a process of its own, so that none measures the memory of another. */
const runRole = (role: Role, run: BenchRun): Promise<Record<string, unknown>> =>
  new Promise((resolve, reject) => {
    const { NODE_ENV: _testOnly, ...env } = process.env;
    const child = spawn(
      process.execPath,
      [
        '--max-old-space-size=12288',
        fileURLToPath(import.meta.url),
        '--role',
        role,
        '--run',
        JSON.stringify(run),
      ],
      { env, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(text) as Record<string, unknown>);
      else reject(new Error(`${role} ended with ${code}`));
    });
  });

const rounded = (_key: string, value: unknown): unknown =>
  typeof value === 'number' ? Number(value.toPrecision(4)) : value;

const bench = async (
  resources: number,
  partitions: number,
  rounds: number,
  without: readonly string[],
): Promise<object> => {
  const options = stackOptions(
    {
      DRIFTLINE_STACK_KAFKA_PORT: '26092',
      DRIFTLINE_STACK_CONTROLLER_PORT: '26093',
      DRIFTLINE_STACK_OPENSEARCH_PORT: '26200',
      DRIFTLINE_STACK_DATA_DIR: DATA,
      ...process.env,
    },
    { services: ['kafka'] },
  );
  const report = (line: string): void => void process.stderr.write(`${line}\n`);
  const stack = await startStack(options, { report });
  const topic = `bench.desired.${randomUUID()}`;
  const kafka = testKafka(stack.kafka);
  const folder = join(DATA, `store-${process.pid}`);
  const run = { broker: stack.kafka, topic, resources, partitions, folder };
  const results: Record<string, unknown>[] = [];
  try {
    await createTopics(
      kafka,
      [topic, `${topic}.state`].map((each) => ({ topic: each, partitions, compacted: true })),
    );
    report(`publishing ${resources} resources`);
    const published = await runRole('publish', run);
    for (let round = 0; round < rounds; round++) {
      const result: Record<string, unknown> = { loadBefore: loadavg() };
      for (const role of ['empty', 'lmdb', 'store', 'restart', 'map'] as const) {
        if (without.includes(role)) continue;
        report(role);
        result[role] = await runRole(role, run);
        report(JSON.stringify(result[role], rounded));
      }
      results.push({ ...result, loadAfter: loadavg() });
    }
    const state = without.includes('state') ? undefined : await runRole('state', run);
    return {
      time: new Date().toISOString(),
      machine: { cores: cpus().length, model: cpus()[0]?.model, node: process.version },
      resources,
      partitions,
      published,
      state,
      rounds: results,
    };
  } finally {
    await withAdmin(kafka, (admin) => admin.deleteTopics({ topics: [topic, `${topic}.state`] }));
    rmSync(folder, { recursive: true, force: true });
    await stopStack(options, { report });
  }
};

const { values } = parseArgs({
  options: {
    resources: { type: 'string', default: '1000000' },
    partitions: { type: 'string', default: '12' },
    rounds: { type: 'string', default: '1' },
    without: { type: 'string', multiple: true, default: [] },
    out: { type: 'string' },
    role: { type: 'string' },
    run: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) process.stdout.write(`${USAGE}\n`);
else if (values.role !== undefined && values.run !== undefined) {
  const result = await ROLES[values.role as Role](JSON.parse(values.run) as BenchRun);
  process.stdout.write(JSON.stringify(result), () => process.exit(0));
} else {
  const result = await bench(
    Number(values.resources),
    Number(values.partitions),
    Number(values.rounds),
    values.without,
  );
  const text = `${JSON.stringify(result, rounded, 2)}\n`;
  if (values.out !== undefined) {
    mkdirSync(join(values.out, '..'), { recursive: true });
    writeFileSync(values.out, text);
  }
  process.stdout.write(text);
}
