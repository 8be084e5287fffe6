import type { Batch, Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import type { InputBatch, UnitCommitter, UnitScope } from '../../pipeline/ports.ts';
import type { Telemetry } from '../../telemetry/telemetry-event.ts';
import type { PartitionControl } from '../../codec/partition-control.ts';
import type { Committed } from './committed-offsets.ts';
import { errorMessage, isGroupMovedOn, KafkaError, PartitionLostError } from './kafka-error.ts';
import { createPartitionControls } from './partition-controls.ts';
import { splitBatch, type UnitLimits } from './split-batch.ts';
import type { PartitionCommitter } from './unit-committer.ts';
import { unitLag } from './unit-lag.ts';
import { openScope, type MemberScope } from './unit-scope.ts';
import { startWatchdog, type Watchdog } from './watchdog.ts';

/** Works on one unit: when it resolves, the unit is committed. */
export type UnitHandler = (
  batch: InputBatch,
  scope: UnitScope,
  committer: UnitCommitter,
) => Promise<void>;

export interface GroupConsumerOptions {
  readonly kafka: Pick<Kafka, 'consumer'>;
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  readonly maxBytesPerPartition: number;
  readonly partitionsConsumedConcurrently: number;
  readonly stallMs: number;
  readonly limits: UnitLimits;
  readonly createCommitter: (topic: string, partition: number) => PartitionCommitter;
  readonly handle: UnitHandler;
  readonly telemetry: Telemetry;
  /** What the group has committed, by partition. */
  readonly fetchCommitted: (topic: string) => Promise<ReadonlyMap<number, Committed>>;
  /** Called after each commit. */
  readonly onCommitted: (topic: string, partition: number, nextOffset: bigint) => void;
  /** Called once, with what this process cannot go on from. */
  readonly onFatal: (error: Error) => void;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
}

export interface GroupConsumer {
  /** Joins the group. Resolves once joined. */
  start(): Promise<void>;
  /** Ends fetching and waits for the units in flight; after `graceMs` they are aborted. Leaves the group. */
  stop(graceMs: number): Promise<void>;
  /** Forgets a partition's producer and position, so that its next batch asks for the committed offset anew. */
  forget(topic: string, partition: number): void;
}

/** Wait of one fetch at the broker: bounds how long a stop or a rebalance waits for an idle fetch. */
const fetchWaitMs = 1_000;

/** Bytes of one fetch over all partitions. */
const fetchBytes = (options: GroupConsumerOptions): number =>
  Math.max(10 * 1024 * 1024, options.maxBytesPerPartition * options.partitionsConsumedConcurrently);

/** kafkajs keeps the offset that it asked for, but not in its types. */
const fetchedOffset = (batch: Batch): bigint | undefined =>
  'fetchedOffset' in batch && typeof batch.fetchedOffset === 'string'
    ? BigInt(batch.fetchedOffset)
    : undefined;

/** How long an idle partition takes to see what an operator orders. */
const controlsIntervalMs = 3_000;

interface PartitionState {
  readonly committer: PartitionCommitter;
  opened: boolean;
  /** Offsets that an operator has ordered to skip. */
  skip: PartitionControl['skip'];
}

/**
 * The group consumer. Nothing that a unit throws reaches kafkajs, but for the loss of the membership: kafkajs stops for
 * good on a TypeError and repeats any other error for ever. What a unit cannot mend goes to `onFatal`.
 */
export const createGroupConsumer = (options: GroupConsumerOptions): GroupConsumer => {
  const { groupId, telemetry, now } = options;
  const stopNow = new AbortController();
  const partitions = new Map<string, PartitionState>();
  let assigned = false;
  let stopping = false;
  let failed = false;
  let watchdog: Watchdog | undefined;

  const fail = (error: Error): void => {
    if (failed) return;
    failed = true;
    options.onFatal(error);
  };

  const consumer: Consumer = options.kafka.consumer({
    groupId,
    sessionTimeout: options.sessionTimeoutMs,
    rebalanceTimeout: options.rebalanceTimeoutMs,
    heartbeatInterval: options.heartbeatIntervalMs,
    maxBytesPerPartition: options.maxBytesPerPartition,
    maxBytes: fetchBytes(options),
    maxWaitTimeInMs: fetchWaitMs,
    allowAutoTopicCreation: false,
    readUncommitted: false,
  });

  const forget = (key: string): void => {
    const state = partitions.get(key);
    partitions.delete(key);
    // A doubtful producer may fail to end; the next one fences it.
    if (state !== undefined) void state.committer.close().catch(() => undefined);
  };

  const noteCommitted = (topic: string, partition: number, offset: bigint): void => {
    options.onCommitted(topic, partition, offset);
    controls.committed(topic, partition, offset);
  };

  const controls = createPartitionControls({
    fetch: options.fetchCommitted,
    intervalMs: controlsIntervalMs,
    hold: (topic, partition) => {
      consumer.pause([{ topic, partitions: [partition] }]);
      telemetry.emit({ type: 'partition.paused', topic, partition });
    },
    release: (topic, partition) => {
      forget(`${topic}/${partition}`);
      consumer.resume([{ topic, partitions: [partition] }]);
      telemetry.emit({ type: 'partition.resumed', topic, partition });
    },
    move: (topic, partition, offset) => {
      forget(`${topic}/${partition}`);
      consumer.seek({ topic, partition, offset: String(offset) });
      telemetry.emit({ type: 'partition.moved', topic, partition, offset: String(offset) });
    },
  });

  const stateOf = (topic: string, partition: number): PartitionState => {
    const key = `${topic}/${partition}`;
    const state = partitions.get(key) ?? {
      committer: options.createCommitter(topic, partition),
      opened: false,
      skip: [],
    };
    partitions.set(key, state);
    return state;
  };

  /** Where to begin in this batch; undefined: the fetch was at the wrong place, and the next one begins at the right one. */
  const firstOffset = async (
    batch: Batch,
    state: PartitionState,
    scope: UnitScope,
  ): Promise<bigint | undefined> => {
    if (state.opened) return 0n;
    const { topic, partition } = batch;
    const committed = await state.committer.open(scope);
    state.opened = true;
    if (committed === undefined) return 0n;
    const { offset, control } = committed;
    noteCommitted(topic, partition, offset);
    state.skip = control.skip;
    const fetched = fetchedOffset(batch);
    const ahead = fetched !== undefined && fetched > offset;
    const elsewhere = ahead || BigInt(batch.lastOffset()) < offset;
    if (elsewhere) consumer.seek({ topic, partition, offset: String(offset) });
    if (control.paused !== undefined) {
      controls.hold(topic, partition);
      return undefined;
    }
    return elsewhere ? undefined : offset;
  };

  const processBatch = async (payload: EachBatchPayload, scope: MemberScope): Promise<void> => {
    const { batch } = payload;
    const state = stateOf(batch.topic, batch.partition);
    const from = await firstOffset(batch, state, scope);
    if (from === undefined) return;
    const units = splitBatch(batch, options.limits, { from, skip: state.skip });
    for (const unit of units) {
      scope.signal.throwIfAborted();
      if (!payload.isRunning() || payload.isStale() || failed) return;
      const started = now();
      const next = BigInt(unit.nextOffset);
      const lag = unitLag(unit);
      telemetry.emit({
        type: 'records.received',
        topic: unit.topic,
        partition: unit.partition,
        count: unit.records.length,
        lag: lag.received,
      });
      await options.handle(unit, scope, state.committer);
      noteCommitted(unit.topic, unit.partition, next);
      payload.resolveOffset(String(next - 1n));
      telemetry.emit({
        type: 'unit.finished',
        topic: unit.topic,
        partition: unit.partition,
        nextOffset: unit.nextOffset,
        records: unit.records.length,
        lag: lag.finished,
        seconds: (now() - started) / 1000,
      });
    }
    if (units.length === 0) payload.resolveOffset(batch.lastOffset());
  };

  const eachBatch = async (payload: EachBatchPayload): Promise<void> => {
    const { topic, partition } = payload.batch;
    if (failed || stopping) return;
    const scope = openScope({
      heartbeat: () => payload.heartbeat(),
      intervalMs: Math.max(100, Math.floor(options.heartbeatIntervalMs / 2)),
      sessionTimeoutMs: options.sessionTimeoutMs,
      stop: stopNow.signal,
      now,
    });
    try {
      await processBatch(payload, scope);
    } catch (error) {
      forget(`${topic}/${partition}`);
      if (stopNow.signal.aborted) return;
      if (scope.lost() !== undefined) throw scope.lost();
      if (isGroupMovedOn(error)) throw error;
      if (error instanceof PartitionLostError) return;
      payload.pause();
      fail(error instanceof Error ? error : new Error(String(error)));
    } finally {
      scope.end();
    }
  };

  const listen = (): void => {
    const { events } = consumer;
    const alive = (): void => watchdog?.touch();
    for (const name of [events.FETCH, events.HEARTBEAT, events.END_BATCH_PROCESS] as const) {
      consumer.on(name, alive);
    }
    consumer.on(events.GROUP_JOIN, ({ payload }) => {
      for (const key of [...partitions.keys()]) forget(key);
      controls.assign(payload.memberAssignment);
      assigned = true;
      alive();
      telemetry.emit({
        type: 'group.joined',
        group: groupId,
        partitions: payload.memberAssignment,
      });
    });
    consumer.on(events.REBALANCING, () => {
      telemetry.emit({ type: 'group.rebalancing', group: groupId });
    });
    consumer.on(events.CRASH, ({ payload }) => {
      const message = errorMessage(payload.error);
      telemetry.emit({ type: 'consumer.crashed', message, restart: payload.restart });
      if (!payload.restart) {
        fail(
          new KafkaError('kafka_crashed', `The Kafka consumer ended: ${message}`, {
            retriable: true,
            cause: payload.error,
          }),
        );
      }
    });
  };

  const joined = (): Promise<void> =>
    new Promise((resolve) => {
      const remove = consumer.on(consumer.events.GROUP_JOIN, () => {
        remove();
        resolve();
      });
    });

  return {
    start: async () => {
      listen();
      watchdog = startWatchdog({
        limitMs: options.stallMs,
        now,
        onStall: (seconds) => {
          telemetry.emit({ type: 'consumer.stalled', seconds });
          const what = assigned ? 'showed no sign of life' : 'did not join the group';
          fail(
            new KafkaError('kafka_stalled', `The Kafka consumer ${what} for ${seconds} s.`, {
              retriable: true,
            }),
          );
        },
      });
      await consumer.connect();
      await consumer.subscribe({ topics: [...options.topics], fromBeginning: true });
      const ready = joined();
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: options.partitionsConsumedConcurrently,
        eachBatch,
      });
      if (!failed) await ready;
    },

    stop: async (graceMs) => {
      stopping = true;
      const timer = setTimeout(() => {
        stopNow.abort(new Error('the time to finish is over'));
      }, graceMs);
      try {
        await consumer.disconnect();
      } finally {
        clearTimeout(timer);
        stopNow.abort(new Error('stopped'));
        watchdog?.stop();
        controls.stop();
        await Promise.all([...partitions.values()].map((state) => state.committer.close()));
        partitions.clear();
      }
    },

    forget: (topic, partition) => {
      forget(`${topic}/${partition}`);
    },
  };
};
