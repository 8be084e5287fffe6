import { closeSync, openSync, readFileSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createOpenSearchClient } from '../../../../src/adapters/opensearch/client.ts';
import type { OpenSearchTransport } from '../../../../src/adapters/opensearch/transport.ts';
import { documentWriter, SILENT } from '../../../../src/compose-parts.ts';
import { loadConfig } from '../../../../src/config/load-config.ts';
import type { InputRecord } from '../../../../src/pipeline/ports.ts';
import { processUnit } from '../../../../src/pipeline/process-unit.ts';
import { detectionOverStates } from '../../../support/detection-context.ts';
import { nullTransport } from '../in-process/null-transport.ts';
import { benchSteps } from '../unit-steps.ts';
import { TRUSTED_PRINCIPAL } from '../work/actors.ts';
import { estateStates } from '../work/estate.ts';
import { workRecords } from '../work/work.ts';
import type { RoleRun } from './role-run.ts';

/** Where the bodies of one format lie one after the other, and their lengths beside them. */
const filesOf = ({
  folder,
  format,
}: RoleRun): { readonly bodies: string; readonly list: string } => ({
  bodies: join(folder, `${format}.bodies`),
  list: join(folder, `${format}.json`),
});

interface BodyList {
  readonly documents: number;
  readonly bytes: readonly number[];
}

/** Records of a unit: so that bodies are full, though units of the service may be smaller. */
const UNIT = 5_000;

/** The bulk requests that Driftline would send for the work, written to a file. */
export const makeBodies = async (run: RoleRun): Promise<object> => {
  const files = filesOf(run);
  const file = openSync(files.bodies, 'w');
  const bytes: number[] = [];
  let documents = 0;
  const transport: OpenSearchTransport = {
    ...nullTransport,
    request: async (request, signal) => {
      const body = Buffer.from(request.body ?? '');
      writeSync(file, body);
      bytes.push(body.length);
      const answer = await nullTransport.request(request, signal);
      documents += (answer.body as { readonly items: readonly unknown[] }).items.length;
      return answer;
    },
  };
  const config = loadConfig({
    env: {},
    flags: {
      'opensearch.indexes.auditEvents': run.indexes.auditEvents,
      'opensearch.indexes.driftCandidates': run.indexes.driftCandidates,
    },
  });
  const context = detectionOverStates(estateStates(run.resources), [TRUSTED_PRINCIPAL]);
  const steps = benchSteps(config, context, documentWriter(config, transport, SILENT), SILENT);
  const scope = { signal: new AbortController().signal, heartbeat: async () => undefined };
  const unit = async (records: readonly InputRecord[]): Promise<void> =>
    processUnit(
      steps,
      { topic: run.topics.audit, partition: 0, records, nextOffset: '0', highWatermark: '0' },
      scope,
      { commit: async () => undefined },
    );
  let records: InputRecord[] = [];
  let number = 0;
  for (const { value } of workRecords(run.format, run)) {
    records.push({
      topic: run.topics.audit,
      partition: number % run.partitions,
      offset: String(Math.floor(number / run.partitions)),
      timestamp: Date.now(),
      key: null,
      value,
      headers: {},
    });
    number += 1;
    if (records.length < UNIT) continue;
    await unit(records);
    records = [];
  }
  await unit(records);
  closeSync(file);
  writeFileSync(files.list, JSON.stringify({ documents, bytes } satisfies BodyList));
  return { documents, averageBytes: bytes.reduce((sum, each) => sum + each, 0) / documents };
};

interface BulkAnswer {
  readonly errors?: boolean;
}

/** Sends them as they are, as many at once as the service has under way. */
export const sendBodies = async (run: RoleRun): Promise<object> => {
  const files = filesOf(run);
  const { documents, bytes } = JSON.parse(readFileSync(files.list, 'utf8')) as BodyList;
  const file = openSync(files.bodies, 'r');
  const { bulk } = loadConfig({ env: {} }).opensearch;
  const transport = createOpenSearchClient({
    nodes: [run.opensearch],
    requestTimeoutMs: 120_000,
    maxSockets: bulk.concurrency,
  });
  let next = 0;
  let position = 0;
  const send = async (): Promise<void> => {
    for (let length = bytes[next++]; length !== undefined; length = bytes[next++]) {
      const body = Buffer.allocUnsafe(length);
      readSync(file, body, 0, length, position);
      position += length;
      const answer = await transport.request({
        method: 'POST',
        path: '/_bulk',
        query: { filter_path: 'errors,items.*.status,items.*.error' },
        body,
        contentType: 'ndjson',
      });
      if (answer.status !== 200 || (answer.body as BulkAnswer).errors !== false) {
        throw new Error(`a bulk request failed: ${JSON.stringify(answer).slice(0, 400)}`);
      }
    }
  };
  const started = performance.now();
  const cpu = process.cpuUsage();
  await Promise.all(Array.from({ length: bulk.concurrency }, send));
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  closeSync(file);
  await transport.close();
  return { documents, seconds, cpuSeconds: (user + system) / 1e6 };
};
