import { BUCKETS, bucketOf } from './bucket.ts';

/** Buckets whose entries are kept together: as many as the cache of a core has room for. */
export const BUCKETS_A_PART = 1_024;

const PARTS = BUCKETS / BUCKETS_A_PART;
const PART_BITS = Math.log2(PARTS);
const IN_PART = BUCKETS_A_PART - 1;
const CHUNK_BITS = 12;
const CHUNK = 2 ** CHUNK_BITS;
const IN_CHUNK = CHUNK - 1;
const FIRST_KEYS = 4_096;
/** A table for so many is 16 MB. */
const MAX_EXPECTED_KEYS = 2 ** 20;

/** Entries of the hash index that have not been merged into its buckets: a bucket is written for many of them at once. */
export interface PendingEntries {
  readonly count: number;
  /** `isKey`: the hash is of a key, and can be found by `resourcesOfKey`. */
  add(high: number, low: number, resource: number, isKey: boolean): void;
  /**
   * Reads the slot of a key that is asked for soon: many in a row wait for memory together, and not each for itself,
   * which is a twentieth of a load's time.
   */
  warm(low: number): void;
  /** Pending resources whose key may have this hash. */
  resourcesOfKey(high: number, low: number): readonly number[];
  /**
   * The entries of `BUCKETS_A_PART` buckets from one on, each the low half of its hash and its resource, as a bucket has
   * them: those of the first bucket are from `starts[0]` to `starts[1]`, counted in entries. Holds until the next call.
   */
  ofPart(firstBucket: number): { readonly words: Uint32Array; readonly starts: Uint32Array };
  clear(): void;
}

/** In pieces, so that growing neither copies them nor needs them twice. */
interface Chunk {
  readonly buckets: Uint16Array;
  readonly lows: Uint32Array;
  readonly resources: Uint32Array;
}

const newChunk = (): Chunk => ({
  buckets: new Uint16Array(CHUNK),
  lows: new Uint32Array(CHUNK),
  resources: new Uint32Array(CHUNK),
});

const noChunks = (): Chunk[][] => Array.from({ length: PARTS }, () => []);

/** `expected`: how many keys may come before the first merge, so that the table of keys need not grow. */
export const createPendingEntries = (expected: number): PendingEntries => {
  let parts = noChunks();
  const counts = new Uint32Array(PARTS);
  let count = 0;
  const wanted = Math.max(FIRST_KEYS, Math.min(expected, MAX_EXPECTED_KEYS));
  /**
   * Open addressing, half full at most; a slot has the low half of a hash, and one more than the place of its entry, or
   * 0. A place is a part, and a position in it.
   */
  let keys = new Uint32Array(4 * 2 ** Math.ceil(Math.log2(wanted)));
  let keyCount = 0;
  /** Means nothing: what is not used would not be read. */
  const warmed = new Uint32Array(1);
  const starts = new Uint32Array(BUCKETS_A_PART + 1);
  const next = new Uint32Array(BUCKETS_A_PART + 1);
  let words = new Uint32Array(0);

  const insertKey = (low: number, place: number): void => {
    const mask = keys.length - 2;
    let slot = (low << 1) & mask;
    while (keys[slot + 1] !== 0) slot = (slot + 2) & mask;
    keys[slot] = low;
    keys[slot + 1] = place;
  };

  const addKey = (low: number, place: number): void => {
    keyCount++;
    if (keyCount * 4 > keys.length) {
      const old = keys;
      keys = new Uint32Array(old.length * 2);
      for (let slot = 0; slot < old.length; slot += 2)
        if (old[slot + 1] !== 0) insertKey(old[slot]!, old[slot + 1]!);
    }
    insertKey(low, place);
  };

  return {
    get count() {
      return count;
    },
    add: (high, low, resource, isKey) => {
      const bucket = bucketOf(high);
      const part = Math.floor(bucket / BUCKETS_A_PART);
      const position = counts[part]!++;
      const index = position & IN_CHUNK;
      const chunks = parts[part]!;
      if (index === 0) chunks.push(newChunk());
      const chunk = chunks[position >>> CHUNK_BITS]!;
      chunk.buckets[index] = bucket;
      chunk.lows[index] = low;
      chunk.resources[index] = resource;
      count++;
      if (isKey) addKey(low, ((position << PART_BITS) | part) + 1);
    },
    warm: (low) => {
      warmed[0]! ^= keys[((low << 1) & (keys.length - 2)) + 1]!;
    },
    resourcesOfKey: (high, low) => {
      const mask = keys.length - 2;
      let found: number[] | undefined;
      for (let slot = (low << 1) & mask; keys[slot + 1] !== 0; slot = (slot + 2) & mask) {
        if (keys[slot] !== low) continue;
        const place = keys[slot + 1]! - 1;
        const position = place >>> PART_BITS;
        const { buckets, resources } = parts[place & (PARTS - 1)]![position >>> CHUNK_BITS]!;
        const index = position & IN_CHUNK;
        if (buckets[index] === bucketOf(high)) (found ??= []).push(resources[index]!);
      }
      return found ?? NONE;
    },
    ofPart: (firstBucket) => {
      const part = firstBucket / BUCKETS_A_PART;
      const size = counts[part]!;
      const chunks = parts[part]!;
      starts.fill(0);
      for (let position = 0; position < size; position++) {
        const bucket = chunks[position >>> CHUNK_BITS]!.buckets[position & IN_CHUNK]!;
        starts[(bucket & IN_PART) + 1]!++;
      }
      for (let bucket = 0; bucket < BUCKETS_A_PART; bucket++)
        starts[bucket + 1] = starts[bucket + 1]! + starts[bucket]!;
      next.set(starts);
      if (words.length < 2 * size) words = new Uint32Array(2 * size);
      for (let position = 0; position < size; position++) {
        const { buckets, lows, resources } = chunks[position >>> CHUNK_BITS]!;
        const index = position & IN_CHUNK;
        const at = 2 * next[buckets[index]! & IN_PART]!++;
        words[at] = lows[index]!;
        words[at + 1] = resources[index]!;
      }
      return { words, starts };
    },
    clear: () => {
      // A big load is over after its last merge: its room is not needed again.
      parts = noChunks();
      counts.fill(0);
      keys = new Uint32Array(4 * FIRST_KEYS);
      words = new Uint32Array(0);
      count = 0;
      keyCount = 0;
    },
  };
};

const NONE: readonly number[] = [];
