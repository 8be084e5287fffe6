import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { addressesOf, serviceFolder, stackOptions } from '../../../deploy/local/options.ts';
import { readLiveProcess } from '../../../deploy/local/process-file.ts';
import { startStack, stopStack } from '../../../deploy/local/stack.ts';
import { hasSharedData } from '../../support/shared-data.ts';
import { benchDocuments } from './documents.ts';
import { MODES, shippedSettings } from './mappings.ts';
import { measureRound, summary, type RoundResult } from './measure.ts';
import { createNodeClient } from './node-client.ts';

const USAGE = `Usage: npm run bench:opensearch -- [--documents 60000] [--slices 6] [--rounds 3] [--out <file>]`;
const DATA = fileURLToPath(new URL('../../../.stack/bench-opensearch', import.meta.url));

const rounded = (_key: string, value: unknown): unknown =>
  typeof value === 'number' ? Number(value.toPrecision(4)) : value;

const bench = async (count: number, slices: number, rounds: number): Promise<object> => {
  const report = (line: string): void => void process.stderr.write(`${line}\n`);
  const options = stackOptions(
    {
      DRIFTLINE_STACK_OPENSEARCH_PORT: '27200',
      DRIFTLINE_STACK_OPENSEARCH_HEAP_MB: '1024',
      DRIFTLINE_STACK_DATA_DIR: DATA,
      ...process.env,
    },
    { services: ['opensearch'] },
  );
  const { opensearch: url } = addressesOf(options);
  await startStack(options, { report });
  try {
    const pid = readLiveProcess(join(serviceFolder(options, 'opensearch'), 'process.json'))?.pid;
    if (pid === undefined) throw new Error('The process of OpenSearch is not known.');
    const client = createNodeClient(url);
    report(`making ${count} documents`);
    const documents = await benchDocuments(count);
    const settings = await shippedSettings(url, client);
    const results: RoundResult[] = [];
    const load = [loadavg()];
    // The first round warms up.
    for (let round = -1; round < rounds; round++) {
      const result = await measureRound({ client, pid, documents, slices, settings, round });
      report(JSON.stringify(result, rounded));
      if (round >= 0) results.push(result);
      load.push(loadavg());
    }
    const bytes = documents.reduce((sum, { body }) => sum + body.length, 0) / documents.length;
    return {
      time: new Date().toISOString(),
      machine: { cores: cpus().length, model: cpus()[0]?.model, node: process.version },
      load,
      documents: documents.length,
      averageJsonBytes: bytes,
      settings,
      ...summary(results),
      rounds: results,
    };
  } finally {
    await stopStack(options, { report, wipe: true });
  }
};

const { values } = parseArgs({
  options: {
    documents: { type: 'string', default: '60000' },
    slices: { type: 'string', default: '6' },
    rounds: { type: 'string', default: '3' },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) process.stdout.write(`${USAGE}\nModes: ${MODES.join(', ')}\n`);
else if (!hasSharedData) {
  process.stderr.write(
    'bench:opensearch needs the records of ../shared/data, which are not here\n',
  );
  process.exitCode = 2;
} else {
  const result = await bench(
    Number(values.documents),
    Number(values.slices),
    Number(values.rounds),
  );
  const text = `${JSON.stringify(result, rounded, 2)}\n`;
  if (values.out !== undefined) {
    mkdirSync(join(values.out, '..'), { recursive: true });
    writeFileSync(values.out, text);
  }
  process.stdout.write(text);
}
