import type { Consumer, EachBatchPayload } from 'kafkajs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Committed } from '../../../../src/adapters/kafka/committed-offsets.ts';
import { createGroupConsumer } from '../../../../src/adapters/kafka/consumer.ts';
import { NO_CONTROL } from '../../../../src/codec/partition-control.ts';
import { recordedTelemetry } from '../../../support/recorded-telemetry.ts';

type EachBatch = (payload: EachBatchPayload) => Promise<void>;

/** kafkajs's consumer: tells what it is told, and passes events and batches on by hand. */
const fakeClient = () => {
  const told: string[] = [];
  const listeners = new Map<string, ((event: { readonly payload: unknown }) => void)[]>();
  const names = [
    'FETCH',
    'HEARTBEAT',
    'END_BATCH_PROCESS',
    'RECEIVED_UNSUBSCRIBED_TOPICS',
    'GROUP_JOIN',
    'REBALANCING',
    'CRASH',
  ];
  const state: { eachBatch: EachBatch | undefined } = { eachBatch: undefined };
  const emit = (name: string, payload: unknown): void => {
    for (const listener of listeners.get(name) ?? []) listener({ payload });
  };
  const join = (memberAssignment: Readonly<Record<string, readonly number[]>>): void =>
    emit('GROUP_JOIN', { memberAssignment });
  const consumer = {
    events: Object.fromEntries(names.map((name) => [name, name])),
    on: (name: string, listener: (event: { readonly payload: unknown }) => void) => {
      listeners.set(name, [...(listeners.get(name) ?? []), listener]);
      return () => undefined;
    },
    connect: async () => undefined,
    subscribe: async () => undefined,
    run: async (config: { readonly eachBatch: EachBatch }) => {
      state.eachBatch = config.eachBatch;
      join({ in: [0] });
    },
    pause: () => void told.push('pause'),
    resume: () => void told.push('resume'),
    seek: ({ partition, offset }: { readonly partition: number; readonly offset: string }) =>
      void told.push(`seek ${partition} to ${offset}`),
    disconnect: async () => undefined,
  };
  return {
    told,
    join,
    emit,
    state,
    kafka: { consumer: () => consumer as unknown as Consumer },
  };
};

const start = async (committed: ReadonlyMap<number, Committed>) => {
  const client = fakeClient();
  const commits: string[] = [];
  const failures: Error[] = [];
  const consumer = createGroupConsumer({
    kafka: client.kafka,
    groupId: 'g',
    topics: ['in'],
    sessionTimeoutMs: 30_000,
    rebalanceTimeoutMs: 60_000,
    heartbeatIntervalMs: 3_000,
    metadataMaxAgeMs: 60_000,
    maxBytesPerPartition: 1024,
    partitionsConsumedConcurrently: 1,
    stallMs: 3_600_000,
    limits: { maxRecords: 10, maxBytes: 1024 },
    createCommitter: (_topic, partition) => ({
      open: async () => {
        commits.push(`open ${partition}`);
        return committed.get(partition);
      },
      commit: async ({ nextOffset }) => void commits.push(`commit ${partition} ${nextOffset}`),
      close: async () => undefined,
    }),
    handle: (batch, scope, committer) => committer.commit(batch, [], scope),
    telemetry: recordedTelemetry(),
    fetchCommitted: async () => committed,
    fetchRanges: async () => [],
    onCommitted: () => undefined,
    onFatal: (error) => void failures.push(error),
    now: () => performance.now(),
  });
  await consumer.start();
  return { client, commits, failures, consumer };
};

const committedAt = (...offsets: readonly bigint[]): Map<number, Committed> =>
  new Map(offsets.map((offset, partition) => [partition, { offset, control: NO_CONTROL }]));

const nothingLeft = (partition: number, first: number, last: number) => ({
  topic: 'in',
  partition,
  batchSize: 0,
  firstOffset: String(first),
  lastOffset: String(last),
  highWatermark: String(last + 1),
});

/** A batch of one record. */
const batchAt = (partition: number, offset: number, onResolve: () => void): EachBatchPayload =>
  ({
    batch: {
      topic: 'in',
      partition,
      highWatermark: String(offset + 1),
      fetchedOffset: String(offset),
      messages: [{ offset: String(offset), key: null, value: Buffer.from('x'), timestamp: '0' }],
      lastOffset: () => String(offset),
    },
    resolveOffset: onResolve,
    heartbeat: async () => undefined,
    pause: () => () => undefined,
    isRunning: () => true,
    isStale: () => false,
  }) as unknown as EachBatchPayload;

describe('the group consumer', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('commits past a fetch of which nothing was left', async () => {
    const { client, commits } = await start(committedAt(5n));
    client.emit('END_BATCH_PROCESS', nothingLeft(0, 5, 6));
    await vi.advanceTimersByTimeAsync(1_500);
    expect(commits).toEqual(['open 0', 'commit 0 7']);
  });

  it('touches no partition that it has lost, though a fetch of it had nothing left', async () => {
    const { client, commits } = await start(committedAt(5n, 5n));
    client.emit('END_BATCH_PROCESS', nothingLeft(0, 5, 6));
    client.join({ in: [1] });
    client.emit('END_BATCH_PROCESS', nothingLeft(0, 7, 8));
    await vi.advanceTimersByTimeAsync(1_500);
    expect(commits).toEqual([]);
  });

  it('leaves a batch of the assignment before alone, which another fetch may still hand over', async () => {
    const { client, commits, failures } = await start(committedAt(5n));
    client.join({});
    // kafkajs has no place to note an offset of a topic that it has no partition of.
    const resolve = (): void => {
      throw new TypeError("Cannot set properties of undefined (setting '0')");
    };
    await client.state.eachBatch?.(batchAt(0, 5, resolve));
    expect(failures).toEqual([]);
    expect(commits).toEqual([]);
  });

  it('goes where an operator sent an idle partition between the join and the first look', async () => {
    const committed = committedAt(20n);
    const { client } = await start(committed);
    committed.set(0, { offset: 2n, control: NO_CONTROL });
    await vi.advanceTimersByTimeAsync(3_500);
    expect(client.told).toEqual(['seek 0 to 2']);
  });
});
