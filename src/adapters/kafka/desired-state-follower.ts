import { setTimeout as delay } from 'node:timers/promises';
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import type { Telemetry } from '../../telemetry/telemetry-event.ts';
import type { DesiredStateSink } from './desired-state-sink.ts';
import { errorMessage, KafkaError, protocolErrorType } from './kafka-error.ts';
import { createReadProgress, type PartitionEnd, type ReadProgress } from './read-progress.ts';
import { readTopicFacts, readTopicRanges, type TopicRange } from './topic-facts.ts';

export interface DesiredStateFollowerOptions {
  readonly kafka: Pick<Kafka, 'consumer' | 'admin'>;
  readonly topic: string;
  /** Of this process alone: two readers in one group would each see half of the topic. */
  readonly groupId: string;
  readonly sink: DesiredStateSink;
  readonly telemetry: Telemetry;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Longest wait without any progress, in milliseconds. Default 60,000. */
  readonly patienceMs?: number;
  /** Called once, when the reader cannot go on. */
  readonly onFatal: (error: Error) => void;
  /** Told how far the first reading is: resources held, and offsets to go. */
  readonly onProgress?: (progress: {
    readonly resources: number;
    readonly offsetsLeft: bigint;
  }) => void;
}

export interface DesiredStateReader {
  /**
   * Reads what the sink lacks; resolves once it has all that was committed at the call. Goes on with what follows.
   * @throws KafkaError `topic_missing`, `kafka_stalled`, `kafka_crashed`, `kafka_unavailable`; what the sink throws;
   * the signal's reason.
   */
  start(signal: AbortSignal): Promise<void>;
  /** Resolves once all is read that is committed at this call. Only after `start`. Throws as it does. */
  catchUp(signal: AbortSignal): Promise<void>;
  /** Ends reading and deletes the group. Where that is not allowed, the broker drops the group by itself: it has no offsets. */
  stop(): Promise<void>;
}

const DEFAULT_PATIENCE_MS = 60_000;
const FETCH_WAIT_MS = 250;
/** The topic is read once, and as fast as can be: kafkajs hands over more than twice as much as with its default. */
const MAX_BYTES_PER_PARTITION = 4 * 1024 * 1024;
/** Of all partitions together: kafkajs holds two or three answers at a time, which is most of the memory of a load. */
const MAX_BYTES = MAX_BYTES_PER_PARTITION;
/** Records that the sink takes between two heartbeats. */
const SLICE = 2_000;
/** How often the sink is told that it still has all that the topic has. */
const CONFIRM_EVERY_MS = 600_000;
const CONFIRM_AT_END_MS = 2_000;

/** Reads the compacted topic of desired resources into a sink: from where the sink is, then what follows. */
export const createDesiredStateFollower = (
  options: DesiredStateFollowerOptions,
): DesiredStateReader => {
  const { kafka, topic, groupId, sink, telemetry, now, clock } = options;
  const admin = kafka.admin();
  const consumer = kafka.consumer({
    groupId,
    maxWaitTimeInMs: FETCH_WAIT_MS,
    maxBytesPerPartition: MAX_BYTES_PER_PARTITION,
    maxBytes: MAX_BYTES,
    allowAutoTopicCreation: false,
    readUncommitted: false,
  });
  const progress = createReadProgress(options.patienceMs ?? DEFAULT_PATIENCE_MS, topic);
  /** One past the last record that the sink was given, by partition. */
  const positions = new Map<number, bigint>();
  let firstEnds: readonly TopicRange[] = [];
  let loaded = false;
  let failed = false;
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  let confirming: NodeJS.Timeout | undefined;

  const fail = (error: Error): void => {
    if (failed || stopped) return;
    failed = true;
    progress.fail(error);
    options.onFatal(error);
  };

  const offsetsLeft = (): bigint =>
    firstEnds.reduce((sum, { partition, low, high }) => {
      const position = positions.get(partition) ?? low;
      return position < high ? sum + high - position : sum;
    }, 0n);

  const reachFirst = (): void =>
    options.onProgress?.({ resources: sink.index.size, offsetsLeft: offsetsLeft() });

  const writeBatch = async (payload: EachBatchPayload): Promise<void> => {
    const { batch } = payload;
    const { partition } = batch;
    const position = positions.get(partition) ?? 0n;
    if (BigInt(batch.highWatermark) < position) {
      throw new KafkaError(
        'kafka_crashed',
        `Partition ${partition} of ${topic} ends before what was read of it: the topic was created again.`,
        { retriable: true },
      );
    }
    // A member that joins again, and a batch that is tried again, bring what is held already.
    const messages =
      BigInt(batch.firstOffset() ?? 0) >= position
        ? batch.messages
        : batch.messages.filter(({ offset }) => BigInt(offset) >= position);
    for (let from = 0; from < messages.length; from += SLICE) {
      if (failed || stopped || !payload.isRunning()) return;
      const slice = messages.length <= SLICE ? messages : messages.slice(from, from + SLICE);
      const next = BigInt(slice[slice.length - 1]!.offset) + 1n;
      await sink.write(partition, slice, next);
      positions.set(partition, next);
      await payload.heartbeat();
    }
    const next = BigInt(batch.lastOffset()) + 1n;
    if (next > (positions.get(partition) ?? 0n)) {
      await sink.write(partition, [], next);
      positions.set(partition, next);
    }
  };

  const eachBatch = async (payload: EachBatchPayload): Promise<void> => {
    const writing = writeBatch(payload);
    running = writing.catch(() => undefined);
    try {
      await writing;
      if (!loaded) return reachFirst();
      await sink.settle(0);
    } catch (error) {
      // Nothing but the loss of the membership may reach kafkajs: it ends for good on some errors and loops on others.
      if (protocolErrorType(error) !== undefined) throw error;
      fail(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    telemetry.emit({ type: 'desired-state.changed', resources: sink.index.size });
  };

  /** A member that joins has no committed offset, and would begin at the beginning. */
  const goOn = (partitions: readonly number[]): void => {
    for (const partition of partitions) {
      const position = positions.get(partition);
      if (position !== undefined) consumer.seek({ topic, partition, offset: String(position) });
    }
  };

  /** Tells the sink, where it has all that the topic has now. */
  const confirm = async (): Promise<void> => {
    const time = clock();
    const ranges = await readTopicRanges(admin, topic);
    if (ranges.every(({ partition, high }) => (positions.get(partition) ?? 0n) >= high)) {
      await sink.settle(time);
    }
  };

  const tryToConfirm = async (): Promise<void> => {
    try {
      await confirm();
    } catch {
      // The store then counts as older than it is, and at worst is built anew once too often.
    }
  };

  const catchUp = async (signal: AbortSignal): Promise<void> => {
    const ranges = await within(signal, readTopicRanges(admin, topic));
    await progress.reach(endsOf(ranges), signal);
    await sink.settle(0);
  };

  return {
    start: async (signal) => {
      const started = now();
      telemetry.emit({ type: 'desired-state.loading', topic });
      try {
        await within(signal, admin.connect());
        const time = clock();
        const facts = await within(signal, readTopicFacts(kafka, admin, topic));
        firstEnds = facts.ranges;
        const opened = await within(signal, sink.open(facts));
        if (opened.rebuilt !== undefined) {
          telemetry.emit({ type: 'desired-state.rebuilding', topic, reason: opened.rebuilt });
        }
        for (const [partition, position] of opened.positions) {
          positions.set(partition, position);
          progress.read(partition, position);
        }
        reachFirst();
        listen(consumer, { topic, progress, fail, goOn, telemetry });
        await within(signal, consumer.connect());
        await within(signal, consumer.subscribe({ topics: [topic], fromBeginning: true }));
        consumer
          .run({ autoCommit: false, eachBatch })
          .catch((error: unknown) => fail(unavailable(error)));
        await progress.reach(endsOf(facts.ranges), signal);
        await within(signal, sink.settle(time));
      } catch (error) {
        signal.throwIfAborted();
        throw isTyped(error) || failed ? error : unavailable(error);
      }
      loaded = true;
      if (sink.durable) {
        confirming = setInterval(() => void tryToConfirm(), CONFIRM_EVERY_MS);
        confirming.unref();
      }
      const seconds = (now() - started) / 1000;
      telemetry.emit({ type: 'desired-state.loaded', topic, resources: sink.index.size, seconds });
    },
    catchUp,
    stop: async () => {
      stopped = true;
      clearInterval(confirming);
      await running;
      // A store that was up to date when it was left is good for as long as tombstones are kept.
      if (sink.durable && loaded && !failed) {
        await Promise.race([tryToConfirm(), delay(CONFIRM_AT_END_MS, undefined, { ref: false })]);
      }
      await consumer.disconnect();
      try {
        await admin.deleteGroups([groupId]);
      } catch {
        // Not allowed, or gone already: the broker drops an empty group without offsets.
      }
      await admin.disconnect();
    },
  };
};

const endsOf = (ranges: readonly TopicRange[]): readonly PartitionEnd[] =>
  ranges
    .filter(({ low, high }) => high > low)
    .map(({ partition, leader, high }) => ({ partition, leader, end: high }));

const isTyped = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && 'retriable' in error;

const listen = (
  consumer: Consumer,
  {
    topic,
    progress,
    fail,
    goOn,
    telemetry,
  }: {
    readonly topic: string;
    readonly progress: ReadProgress;
    readonly fail: (error: Error) => void;
    readonly goOn: (partitions: readonly number[]) => void;
    readonly telemetry: Telemetry;
  },
): void => {
  const { END_BATCH_PROCESS, FETCH, GROUP_JOIN, CRASH } = consumer.events;
  consumer.on(GROUP_JOIN, ({ payload }) => goOn(payload.memberAssignment[topic] ?? []));
  consumer.on(END_BATCH_PROCESS, ({ payload }) => {
    progress.read(payload.partition, BigInt(payload.lastOffset) + 1n);
  });
  consumer.on(FETCH, ({ payload }) => progress.fetched(nodeOf(payload)));
  consumer.on(CRASH, ({ payload }) => {
    telemetry.emit({
      type: 'consumer.crashed',
      message: errorMessage(payload.error),
      restart: payload.restart,
    });
    if (!payload.restart) {
      fail(
        new KafkaError(
          'kafka_crashed',
          `Reading desired resources ended: ${errorMessage(payload.error)}`,
          { retriable: true, cause: payload.error },
        ),
      );
    }
  });
};

/** kafkajs tells the broker of a fetch, but not in its types. */
const nodeOf = (payload: object): number =>
  'nodeId' in payload ? Number(payload.nodeId) : Number.NaN;

const unavailable = (error: unknown): KafkaError =>
  new KafkaError('kafka_unavailable', `Cannot read desired resources: ${errorMessage(error)}`, {
    retriable: true,
    cause: error,
  });

/** kafkajs cannot be aborted: what it still does is left to end by itself. */
const within = async <T>(signal: AbortSignal, work: Promise<T>): Promise<T> => {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
};
