import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import type { InputBatch, UnitCommitter, UnitScope } from '../../pipeline/ports.ts';
import type { Telemetry } from '../../telemetry/telemetry-event.ts';
import type { Committed } from './committed-offsets.ts';
import { fetchBytes } from './fetch-bytes.ts';
import { createFilteredOffsets, type FilteredFetch } from './filtered-offsets.ts';
import { errorMessage, isGroupMovedOn, KafkaError, PartitionLostError } from './kafka-error.ts';
import { createPartitionControls } from './partition-controls.ts';
import { createPartitionPlaces } from './partition-places.ts';
import { splitBatch, type UnitLimits } from './split-batch.ts';
import type { TopicRange } from './topic-facts.ts';
import type { PartitionCommitter } from './unit-committer.ts';
import { unitLag } from './unit-lag.ts';
import { openScope, type MemberScope } from './unit-scope.ts';
import { createUnitSize } from './unit-size.ts';
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
  /** How old the list of partitions may get. */
  readonly metadataMaxAgeMs: number;
  readonly maxBytesPerPartition: number;
  readonly partitionsConsumedConcurrently: number;
  readonly stallMs: number;
  readonly limits: UnitLimits;
  readonly createCommitter: (topic: string, partition: number) => PartitionCommitter;
  readonly handle: UnitHandler;
  readonly telemetry: Telemetry;
  /** What the group has committed, by partition. */
  readonly fetchCommitted: (topic: string) => Promise<ReadonlyMap<number, Committed>>;
  /** Where each partition begins and ends. */
  readonly fetchRanges: (topic: string) => Promise<readonly TopicRange[]>;
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

/** How long commits past fetches without a record are gathered. */
const filteredDelayMs = 1_000;

/** How long an idle partition takes to see what an operator orders. */
const controlsIntervalMs = 3_000;

/**
 * The group consumer. Nothing that a unit throws reaches kafkajs, but for the loss of the membership: kafkajs stops for
 * good on a TypeError and repeats any other error for ever. What a unit cannot mend goes to `onFatal`.
 */
export const createGroupConsumer = (options: GroupConsumerOptions): GroupConsumer => {
  const { groupId, telemetry, now } = options;
  const stopNow = new AbortController();
  const size = createUnitSize(options.limits);
  let assigned: ReadonlySet<string> | undefined;
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
    metadataMaxAge: options.metadataMaxAgeMs,
    allowAutoTopicCreation: false,
    readUncommitted: false,
  });

  const isAssigned = (topic: string, partition: number): boolean =>
    assigned?.has(`${topic}/${partition}`) === true;

  const noteCommitted = (topic: string, partition: number, offset: bigint): void => {
    options.onCommitted(topic, partition, offset);
    controls.committed(topic, partition, offset);
  };

  const seek = (topic: string, partition: number, offset: bigint): void =>
    consumer.seek({ topic, partition, offset: String(offset) });

  const places = createPartitionPlaces({
    createCommitter: options.createCommitter,
    seek,
    hold: (topic, partition) => controls.hold(topic, partition),
    onCommitted: noteCommitted,
  });

  const controls = createPartitionControls({
    fetch: options.fetchCommitted,
    intervalMs: controlsIntervalMs,
    hold: (topic, partition) => {
      consumer.pause([{ topic, partitions: [partition] }]);
      telemetry.emit({ type: 'partition.paused', topic, partition });
    },
    release: (topic, partition) => {
      places.forget(topic, partition);
      consumer.resume([{ topic, partitions: [partition] }]);
      telemetry.emit({ type: 'partition.resumed', topic, partition });
    },
    align: seek,
    ranges: options.fetchRanges,
    waiting: (topic, partition, records) =>
      telemetry.emit({ type: 'partition.waiting', topic, partition, records }),
    move: (topic, partition, offset) => {
      places.forget(topic, partition);
      seek(topic, partition, offset);
      telemetry.emit({ type: 'partition.moved', topic, partition, offset: String(offset) });
    },
  });

  const passFiltered = async (fetch: FilteredFetch): Promise<void> => {
    const { topic, partition, last, highWatermark } = fetch;
    if (failed || stopping) return;
    const started = now();
    const nextOffset = String(last + 1n);
    const unit: InputBatch = { topic, partition, records: [], nextOffset, highWatermark };
    // kafkajs goes on fetching meanwhile, and sends the heartbeats.
    const scope = { signal: stopNow.signal, heartbeat: async () => undefined };
    try {
      const committer = places.committer(topic, partition);
      if (!(await places.isFrontier(fetch, scope))) return;
      await committer.commit(unit, [], scope);
      noteCommitted(topic, partition, last + 1n);
      telemetry.emit({
        type: 'unit.finished',
        topic,
        partition,
        nextOffset,
        records: 0,
        lag: unitLag(unit).finished,
        seconds: (now() - started) / 1000,
      });
    } catch (error) {
      places.forget(topic, partition);
      if (stopNow.signal.aborted || error instanceof PartitionLostError) return;
      fail(error instanceof Error ? error : new Error(String(error)));
    }
  };
  const filtered = createFilteredOffsets({ delayMs: filteredDelayMs, pass: passFiltered });

  const processBatch = async (payload: EachBatchPayload, scope: MemberScope): Promise<void> => {
    const { batch } = payload;
    await filtered.settle(batch.topic, batch.partition);
    // Of this assignment: after the next one it is closed, and commits nothing more.
    const committer = places.committer(batch.topic, batch.partition);
    const begin = await places.begin(batch, scope);
    if (begin === undefined) return;
    let isEmpty = true;
    for (const unit of splitBatch(batch, size.limits, begin)) {
      isEmpty = false;
      scope.signal.throwIfAborted();
      if (!payload.isRunning() || payload.isStale() || failed) return;
      if (!isAssigned(batch.topic, batch.partition)) return;
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
      try {
        await options.handle(unit, scope, committer);
      } catch (error) {
        size.interrupted(unit);
        throw error;
      }
      const took = now() - started;
      size.finished(unit, took);
      noteCommitted(unit.topic, unit.partition, next);
      payload.resolveOffset(String(next - 1n));
      telemetry.emit({
        type: 'unit.finished',
        topic: unit.topic,
        partition: unit.partition,
        nextOffset: unit.nextOffset,
        records: unit.records.length,
        lag: lag.finished,
        seconds: took / 1000,
      });
    }
    if (isEmpty) payload.resolveOffset(batch.lastOffset());
  };

  const eachBatch = async (payload: EachBatchPayload): Promise<void> => {
    const { topic, partition } = payload.batch;
    // While one broker's records are in work, another's answer may bring a new assignment about.
    if (failed || stopping || !isAssigned(topic, partition)) return;
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
      places.forget(topic, partition);
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
    consumer.on(events.END_BATCH_PROCESS, ({ payload }) => {
      const { topic, partition, batchSize, firstOffset, lastOffset, highWatermark } = payload;
      if (batchSize > 0 || !isAssigned(topic, partition)) return;
      const last = BigInt(lastOffset);
      // Where the fetch began: see `markFetchStart`.
      const first = firstOffset === null ? last : BigInt(firstOffset);
      filtered.note({ topic, partition, first, last, highWatermark });
    });
    consumer.on(events.RECEIVED_UNSUBSCRIBED_TOPICS, ({ payload }) => {
      fail(
        new KafkaError(
          'group_shared',
          `Another deployment with other topics is in group ${groupId}: this member was told to read ` +
            `${payload.topicsNotSubscribed.join(', ')}, and reads ${payload.topicsSubscribed.join(', ')}. Give each its own kafka.groupId.`,
          { retriable: false },
        ),
      );
    });
    consumer.on(events.GROUP_JOIN, ({ payload }) => {
      filtered.forgetAll();
      places.forgetAll();
      controls.assign(payload.memberAssignment);
      assigned = new Set(
        Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
          partitions.map((partition) => `${topic}/${partition}`),
        ),
      );
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
          const what = assigned !== undefined ? 'showed no sign of life' : 'did not join the group';
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
      filtered.forgetAll();
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
        await places.close();
      }
    },

    forget: (topic, partition) => {
      places.forget(topic, partition);
    },
  };
};
