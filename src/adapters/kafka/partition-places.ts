import type { Batch } from 'kafkajs';
import type { UnitScope } from '../../pipeline/ports.ts';
import type { PartitionControl } from '../../codec/partition-control.ts';
import type { Committed } from './committed-offsets.ts';
import type { FilteredFetch } from './filtered-offsets.ts';
import type { UnitStart } from './split-batch.ts';
import type { PartitionCommitter } from './unit-committer.ts';

export interface PartitionPlacesOptions {
  readonly createCommitter: (topic: string, partition: number) => PartitionCommitter;
  /** Sends the next fetch of a partition elsewhere. */
  readonly seek: (topic: string, partition: number, offset: bigint) => void;
  /** An operator has paused the partition. */
  readonly hold: (topic: string, partition: number) => void;
  /** Called with the committed offset that an opened partition was found at. */
  readonly onCommitted: (topic: string, partition: number, nextOffset: bigint) => void;
}

/** The committer of each partition in work, and whether what kafkajs fetches fits the committed offset. */
export interface PartitionPlaces {
  committer(topic: string, partition: number): PartitionCommitter;
  /**
   * What to take of this batch; undefined: nothing, since the partition is paused, or the fetch was at the wrong place,
   * and the next one begins at the right one. Opens the partition where it is not yet open.
   */
  begin(batch: Batch, scope: UnitScope): Promise<UnitStart | undefined>;
  /** Whether all below the end of a fetch without a record is done with: committed, or filtered out. */
  isFrontier(fetch: FilteredFetch, scope: UnitScope): Promise<boolean>;
  /** Throws a partition's producer and place away: its next batch asks for the committed offset anew. */
  forget(topic: string, partition: number): void;
  forgetAll(): void;
  close(): Promise<void>;
}

interface Place {
  readonly committer: PartitionCommitter;
  opened: boolean;
  skip: PartitionControl['skip'];
}

/** kafkajs keeps the offset that it asked for, but not in its types. */
const fetchedOffset = (batch: Batch): bigint | undefined =>
  'fetchedOffset' in batch && typeof batch.fetchedOffset === 'string'
    ? BigInt(batch.fetchedOffset)
    : undefined;

export const createPartitionPlaces = (options: PartitionPlacesOptions): PartitionPlaces => {
  const places = new Map<string, Place>();

  const placeOf = (topic: string, partition: number): Place => {
    const key = `${topic}/${partition}`;
    const place = places.get(key) ?? {
      committer: options.createCommitter(topic, partition),
      opened: false,
      skip: [],
    };
    places.set(key, place);
    return place;
  };

  const open = async (
    topic: string,
    partition: number,
    place: Place,
    scope: UnitScope,
  ): Promise<Committed | undefined> => {
    const committed = await place.committer.open(scope);
    if (committed === undefined) return undefined;
    options.onCommitted(topic, partition, committed.offset);
    place.skip = committed.control.skip;
    return committed;
  };

  const forgetKey = (key: string): void => {
    const place = places.get(key);
    places.delete(key);
    // A doubtful producer may fail to end; the next one fences it.
    if (place !== undefined) void place.committer.close().catch(() => undefined);
  };

  return {
    committer: (topic, partition) => placeOf(topic, partition).committer,

    begin: async (batch, scope) => {
      const { topic, partition } = batch;
      const place = placeOf(topic, partition);
      if (place.opened) return { from: 0n, skip: place.skip };
      const committed = await open(topic, partition, place, scope);
      place.opened = true;
      if (committed === undefined) return { from: 0n, skip: [] };
      const { offset, control } = committed;
      const fetched = fetchedOffset(batch);
      const ahead = fetched !== undefined && fetched > offset;
      const elsewhere = ahead || BigInt(batch.lastOffset()) < offset;
      if (elsewhere) options.seek(topic, partition, offset);
      if (control.paused !== undefined) {
        options.hold(topic, partition);
        return undefined;
      }
      return elsewhere ? undefined : { from: offset, skip: place.skip };
    },

    isFrontier: async ({ topic, partition, first, last }, scope) => {
      const place = placeOf(topic, partition);
      if (place.opened) return true;
      const committed = await open(topic, partition, place, scope);
      if (committed === undefined) {
        place.opened = true;
        return true;
      }
      const { offset, control } = committed;
      if (control.paused !== undefined) {
        options.seek(topic, partition, offset);
        options.hold(topic, partition);
        return false;
      }
      // Between the committed offset and a fetch that began beyond it there may be records that are not done with.
      place.opened = first <= offset;
      if (place.opened && offset <= last) return true;
      options.seek(topic, partition, offset);
      return false;
    },

    forget: (topic, partition) => forgetKey(`${topic}/${partition}`),
    forgetAll: () => {
      for (const key of [...places.keys()]) forgetKey(key);
    },
    close: async () => {
      await Promise.all([...places.values()].map(({ committer }) => committer.close()));
      places.clear();
    },
  };
};
