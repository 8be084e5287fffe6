/** A fetch of which nothing is left once control records and aborted records are out. */
export interface FilteredFetch {
  readonly topic: string;
  readonly partition: number;
  /** The offset that was asked for. */
  readonly first: bigint;
  /** The offset of its last record. */
  readonly last: bigint;
  /** Offset of the end of the partition when it was fetched. */
  readonly highWatermark: string;
}

export interface FilteredOffsets {
  /** Such a fetch has come: it is passed on after the delay, unless a unit begins before. */
  note(fetch: FilteredFetch): void;
  /** A unit of the partition begins, whose commit covers what was noted: resolves once nothing is under way. */
  settle(topic: string, partition: number): Promise<void>;
  /** Forgets what was noted. */
  forgetAll(): void;
}

interface Pending {
  fetch: FilteredFetch | undefined;
  timer: NodeJS.Timeout | undefined;
  passing: Promise<void>;
}

/**
 * kafkajs hands over no fetch that is empty after filtering, and only tells of it in an event; without a commit past it
 * the lag of the group would not reach zero. Gathers these for a while, since a producer that commits often leaves many.
 * @param options.pass commits past the fetch; must not reject
 */
export const createFilteredOffsets = (options: {
  readonly delayMs: number;
  readonly pass: (fetch: FilteredFetch) => Promise<void>;
}): FilteredOffsets => {
  const partitions = new Map<string, Pending>();

  const pendingOf = (topic: string, partition: number): Pending => {
    const key = `${topic}/${partition}`;
    const pending = partitions.get(key) ?? {
      fetch: undefined,
      timer: undefined,
      passing: Promise.resolve(),
    };
    partitions.set(key, pending);
    return pending;
  };

  const clear = (pending: Pending): void => {
    clearTimeout(pending.timer);
    pending.timer = undefined;
    pending.fetch = undefined;
  };

  return {
    note: (fetch) => {
      const pending = pendingOf(fetch.topic, fetch.partition);
      const before = pending.fetch;
      const goesOn = before !== undefined && fetch.first === before.last + 1n;
      pending.fetch = goesOn ? { ...fetch, first: before.first } : fetch;
      pending.timer ??= setTimeout(() => {
        const due = pending.fetch;
        clear(pending);
        if (due !== undefined) pending.passing = pending.passing.then(() => options.pass(due));
      }, options.delayMs);
    },
    settle: (topic, partition) => {
      const pending = pendingOf(topic, partition);
      clear(pending);
      return pending.passing;
    },
    forgetAll: () => {
      for (const pending of partitions.values()) clear(pending);
    },
  };
};
