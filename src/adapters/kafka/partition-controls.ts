import type { Committed } from './committed-offsets.ts';
import type { TopicRange } from './topic-facts.ts';

export interface PartitionControlsOptions {
  readonly fetch: (topic: string) => Promise<ReadonlyMap<number, Committed>>;
  /** Asked while a partition of the topic is paused. */
  readonly ranges: (topic: string) => Promise<readonly TopicRange[]>;
  /** Stops fetching the partition. */
  readonly hold: (topic: string, partition: number) => void;
  /** Fetches it again. */
  readonly release: (topic: string, partition: number) => void;
  /** Reads from the committed offset on, at the first look at a partition of which nothing is known yet. */
  readonly align: (topic: string, partition: number, offset: bigint) => void;
  /** Goes on at an offset that an operator has committed. */
  readonly move: (topic: string, partition: number, offset: bigint) => void;
  /** So many records wait in a paused partition, told at each look: no fetch tells of it. */
  readonly waiting: (topic: string, partition: number, records: number) => void;
  /** Between two looks, in milliseconds. */
  readonly intervalMs: number;
}

/**
 * Follows what operators order for the partitions of this member (see `driftline consumption`). A partition at work
 * learns of it from its own commit, which the order has fenced; this looks for those that have nothing to commit.
 */
export interface PartitionControls {
  /** The member's partitions, by topic: at the beginning and after each rebalance. */
  assign(assignment: Readonly<Record<string, readonly number[]>>): void;
  /** The member has committed or found this offset. */
  committed(topic: string, partition: number, offset: bigint): void;
  /** The member has found that the partition is paused. */
  hold(topic: string, partition: number): void;
  /** One look. Failures of the broker are those of the next look, too: it mends itself or the watchdog speaks. */
  look(): Promise<void>;
  stop(): void;
}

interface Place {
  readonly topic: string;
  readonly partition: number;
  offset: bigint | undefined;
  /** An offset that was seen once and differs: a commit of this member may have been under way. */
  doubtful: bigint | undefined;
  held: boolean;
}

export const createPartitionControls = (options: PartitionControlsOptions): PartitionControls => {
  let places = new Map<string, Place>();
  const placeOf = (topic: string, partition: number): Place | undefined =>
    places.get(`${topic}/${partition}`);

  const hold = (place: Place): void => {
    if (place.held) return;
    place.held = true;
    options.hold(place.topic, place.partition);
  };

  const compare = (place: Place, before: bigint | undefined, now: Committed): void => {
    const { topic, partition } = place;
    if (now.control.paused !== undefined) {
      hold(place);
    } else if (place.held) {
      place.held = false;
      options.release(topic, partition);
    }
    if (place.offset !== before) return;
    if (before === undefined) {
      place.offset = now.offset;
      // The client asked for its place when it joined: an operator may have moved it since.
      options.align(topic, partition, now.offset);
    } else if (now.offset === before) {
      place.doubtful = undefined;
    } else if (place.doubtful === now.offset) {
      place.offset = now.offset;
      place.doubtful = undefined;
      options.move(topic, partition, now.offset);
    } else {
      place.doubtful = now.offset;
    }
  };

  const tellWaiting = async (topic: string): Promise<void> => {
    const held = [...places.values()].filter((place) => place.topic === topic && place.held);
    if (held.length === 0) return;
    const ranges = await options.ranges(topic);
    for (const place of held) {
      const { partition, offset } = place;
      const range = ranges.find((each) => each.partition === partition);
      if (range === undefined || placeOf(topic, partition) !== place || !place.held) continue;
      const from = offset === undefined || offset < range.low ? range.low : offset;
      options.waiting(topic, partition, Math.max(0, Number(range.high - from)));
    }
  };

  const look = async (): Promise<void> => {
    const seen = new Map([...places.values()].map((place) => [place, place.offset] as const));
    for (const topic of new Set([...places.values()].map((place) => place.topic))) {
      const committed = await options.fetch(topic);
      for (const [place, before] of seen) {
        const now = place.topic === topic ? committed.get(place.partition) : undefined;
        if (now !== undefined && placeOf(topic, place.partition) === place) {
          compare(place, before, now);
        }
      }
      await tellWaiting(topic);
    }
  };

  let looking = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    void look()
      .catch(() => {
        // The next look tells.
      })
      .finally(() => {
        looking = false;
      });
  }, options.intervalMs);
  timer.unref();

  return {
    assign: (assignment) => {
      for (const { held, topic, partition } of places.values()) {
        if (held) options.release(topic, partition);
      }
      places = new Map(
        Object.entries(assignment).flatMap(([topic, partitions]) =>
          partitions.map((partition) => [
            `${topic}/${partition}`,
            { topic, partition, offset: undefined, doubtful: undefined, held: false },
          ]),
        ),
      );
    },
    committed: (topic, partition, offset) => {
      const place = placeOf(topic, partition);
      if (place !== undefined) place.offset = offset;
    },
    hold: (topic, partition) => {
      const place = placeOf(topic, partition);
      if (place !== undefined) hold(place);
    },
    look,
    stop: () => clearInterval(timer),
  };
};
