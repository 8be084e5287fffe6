import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { createBulkWriter } from '../../../src/adapters/opensearch/bulk-writer.ts';
import { createOpenSearchClient } from '../../../src/adapters/opensearch/client.ts';
import type { DocumentWriter, IndexDocument } from '../../../src/pipeline/ports.ts';
import { documentWriterContract } from '../../contract/document-writer-contract.ts';
import { recordedTelemetry, type RecordedTelemetry } from '../../support/recorded-telemetry.ts';

const transport = createOpenSearchClient({
  nodes: [inject('stack').opensearch],
  requestTimeoutMs: 20_000,
  maxSockets: 8,
});
const prefix = `writer-${process.pid}-${Date.now()}`;
let indexes = 0;

const createIndex = async (): Promise<string> => {
  const index = `${prefix}-${(indexes += 1)}`;
  const mappings = {
    dynamic: 'strict',
    properties: {
      n: { type: 'long' },
      text: { type: 'text' },
      raw_data_hash: { properties: { value: { type: 'keyword' } } },
      driftline: {
        properties: {
          topic: { type: 'keyword' },
          partition: { type: 'integer' },
          offset: { type: 'long' },
        },
      },
    },
  };
  const settings = { number_of_replicas: 0 };
  const body = JSON.stringify({ settings, mappings });
  const answer = await transport.request({ method: 'PUT', path: `/${index}`, body });
  expect(answer.status).toBe(200);
  return index;
};

const writerOf = (telemetry: RecordedTelemetry): DocumentWriter =>
  createBulkWriter({
    transport,
    telemetry,
    clock: Date.now,
    random: Math.random,
    sleep: (ms, signal) =>
      delay(ms, undefined, { signal }).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      }),
    limits: { maxBytes: 1_048_576, maxDocuments: 500 },
    concurrency: 2,
    heartbeatIntervalMs: 500,
    delays: { initialDelayMs: 50, maxDelayMs: 500, blockedDelayMs: 200 },
  });

const scope = { signal: new AbortController().signal, heartbeat: async () => undefined };

const documentOf = (index: string, id: string, content: unknown): IndexDocument => ({
  index,
  id,
  body: Buffer.from(JSON.stringify(content)),
  write: 'create',
  hash: id,
});

const put = async (path: string, body: unknown): Promise<void> => {
  const answer = await transport.request({ method: 'PUT', path, body: JSON.stringify(body) });
  expect(answer.status).toBe(200);
};

const post = async (path: string): Promise<void> => {
  expect((await transport.request({ method: 'POST', path })).status).toBe(200);
};

afterAll(async () => {
  await transport.request({ method: 'DELETE', path: `/${prefix}-*` });
  await transport.close();
});

documentWriterContract('OpenSearch', async () => {
  const index = await createIndex();
  return {
    writer: writerOf(recordedTelemetry()),
    index,
    stored: async (of, id) => {
      const path = `/${of}/_source/${encodeURIComponent(id)}`;
      const answer = await transport.request({ method: 'GET', path });
      return answer.status === 200 ? JSON.stringify(answer.body) : undefined;
    },
  };
});

describe('the bulk writer on OpenSearch', () => {
  it('indexes 999 documents around one that the mapping refuses, whose values it does not tell', async () => {
    const index = await createIndex();
    const documents = Array.from({ length: 1000 }, (_, i) =>
      documentOf(index, `d${i}`, i === 437 ? { n: 'hunter2' } : { n: i }),
    );
    const results = await writerOf(recordedTelemetry()).write(documents, scope);
    expect(results.filter(({ status }) => status === 'written')).toHaveLength(999);
    expect(results[437]).toMatchObject({ status: 'rejected' });
    expect(JSON.stringify(results[437])).toContain('[n]');
    expect(JSON.stringify(results)).not.toContain('hunter2');
  });

  it('waits for a field that a strict mapping does not have yet', async () => {
    const index = await createIndex();
    const telemetry = recordedTelemetry();
    const writing = writerOf(telemetry).write([documentOf(index, 'a', { surprise: 1 })], scope);
    await expect
      .poll(() => telemetry.of('bulk.blocked').map(({ detail }) => detail)[0], { timeout: 10_000 })
      .toContain('surprise');
    await put(`/${index}/_mapping`, { properties: { surprise: { type: 'long' } } });
    expect(await writing).toEqual([{ status: 'written' }]);
  });

  it.each([
    ['a write block', 'index.blocks.write', 'bulk.blocked'],
    ['a flood-stage block', 'index.blocks.read_only_allow_delete', 'bulk.retrying'],
  ] as const)('waits out %s and rejects nothing', async (_name, setting, event) => {
    const index = await createIndex();
    await put(`/${index}/_settings`, { [setting]: true });
    const telemetry = recordedTelemetry();
    const writing = writerOf(telemetry).write([documentOf(index, 'a', { n: 1 })], scope);
    await expect.poll(() => telemetry.of(event).length, { timeout: 10_000 }).toBeGreaterThan(1);
    await put(`/${index}/_settings`, { [setting]: null });
    expect(await writing).toEqual([{ status: 'written' }]);
  });

  it('waits for a closed index and for a missing one', async () => {
    const index = await createIndex();
    await post(`/${index}/_close`);
    // The stack makes no index by the name of an alias: a write to one meets index_not_found.
    const telemetry = recordedTelemetry();
    const missing = new AbortController();
    const lost = writerOf(telemetry).write([documentOf('audit-events', 'a', { n: 1 })], {
      ...scope,
      signal: missing.signal,
    });
    const writing = writerOf(telemetry).write([documentOf(index, 'a', { n: 1 })], scope);
    await expect
      .poll(() => new Set(telemetry.of('bulk.blocked').map(({ cause }) => cause)), {
        timeout: 10_000,
      })
      .toEqual(new Set(['400_index_closed_exception', '404_index_not_found_exception']));
    missing.abort(new Error('shutdown'));
    await expect(lost).rejects.toThrow('shutdown');
    await post(`/${index}/_open`);
    expect(await writing).toEqual([{ status: 'written' }]);
  });
});
