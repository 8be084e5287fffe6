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
  /**
   * The entries of some buckets, each the low half of its hash and its resource, as a bucket has them: those of the
   * first bucket are from `starts[0]` to `starts[1]`, counted in entries.
   */
  ofBuckets(
    from: number,
    to: number,
  ): { readonly words: Uint32Array; readonly starts: Uint32Array };
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
  /** Open addressing; a slot has the low half of a hash, and one more than the position of its entry, or 0. */
  let keys: Uint32Array = new Uint32Array(2 * FIRST_KEYS);
  let keyCount = 0;

  const insertKey = (low: number, place: number): void => {
    const mask = keys.length - 2;
    let slot = (low << 1) & mask;
    while (keys[slot + 1] !== 0) slot = (slot + 2) & mask;
    keys[slot] = low;
    keys[slot + 1] = place;
  };

  const addKey = (low: number): void => {
    keyCount++;
    if (keyCount * 4 > keys.length) {
      const old = keys;
      keys = new Uint32Array(old.length * 2);
      for (let slot = 0; slot < old.length; slot += 2)
        if (old[slot + 1] !== 0) insertKey(old[slot]!, old[slot + 1]!);
    }
    insertKey(low, count);
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
      if (isKey) addKey(low);
    },
    resourcesOfKey: (high, low) => {
      const mask = keys.length - 2;
      let found: number[] | undefined;
      for (let slot = (low << 1) & mask; keys[slot + 1] !== 0; slot = (slot + 2) & mask) {
        if (keys[slot] !== low) continue;
        const position = keys[slot + 1]! - 1;
        const { buckets, resources } = chunks[position >>> CHUNK_BITS]!;
        const index = position & IN_CHUNK;
        if (buckets[index] === bucketOf(high)) (found ??= []).push(resources[index]!);
      }
      return found ?? NONE;
    },
    ofBuckets: (from, to) => {
      const size = to - from;
      const starts = new Uint32Array(size + 1);
      chunks.forEach(({ buckets }, chunk) => {
        const end = Math.min(CHUNK, count - chunk * CHUNK);
        for (let index = 0; index < end; index++) {
          const bucket = buckets[index]! - from;
          if (bucket >= 0 && bucket < size) starts[bucket + 1]!++;
        }
      });
      for (let bucket = 0; bucket < size; bucket++)
        starts[bucket + 1] = starts[bucket + 1]! + starts[bucket]!;
      const next = starts.slice();
      const words = new Uint32Array(2 * starts[size]!);
      chunks.forEach(({ buckets, lows, resources }, chunk) => {
        const end = Math.min(CHUNK, count - chunk * CHUNK);
        for (let index = 0; index < end; index++) {
          const bucket = buckets[index]! - from;
          if (bucket < 0 || bucket >= size) continue;
          const at = 2 * next[bucket]!++;
          words[at] = lows[index]!;
          words[at + 1] = resources[index]!;
        }
      });
      return { words, starts };
    },
    clear: () => {
      // A big load is over after its last merge: its room is not needed again.
      chunks = [];
      keys = new Uint32Array(2 * FIRST_KEYS);
      count = 0;
      keyCount = 0;
    },
  };
};

const NONE: readonly number[] = [];
