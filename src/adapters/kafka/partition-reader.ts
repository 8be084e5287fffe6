import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { committedRecords, type CommittedRecords } from './committed-records.ts';
import {
  fetchBatches,
  type FetchAnswer,
  type FetchedPartition,
  type FetchLimits,
} from './fetch-batches.ts';
import { errorMessage, KafkaError, protocolErrorType } from './kafka-error.ts';
import { clusterOf, type KafkajsCluster } from './kafkajs-cluster.ts';

export interface PartitionReaderOptions {
  readonly kafka: Pick<Kafka, 'admin'>;
  readonly topic: string;
  readonly limits: FetchLimits;
  /** Where to begin, by partition; one that is not in it is read from offset 0. */
  readonly positions: ReadonlyMap<number, bigint>;
  /** Longest time without an answer of some leader, in milliseconds. */
  readonly patienceMs: number;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** Given all that is read, one after the other; the next fetch is under way meanwhile, and no more than that. */
  readonly onRecords: (records: CommittedRecords) => Promise<void>;
  /** Told of a fetch that brought nothing, after all before it was handled. */
  readonly onNothing: (node: number) => void;
}

/** Reads all partitions of a topic, committed records only, without a group: nothing is stored at the brokers. */
export interface PartitionReader {
  /**
   * Resolves after `stop`. Rides out what passes: a broker that restarts, a leader that moves.
   * @throws KafkaError `kafka_unavailable`, `kafka_crashed`; RecordBatchError; what `onRecords` throws
   */
  run(): Promise<void>;
  /** Resolves once nothing is under way; after 5 s at the latest, since kafkajs cannot be told to give up a connection. */
  stop(): Promise<void>;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** How often new partitions and moved leaders are looked for. */
const LOOK_AGAIN_MS = 300_000;
const STOP_MS = 5_000;
const OFFSET_OUT_OF_RANGE = 1;
/** What a refresh of the metadata may mend, by Kafka's codes. */
const PASSING: ReadonlySet<number> = new Set([3, 5, 6, 7, 9, 13, 56, 74, 75, 78, 89, 100]);

const protocolError = (code: number): Error => {
  const { createErrorFromCode } = createRequire(import.meta.url)(
    'kafkajs/src/protocol/error.js',
  ) as { readonly createErrorFromCode: (code: number) => Error };
  return createErrorFromCode(code);
};

/** What `onRecords` threw: whether it may be tried again is not for the reader to say, whose fetches go well meanwhile. */
class NotTaken extends Error {
  readonly reason: unknown;

  constructor(reason: unknown) {
    super('The records were not taken.');
    this.reason = reason;
  }
}

const isPassing = (error: unknown): boolean =>
  !(error instanceof KafkaError) &&
  error instanceof Error &&
  (('retriable' in error && error.retriable === true) ||
    protocolErrorType(error) === 'UNKNOWN_TOPIC_OR_PARTITION' ||
    error.name === 'KafkaJSBrokerNotFound' ||
    error.name === 'KafkaJSConnectionError' ||
    error.name === 'KafkaJSRequestTimeoutError');

export const createPartitionReader = (options: PartitionReaderOptions): PartitionReader => {
  const { kafka, topic, limits, patienceMs, now, onRecords, onNothing } = options;
  /** One past the last record that was handled. */
  const positions = new Map(options.positions);
  const stopping = new AbortController();
  let running: Promise<void> | undefined;
  /** Leaders take turns: records are handled one after the other. */
  let handling: Promise<void> = Promise.resolve();
  let failingSince: number | undefined;
  let pause = FIRST_PAUSE_MS;

  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const turn = handling.then(work);
    handling = turn.catch(() => undefined);
    return turn;
  };

  /** Throws what ends the round, or the reader. */
  const checkCode = ({ partition, errorCode, highWatermark }: FetchedPartition): void => {
    if (errorCode === 0) return;
    if (errorCode !== OFFSET_OUT_OF_RANGE) {
      const error = protocolError(errorCode);
      throw PASSING.has(errorCode) ? Object.assign(error, { retriable: true }) : error;
    }
    throw new KafkaError(
      'kafka_crashed',
      `Partition ${partition} of ${topic} has no offset ${positions.get(partition) ?? 0n} (end: ${highWatermark}): ` +
        'the topic was created again, or its records were deleted before they were read.',
      { retriable: true },
    );
  };

  /** Reads the partitions of one leader until `isOver`, or until something fails. */
  const follow = async (
    cluster: KafkajsCluster,
    node: number,
    partitions: readonly number[],
    isOver: () => boolean,
    onAnswer: () => void,
  ): Promise<void> => {
    const order = [...partitions];
    /** One past the last record that was fetched. */
    const asked = new Map(partitions.map((each) => [each, positions.get(each) ?? 0n]));
    const ask = async (): Promise<FetchAnswer> => {
      const broker = await cluster.findBroker({ nodeId: String(node) });
      const wanted = order.map((partition) => ({ partition, offset: asked.get(partition)! }));
      const answer = await fetchBatches(broker, topic, wanted, limits);
      if (answer.errorCode !== 0) throw protocolError(answer.errorCode);
      return answer;
    };
    let answer = await ask();
    while (!isOver()) {
      const { partitions: fetched, release } = answer;
      fetched.forEach(checkCode);
      onAnswer();
      const read: CommittedRecords[] = [];
      for (const each of fetched) {
        if (each.batches.length === 0) continue;
        const found = await committedRecords(each, asked.get(each.partition)!);
        if (found.next === asked.get(each.partition)) continue;
        asked.set(each.partition, found.next);
        read.push(found);
        // Who had something is asked last, so that a full partition does not keep others waiting.
        order.splice(order.indexOf(each.partition), 1);
        order.push(each.partition);
      }
      const whole = fetched.length === order.length;
      const following = ask();
      following.catch(() => undefined);
      await inTurn(async () => {
        for (const each of read) {
          if (stopping.signal.aborted) return;
          try {
            await onRecords(each);
          } catch (error) {
            throw new NotTaken(error);
          }
          positions.set(each.partition, each.next);
        }
        // A broker that throttles answers without any partition.
        if (read.length === 0 && whole) onNothing(node);
      });
      release();
      answer = await following;
    }
  };

  /** One look at who leads what, and all that is read until that changes. */
  const round = async (cluster: KafkajsCluster): Promise<void> => {
    await cluster.refreshMetadata();
    const byLeader = new Map<number, number[]>();
    const found = cluster.findTopicPartitionMetadata(topic);
    if (found.length === 0) throw protocolError(3);
    for (const { partitionId, leader } of found)
      byLeader.set(leader, [...(byLeader.get(leader) ?? []), partitionId]);
    if (byLeader.has(-1)) throw protocolError(5);
    const started = now();
    const silent = new Set(byLeader.keys());
    let over = false;
    const isOver = (): boolean =>
      over || stopping.signal.aborted || now() - started > LOOK_AGAIN_MS;
    const follows = [...byLeader].map(async ([node, partitions]) => {
      try {
        await follow(cluster, node, partitions, isOver, () => {
          silent.delete(node);
          if (silent.size > 0) return;
          failingSince = undefined;
          pause = FIRST_PAUSE_MS;
        });
      } finally {
        over = true;
      }
    });
    const failed = (await Promise.allSettled(follows)).filter(
      (each): each is PromiseRejectedResult => each.status === 'rejected',
    );
    const worst = failed.find(({ reason }) => !isPassing(reason)) ?? failed[0];
    if (worst !== undefined) throw worst.reason;
  };

  const run = async (): Promise<void> => {
    const cluster = clusterOf(kafka);
    if (cluster === undefined) {
      throw new KafkaError('kafka_unavailable', 'Reading desired resources needs kafkajs 2.2.4.', {
        retriable: false,
      });
    }
    try {
      while (!stopping.signal.aborted) {
        try {
          await cluster.connect();
          await cluster.addTargetTopic(topic);
          await round(cluster);
        } catch (error) {
          if (stopping.signal.aborted) return;
          if (error instanceof NotTaken) throw error.reason;
          if (!isPassing(error)) throw error;
          failingSince ??= now();
          if (now() - failingSince > patienceMs) {
            throw new KafkaError(
              'kafka_unavailable',
              `Topic ${topic} could not be read for ${patienceMs / 1000} s: ${errorMessage(error)}`,
              { retriable: true, cause: error },
            );
          }
          await delay(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
          pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
        }
      }
    } finally {
      await cluster.disconnect();
    }
  };

  return {
    run: () => (running ??= run()),
    stop: async () => {
      stopping.abort();
      const ended = running?.catch(() => undefined);
      await Promise.race([ended, delay(STOP_MS, undefined, { ref: false })]);
    },
  };
};
