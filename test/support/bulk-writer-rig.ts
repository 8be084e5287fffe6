import { createBulkWriter } from '../../src/adapters/opensearch/bulk-writer.ts';
import type { OpenSearchTransport } from '../../src/adapters/opensearch/transport.ts';
import type { DocumentWriter, IndexDocument, UnitScope } from '../../src/pipeline/ports.ts';
import { fakeTime } from './fake-time.ts';
import { recordedTelemetry, type RecordedTelemetry } from './recorded-telemetry.ts';

export const documentOf = (id: string, hash = id): IndexDocument => ({
  index: 'audit-events-2026.01.01',
  id,
  body: Buffer.from(`{"id":${JSON.stringify(id)}}`),
  write: 'create',
  hash,
});

/** A bulk writer on a clock that never waits. */
export interface BulkWriterRig {
  readonly writer: DocumentWriter;
  readonly telemetry: RecordedTelemetry;
  readonly clock: () => number;
  readonly scope: UnitScope;
  readonly heartbeats: readonly number[];
}

interface RigOptions {
  readonly patienceMs?: number;
  readonly maxDocuments?: number;
  readonly maxBytes?: number;
  readonly concurrency?: number;
  readonly signal?: AbortSignal;
  readonly heartbeat?: () => Promise<void>;
}

export const bulkWriterRig = (
  transport: OpenSearchTransport,
  options: RigOptions = {},
): BulkWriterRig => {
  const time = fakeTime();
  const telemetry = recordedTelemetry();
  const heartbeats: number[] = [];
  return {
    telemetry,
    heartbeats,
    clock: time.clock,
    scope: {
      signal: options.signal ?? new AbortController().signal,
      heartbeat: async () => {
        heartbeats.push(time.clock());
        await options.heartbeat?.();
      },
    },
    writer: createBulkWriter({
      ...time,
      transport,
      telemetry,
      random: () => 0.5,
      limits: {
        maxBytes: options.maxBytes ?? 1_000_000,
        maxDocuments: options.maxDocuments ?? 100,
      },
      concurrency: options.concurrency ?? 2,
      heartbeatIntervalMs: 3_000,
      delays: { initialDelayMs: 200, maxDelayMs: 30_000, blockedDelayMs: 10_000 },
      patienceMs: options.patienceMs,
    }),
  };
};
