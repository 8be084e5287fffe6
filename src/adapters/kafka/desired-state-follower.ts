import { setTimeout as delay } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import type { Telemetry } from '../../telemetry/telemetry-event.ts';
import type { DesiredStateSink } from './desired-state-sink.ts';
import type { CommittedRecords } from './committed-records.ts';
import { errorMessage, KafkaError } from './kafka-error.ts';
import { createPartitionReader, type PartitionReader } from './partition-reader.ts';
import { createReadProgress, type PartitionEnd } from './read-progress.ts';
import { readTopicFacts, readTopicRanges, type TopicRange } from './topic-facts.ts';

export interface DesiredStateFollowerOptions {
  readonly kafka: Pick<Kafka, 'admin'>;
  readonly topic: string;
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
  /** Ends reading. */
  stop(): Promise<void>;
}

const DEFAULT_PATIENCE_MS = 60_000;
/**
 * Fetches are large enough to be cheap, and small enough to be little memory: two answers are held at a time. A broker
 * that has more sends the next one at once.
 */
const LIMITS = { maxBytes: 2 * 1024 * 1024, maxBytesPerPartition: 2 * 1024 * 1024, maxWaitMs: 250 };
/** How often the sink is told that it still has all that the topic has. */
const CONFIRM_EVERY_MS = 600_000;
const CONFIRM_AT_END_MS = 2_000;

/** Reads the compacted topic of desired resources into a sink: from where the sink is, then what follows. */
export const createDesiredStateFollower = (
  options: DesiredStateFollowerOptions,
): DesiredStateReader => {
  const { kafka, topic, sink, telemetry, now, clock } = options;
  const patienceMs = options.patienceMs ?? DEFAULT_PATIENCE_MS;
  const admin = kafka.admin();
  const progress = createReadProgress(patienceMs, topic);
  /** One past the last record that the sink was given, by partition. */
  const positions = new Map<number, bigint>();
  let firstEnds: readonly TopicRange[] = [];
  let loaded = false;
  let failed = false;
  let stopped = false;
  let reader: PartitionReader | undefined;
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

  const take = async ({
    partition,
    highWatermark,
    records,
    next,
  }: CommittedRecords): Promise<void> => {
    if (highWatermark < (positions.get(partition) ?? 0n)) {
      throw new KafkaError(
        'kafka_crashed',
        `Partition ${partition} of ${topic} ends before what was read of it: the topic was created again.`,
        { retriable: true },
      );
    }
    await sink.write(partition, records, next);
    positions.set(partition, next);
    progress.read(partition, next);
    if (!loaded) return reachFirst();
    await sink.settle(0);
    telemetry.emit({ type: 'desired-state.changed', resources: sink.index.size });
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
    try {
      const ranges = await within(signal, readTopicRanges(admin, topic));
      await progress.reach(endsOf(ranges), signal);
      await sink.settle(0);
    } catch (error) {
      signal.throwIfAborted();
      throw typed(error);
    }
  };

  return {
    start: async (signal) => {
      const started = now();
      telemetry.emit({ type: 'desired-state.loading', topic });
      try {
        signal.throwIfAborted();
        const time = clock();
        const asked = admin.connect().then(() => readTopicFacts(kafka, admin, topic));
        const opened = await within(signal, sink.open(asked));
        const facts = await asked;
        firstEnds = facts.ranges;
        if (opened.rebuilt !== undefined) {
          telemetry.emit({ type: 'desired-state.rebuilding', topic, reason: opened.rebuilt });
        }
        for (const [partition, position] of opened.positions) {
          positions.set(partition, position);
          progress.read(partition, position);
        }
        reachFirst();
        reader = createPartitionReader({
          kafka,
          topic,
          limits: LIMITS,
          positions: beginnings(facts.ranges, positions),
          patienceMs,
          now,
          onRecords: take,
          onNothing: (node) => progress.fetched(node),
        });
        reader.run().catch((error: unknown) => fail(typed(error)));
        await progress.reach(endsOf(facts.ranges), signal);
        await within(signal, sink.settle(time));
      } catch (error) {
        signal.throwIfAborted();
        throw typed(error);
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
      await reader?.stop();
      // A store that was up to date when it was left is good for as long as tombstones are kept.
      if (sink.durable && loaded && !failed) {
        await Promise.race([tryToConfirm(), delay(CONFIRM_AT_END_MS, undefined, { ref: false })]);
      }
      await admin.disconnect();
    },
  };
};

const endsOf = (ranges: readonly TopicRange[]): readonly PartitionEnd[] =>
  ranges
    .filter(({ low, high }) => high > low)
    .map(({ partition, leader, high }) => ({ partition, leader, end: high }));

/** A partition that nothing was read of begins at its first record. */
const beginnings = (
  ranges: readonly TopicRange[],
  positions: ReadonlyMap<number, bigint>,
): ReadonlyMap<number, bigint> =>
  new Map(ranges.map(({ partition, low }) => [partition, positions.get(partition) ?? low]));

const typed = (error: unknown): Error =>
  error instanceof Error && 'code' in error && 'retriable' in error
    ? error
    : new KafkaError('kafka_unavailable', `Cannot read desired resources: ${errorMessage(error)}`, {
        retriable: true,
        cause: error,
      });

/** kafkajs cannot be aborted: what it still does is left to end by itself. */
const within = async <T>(signal: AbortSignal, work: Promise<T>): Promise<T> => {
  // It may fail after nobody waits for it any more.
  work.catch(() => undefined);
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
