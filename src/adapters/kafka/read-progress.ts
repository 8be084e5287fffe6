import { KafkaError } from './kafka-error.ts';

export interface PartitionEnd {
  readonly partition: number;
  /** Broker id of the leader. */
  readonly leader: number;
  /** The offset to reach: one past the last record. */
  readonly end: bigint;
}

/** How far a reader of whole partitions has come. */
export interface ReadProgress {
  /** All before `next` has been read. */
  read(partition: number, next: bigint): void;
  /** A fetch from a broker has come back; its batches, if any, are read before the next one. */
  fetched(node: number): void;
  fail(error: Error): void;
  /** Resolves once all ends are reached. Throws what `fail` was told, KafkaError `kafka_stalled`, the signal's reason. */
  reach(ends: readonly PartitionEnd[], signal: AbortSignal): Promise<void>;
}

/** Fetches from the leader in a row that bring nothing of any partition, before a partition counts as read to its end. */
const EMPTY_FETCHES = 2;

/**
 * A partition is at its end once its position is, or once its leader has nothing left to give: compaction may have
 * removed what stood before the end, and no record ever comes for that.
 */
export const createReadProgress = (patienceMs: number, topic: string): ReadProgress => {
  const positions = new Map<number, bigint>();
  const emptyFetches = new Map<number, number>();
  const changed = new Set<() => void>();
  let failure: Error | undefined;

  const notify = (): void => {
    for (const listener of [...changed]) listener();
  };
  const isReached = ({ partition, leader, end }: PartitionEnd): boolean =>
    (positions.get(partition) ?? 0n) >= end || (emptyFetches.get(leader) ?? 0) > EMPTY_FETCHES;

  return {
    read: (partition, next) => {
      positions.set(partition, next);
      emptyFetches.clear();
      notify();
    },
    fetched: (node) => {
      emptyFetches.set(node, (emptyFetches.get(node) ?? 0) + 1);
      notify();
    },
    fail: (error) => {
      failure = error;
      notify();
    },
    reach: async (ends, signal) => {
      signal.throwIfAborted();
      // What came back before says nothing of what was committed since.
      emptyFetches.clear();
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const stalled = (): void =>
        reject(
          new KafkaError(
            'kafka_stalled',
            `Topic ${topic} brought nothing for ${patienceMs / 1000} s, with ${describe(ends, positions)} to go.`,
            { retriable: true },
          ),
        );
      let timer = setTimeout(stalled, patienceMs);
      let seen = -1n;
      const check = (): void => {
        if (failure !== undefined) return reject(failure);
        if (ends.every(isReached)) return resolve();
        const total = [...positions.values()].reduce((sum, position) => sum + position, 0n);
        if (total === seen) return;
        seen = total;
        clearTimeout(timer);
        timer = setTimeout(stalled, patienceMs);
      };
      const abort = (): void => reject(signal.reason as Error);
      signal.addEventListener('abort', abort, { once: true });
      changed.add(check);
      check();
      try {
        await promise;
      } finally {
        clearTimeout(timer);
        changed.delete(check);
        signal.removeEventListener('abort', abort);
      }
    },
  };
};

const describe = (ends: readonly PartitionEnd[], positions: ReadonlyMap<number, bigint>): string =>
  ends
    .map(({ partition, end }) => ({ partition, left: end - (positions.get(partition) ?? 0n) }))
    .filter(({ left }) => left > 0n)
    .map(({ partition, left }) => `${left} offsets of partition ${partition}`)
    .join(', ');
