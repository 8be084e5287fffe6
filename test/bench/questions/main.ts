import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { addressesOf, stackOptions } from '../../../deploy/local/options.ts';
import { startStack, stopStack } from '../../../deploy/local/stack.ts';
import { createOpenSearchClient } from '../../../src/adapters/opensearch/client.ts';
import { applyStep, planSetup } from '../../../src/adapters/opensearch/setup.ts';
import { readSetupFiles } from '../../../src/adapters/opensearch/setup-files.ts';
import { queryCommand } from '../../support/query-command.ts';
import { bulkBodies, sampleAct } from './documents.ts';

const USAGE =
  'Usage: npm run bench:questions -- [--documents 2000000] [--runs 20] [--out <file>] [--keep]';
const DATA = fileURLToPath(new URL('../../../.stack/bench-questions', import.meta.url));
const TEMPLATES = fileURLToPath(new URL('../../../schemas/opensearch', import.meta.url));
const LIMIT_MS = 300;
const WARM_UPS = 3;
const BULKS_AT_ONCE = 2;
const MERGE_POLL_MS = 500;
const ALIASES = { auditEvents: 'audit-events', driftCandidates: 'drift-candidates' };

const note = (line: string): void => void process.stderr.write(`${line}\n`);

/** How often a request that OpenSearch has no room for is sent again, a second apart. */
const MAX_REPEATS = 60;

const call = async (
  url: string,
  method: string,
  path: string,
  body?: string,
  repeats = MAX_REPEATS,
): Promise<unknown> => {
  const answer = await fetch(`${url}${path}`, {
    method,
    ...(body === undefined
      ? {}
      : {
          body,
          headers: {
            'content-type': path.startsWith('/_bulk') ? 'application/x-ndjson' : 'application/json',
          },
        }),
  });
  const text = await answer.text();
  if (answer.status === 429 && repeats > 0) {
    await delay(1_000);
    return call(url, method, path, body, repeats - 1);
  }
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 500)}`);
  return JSON.parse(text) as unknown;
};

/** Puts the templates that ship, as `driftline setup` does. */
const putTemplates = async (url: string): Promise<void> => {
  const transport = createOpenSearchClient({
    nodes: [url],
    requestTimeoutMs: 60_000,
    maxSockets: 2,
  });
  try {
    const steps = await planSetup(transport, await readSetupFiles(TEMPLATES), {
      single: [],
      overwrite: true,
    });
    for (const step of steps.filter(({ what }) => what.endsWith('template')))
      await applyStep(transport, step);
  } finally {
    await transport.close();
  }
};

/** No segment every few seconds in each of 30 indexes, no sync to disk with every request. */
const LOADING = { 'index.refresh_interval': '-1', 'index.translog.durability': 'async' };
const SHIPPED = { 'index.refresh_interval': '5s', 'index.translog.durability': null };

/** The operator's part of the templates, which the indexes of the load begin with. */
const beginLoading = async (url: string): Promise<void> => {
  for (const alias of Object.values(ALIASES))
    await call(
      url,
      'PUT',
      `/_component_template/${alias}@custom`,
      JSON.stringify({ template: { settings: LOADING } }),
    );
};

/** As shipped again, everything searchable, and no merge under way. */
const endLoading = async (url: string): Promise<void> => {
  const indexes = Object.values(ALIASES).join();
  await call(url, 'PUT', `/${indexes}/_settings`, JSON.stringify(SHIPPED));
  await call(url, 'POST', `/${indexes}/_refresh`);
  await call(url, 'POST', `/${indexes}/_flush`);
  for (;;) {
    const { _all } = (await call(url, 'GET', `/${indexes}/_stats/merge`)) as {
      readonly _all: { readonly total: { readonly merges: { readonly current: number } } };
    };
    if (_all.total.merges.current === 0) return;
    await delay(MERGE_POLL_MS);
  }
};

/** Loads the estate; throws where OpenSearch refuses a document. */
const load = async (url: string, count: number, until: number): Promise<number> => {
  const bodies = bulkBodies(count, until, ALIASES);
  const began = performance.now();
  let documents = 0;
  const lane = async (): Promise<void> => {
    for (;;) {
      const next = bodies.next();
      if (next.done === true) return;
      const answer = (await call(url, 'POST', '/_bulk', next.value.body)) as {
        readonly errors: boolean;
        readonly items: readonly Record<string, { readonly error?: unknown }>[];
      };
      if (answer.errors) {
        const fault = answer.items.find((item) => Object.values(item)[0]?.error !== undefined);
        throw new Error(`a document was refused: ${JSON.stringify(fault).slice(0, 600)}`);
      }
      const before = Math.floor(documents / 100_000);
      documents += next.value.documents;
      if (Math.floor(documents / 100_000) > before) {
        const seconds = (performance.now() - began) / 1_000;
        note(`${documents} documents in ${seconds.toFixed(0)} s`);
      }
    }
  };
  await Promise.all(Array.from({ length: BULKS_AT_ONCE }, lane));
  return documents;
};

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;

/** Every question, as `driftline query` is given it. */
const questions = (until: number): Readonly<Record<string, readonly string[]>> => {
  const act = sampleAct(until);
  const day = ['--since', new Date(until - 86_400_000).toISOString()];
  const week = ['--since', new Date(until - 7 * 86_400_000).toISOString()];
  return {
    'candidates --env prod --since 24h --severity high': [
      'candidates',
      '--env',
      'prod',
      '--severity',
      'high',
      ...day,
    ],
    'question drift-in-production, a day': ['question', 'drift-in-production', ...day],
    'question drift-by-actor, a week': ['question', 'drift-by-actor', ...week],
    'question console-acts, a week': ['question', 'console-acts', ...week],
    'question claimed-terraform, a week': ['question', 'claimed-terraform', ...week],
    'question unmanaged-by-account, all': ['question', 'unmanaged-by-account'],
    'question unresolved-operations, a week': ['question', 'unresolved-operations', ...week],
    'question time-to-candidate, all': ['question', 'time-to-candidate'],
    'question change-sets, a week': ['question', 'change-sets', ...week],
    'events --session': ['events', '--session', act.session],
    'events --principal': ['events', '--principal', act.principal],
    'events --key': ['events', '--key', act.key],
    'events --address': ['events', '--address', act.address],
    'events --entity': ['events', '--entity', act.identity],
    resource: ['resource', act.owner],
    actor: ['actor', act.name],
    'around a candidate': ['around', `c${act.id}`, '--window', '6h'],
    'applies near candidates of a day': ['applies', '--window', '6h', ...day],
  };
};

const measure = async (
  ask: ReturnType<typeof queryCommand>,
  args: readonly string[],
  runs: number,
): Promise<{
  readonly lines: number;
  readonly p50: number;
  readonly p95: number;
  readonly most: number;
}> => {
  const times: number[] = [];
  let lines = 0;
  for (let run = -WARM_UPS; run < runs; run += 1) {
    const began = performance.now();
    const { stdout } = await ask(...args, '--format', 'ndjson');
    if (run >= 0) times.push(performance.now() - began);
    lines = stdout.split('\n').length - 1;
  }
  const sorted = times.toSorted((a, b) => a - b);
  return {
    lines,
    p50: percentile(sorted, 0.5),
    p95: percentile(sorted, 0.95),
    most: percentile(sorted, 1),
  };
};

const { values } = parseArgs({
  options: {
    documents: { type: 'string', default: '2000000' },
    runs: { type: 'string', default: '20' },
    out: { type: 'string' },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const count = Number(values.documents);
const runs = Number(values.runs);
if (values.help || !Number.isInteger(count) || count < 1 || !Number.isInteger(runs) || runs < 1) {
  note(USAGE);
  process.exit(values.help ? 0 : 2);
}

const options = stackOptions(
  {
    DRIFTLINE_STACK_OPENSEARCH_PORT: '28090',
    DRIFTLINE_STACK_OPENSEARCH_HEAP_MB: '1024',
    DRIFTLINE_STACK_DATA_DIR: DATA,
    ...process.env,
  },
  { services: ['opensearch'] },
);
const { opensearch: url } = addressesOf(options);
await startStack(options, { report: note, fresh: true });
let isReached = false;
try {
  await putTemplates(url);
  const until = Date.now();
  const began = performance.now();
  await beginLoading(url);
  const documents = await load(url, count, until);
  await endLoading(url);
  const loadSeconds = (performance.now() - began) / 1_000;
  note(`${documents} documents in ${loadSeconds.toFixed(0)} s`);
  const ask = queryCommand([`opensearch.nodes=${url}`]);
  const before = loadavg();
  const results: Record<string, Awaited<ReturnType<typeof measure>>> = {};
  for (const [name, args] of Object.entries(questions(until))) {
    const result = await measure(ask, args, runs);
    results[name] = result;
    note(
      `${name}: ${result.lines} lines, p50 ${result.p50.toFixed(0)} ms, p95 ${result.p95.toFixed(0)} ms`,
    );
  }
  isReached = Object.values(results).every(({ p95 }) => p95 <= LIMIT_MS);
  const report = {
    time: new Date().toISOString(),
    machine: { cores: cpus().length, model: cpus()[0]?.model, node: process.version },
    load: { before, after: loadavg() },
    documents,
    loadSeconds,
    runs,
    limitMs: LIMIT_MS,
    reached: isReached,
    questions: results,
  };
  const text = `${JSON.stringify(report, (_key, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(7)) : value), 2)}\n`;
  if (values.out === undefined) process.stdout.write(text);
  else {
    mkdirSync(dirname(values.out), { recursive: true });
    writeFileSync(values.out, text);
  }
} finally {
  if (values.keep) note(`left running at ${url}`);
  else await stopStack(options, { wipe: true, report: note });
}
process.exit(isReached ? 0 : 1);
