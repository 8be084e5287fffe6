import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import type { DesiredResource } from '../../core/model/desired-resource.ts';
import type { RecordFailure } from '../../core/model/outcome.ts';
import type { Telemetry } from '../../telemetry/telemetry-event.ts';
import { errorMessage, KafkaError, protocolErrorType } from './kafka-error.ts';
import { createReadProgress, type ReadProgress } from './read-progress.ts';

/** What the topic's records are written to. The desired-state store is one. */
export interface DesiredStateTarget {
  upsert(resource: DesiredResource): void;
  remove(key: string): void;
  /** Told of a record whose value cannot be decoded; what the key held before stays unless this removes it. */
  undecodable?(key: string): void;
  readonly size: number;
}

export interface DesiredStateReaderOptions {
  readonly kafka: Pick<Kafka, 'consumer' | 'admin'>;
  readonly topic: string;
  /** Of this process alone: two readers in one group would each see half of the topic. */
  readonly groupId: string;
  readonly target: DesiredStateTarget;
  /** A failure is one record's; a throw is one of the surroundings, such as the registry, and ends the reader. */
  readonly decode: (value: Buffer) => Promise<DesiredResource | RecordFailure>;
  readonly telemetry: Telemetry;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** Longest wait without any progress, in milliseconds. Default 60,000. */
  readonly patienceMs?: number;
  /** Called once, when the reader cannot go on. */
  readonly onFatal: (error: Error) => void;
}

export interface DesiredStateReader {
  /**
   * Reads from the beginning; resolves once all is read that was committed at the call. Goes on with what follows.
   * @throws KafkaError `topic_missing`, `kafka_stalled`, `kafka_crashed`, `kafka_unavailable`; the signal's reason.
   */
  start(signal: AbortSignal): Promise<void>;
  /** Resolves once all is read that is committed at this call. Only after `start`. Throws as it does. */
  catchUp(signal: AbortSignal): Promise<void>;
  /** Ends reading and deletes the group. Where that is not allowed, the broker drops the group by itself: it has no offsets. */
  stop(): Promise<void>;
}

const DEFAULT_PATIENCE_MS = 60_000;
const FETCH_WAIT_MS = 250;
const HEARTBEAT_EVERY_RECORDS = 500;

/** Reads the compacted topic of desired resources: all of it, then what follows. Tombstones remove. */
export const createDesiredStateReader = (
  options: DesiredStateReaderOptions,
): DesiredStateReader => {
  const { kafka, topic, groupId, target, telemetry, now } = options;
  const admin = kafka.admin();
  const consumer = kafka.consumer({
    groupId,
    maxWaitTimeInMs: FETCH_WAIT_MS,
    allowAutoTopicCreation: false,
    readUncommitted: false,
  });
  const progress = createReadProgress(options.patienceMs ?? DEFAULT_PATIENCE_MS, topic);
  let loaded = false;
  let failed = false;

  const fail = (error: Error): void => {
    if (failed) return;
    failed = true;
    progress.fail(error);
    options.onFatal(error);
  };

  const applyRecord = async (
    partition: number,
    { offset, key, value }: { offset: string; key: Buffer | null; value: Buffer | null },
  ): Promise<void> => {
    const undecodable = (message: string): void => {
      telemetry.emit({ type: 'desired-state.undecodable', topic, partition, offset, message });
      if (key !== null) target.undecodable?.(key.toString());
    };
    if (key === null) return undecodable('The record has no key.');
    if (value === null) return target.remove(key.toString());
    const decoded = await options.decode(value);
    if (!('key' in decoded)) return undecodable(decoded.message);
    if (decoded.key !== key.toString())
      return undecodable('The resource has another key than the record.');
    target.upsert(decoded);
  };

  const eachBatch = async (payload: EachBatchPayload): Promise<void> => {
    const { batch } = payload;
    try {
      for (const [position, message] of batch.messages.entries()) {
        if (failed || !payload.isRunning()) return;
        await applyRecord(batch.partition, message);
        if (position % HEARTBEAT_EVERY_RECORDS === 0) await payload.heartbeat();
      }
    } catch (error) {
      // Nothing but the loss of the membership may reach kafkajs: it ends for good on some errors and loops on others.
      if (protocolErrorType(error) !== undefined) throw error;
      fail(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    if (loaded) telemetry.emit({ type: 'desired-state.changed', resources: target.size });
  };

  const catchUp = async (signal: AbortSignal): Promise<void> => {
    const targets = await within(signal, committedEnds(admin, topic));
    await progress.reach(targets, signal);
  };

  return {
    start: async (signal) => {
      const started = now();
      telemetry.emit({ type: 'desired-state.loading', topic });
      try {
        await within(signal, admin.connect());
        const targets = await within(signal, committedEnds(admin, topic));
        listen(consumer, progress, fail, telemetry);
        await within(signal, consumer.connect());
        await within(signal, consumer.subscribe({ topics: [topic], fromBeginning: true }));
        consumer
          .run({ autoCommit: false, eachBatch })
          .catch((error: unknown) => fail(unavailable(error)));
        await progress.reach(targets, signal);
      } catch (error) {
        signal.throwIfAborted();
        throw error instanceof KafkaError || failed ? error : unavailable(error);
      }
      loaded = true;
      const seconds = (now() - started) / 1000;
      telemetry.emit({ type: 'desired-state.loaded', topic, resources: target.size, seconds });
    },
    catchUp,
    stop: async () => {
      failed = true;
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

const listen = (
  consumer: Consumer,
  progress: ReadProgress,
  fail: (error: Error) => void,
  telemetry: Telemetry,
): void => {
  const { END_BATCH_PROCESS, FETCH, CRASH } = consumer.events;
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
          {
            retriable: true,
            cause: payload.error,
          },
        ),
      );
    }
  });
};

/** kafkajs tells the broker of a fetch, but not in its types. */
const nodeOf = (payload: object): number =>
  'nodeId' in payload ? Number(payload.nodeId) : Number.NaN;

/**
 * Where each partition ends and which broker leads it. kafkajs asks for offsets with isolation read_committed, so
 * the end is the last stable offset: a transaction that is still open is not waited for.
 */
const committedEnds = async (
  admin: ReturnType<Kafka['admin']>,
  topic: string,
): Promise<
  readonly { readonly partition: number; readonly leader: number; readonly end: bigint }[]
> => {
  try {
    const metadata = await admin.fetchTopicMetadata({ topics: [topic] });
    const leaders = new Map(
      metadata.topics.flatMap(({ partitions }) =>
        partitions.map(({ partitionId, leader }) => [partitionId, leader] as const),
      ),
    );
    const offsets = await admin.fetchTopicOffsets(topic);
    return offsets
      .filter(({ low, high }) => BigInt(high) > BigInt(low))
      .map(({ partition, high }) => ({
        partition,
        leader: leaders.get(partition) ?? Number.NaN,
        end: BigInt(high),
      }));
  } catch (error) {
    if (protocolErrorType(error) !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
    throw new KafkaError(
      'topic_missing',
      `The topic ${topic} does not exist: run \`driftline setup\`.`,
      {
        retriable: false,
        cause: error,
      },
    );
  }
};

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
