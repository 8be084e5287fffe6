import { bucketOf } from './bucket.ts';

const CHUNK_BITS = 16;
const CHUNK = 2 ** CHUNK_BITS;
const IN_CHUNK = CHUNK - 1;
const FIRST_KEYS = 4_096;

/** Entries of the hash index that have not been merged into its buckets: a bucket is written for many of them at once. */
export interface PendingEntries {
  readonly count: number;
  /** `isKey`: the hash is of a key, and can be found by `resourcesOfKey`. */
  add(high: number, low: number, resource: number, isKey: boolean): void;
  /** Pending resources whose key may have this hash. */
  resourcesOfKey(high: number, low: number): readonly number[];
  /** Positions of the entries of some buckets, sorted by bucket; the first has those from `starts[0]` to `starts[1]`. */
  ofBuckets(
    from: number,
    to: number,
  ): { readonly order: Uint32Array; readonly starts: Uint32Array };
  bucket(position: number): number;
  low(position: number): number;
  resource(position: number): number;
  clear(): void;
}

/** In pieces, so that growing neither copies them nor needs them twice. */
interface Chunk {
  readonly buckets: Uint16Array;
  readonly lows: Uint32Array;
  readonly resources: Uint32Array;
}

export const createPendingEntries = (): PendingEntries => {
  let chunks: Chunk[] = [];
  let count = 0;
  /** Open addressing; a slot has one more than the position of an entry, or 0. */
  let keys: Uint32Array = new Uint32Array(FIRST_KEYS);
  let keyCount = 0;

  const bucketAt = (position: number): number =>
    chunks[position >>> CHUNK_BITS]!.buckets[position & IN_CHUNK]!;
  const lowAt = (position: number): number =>
    chunks[position >>> CHUNK_BITS]!.lows[position & IN_CHUNK]!;
  const resourceAt = (position: number): number =>
    chunks[position >>> CHUNK_BITS]!.resources[position & IN_CHUNK]!;

  const insertKey = (position: number): void => {
    const mask = keys.length - 1;
    let slot = lowAt(position) & mask;
    while (keys[slot] !== 0) slot = (slot + 1) & mask;
    keys[slot] = position + 1;
  };

  const addKey = (position: number): void => {
    keyCount++;
    if (keyCount * 2 > keys.length) {
      const old = keys;
      keys = new Uint32Array(old.length * 2);
      for (const each of old) if (each !== 0) insertKey(each - 1);
    }
    insertKey(position);
  };

  /** Calls back with the position of each entry of some buckets, and its bucket counted from the first of them. */
  const visit = (from: number, to: number, each: (position: number, bucket: number) => void) => {
    const size = to - from;
    for (let start = 0; start < count; start += CHUNK) {
      const { buckets } = chunks[start >>> CHUNK_BITS]!;
      const end = Math.min(CHUNK, count - start);
      for (let index = 0; index < end; index++) {
        const bucket = buckets[index]! - from;
        if (bucket >= 0 && bucket < size) each(start + index, bucket);
      }
    }
  };

  return {
    get count() {
      return count;
    },
    add: (high, low, resource, isKey) => {
      const index = count & IN_CHUNK;
      if (index === 0) {
        chunks.push({
          buckets: new Uint16Array(CHUNK),
          lows: new Uint32Array(CHUNK),
          resources: new Uint32Array(CHUNK),
        });
      }
      const chunk = chunks[count >>> CHUNK_BITS]!;
      chunk.buckets[index] = bucketOf(high);
      chunk.lows[index] = low;
      chunk.resources[index] = resource;
      count++;
      if (isKey) addKey(count - 1);
    },
    resourcesOfKey: (high, low) => {
      const mask = keys.length - 1;
      const bucket = bucketOf(high);
      let found: number[] | undefined;
      for (let slot = low & mask; keys[slot] !== 0; slot = (slot + 1) & mask) {
        const position = keys[slot]! - 1;
        if (lowAt(position) === low && bucketAt(position) === bucket)
          (found ??= []).push(resourceAt(position));
      }
      return found ?? NONE;
    },
    ofBuckets: (from, to) => {
      const starts = new Uint32Array(to - from + 1);
      visit(from, to, (_position, bucket) => {
        starts[bucket + 1]!++;
      });
      for (let bucket = 0; bucket < to - from; bucket++)
        starts[bucket + 1] = starts[bucket + 1]! + starts[bucket]!;
      const next = starts.slice();
      const order = new Uint32Array(starts[to - from]!);
      visit(from, to, (position, bucket) => {
        order[next[bucket]!++] = position;
      });
      return { order, starts };
    },
    bucket: bucketAt,
    low: lowAt,
    resource: resourceAt,
    clear: () => {
      // A big load is over after its last merge: its room is not needed again.
      chunks = [];
      keys = new Uint32Array(FIRST_KEYS);
      count = 0;
      keyCount = 0;
    },
  };
};

const NONE: readonly number[] = [];
