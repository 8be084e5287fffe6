import { BUCKETS, bucketOf } from './bucket.ts';

const FIRST_CAPACITY = 4_096;

/** Entries of the hash index that have not been merged into its buckets: a bucket is written for many of them at once. */
export interface PendingEntries {
  readonly count: number;
  /** `isKey`: the hash is of a key, and can be found by `resourcesOfKey`. */
  add(high: number, low: number, resource: number, isKey: boolean): void;
  /** Pending resources whose key has this hash. */
  resourcesOfKey(high: number, low: number): readonly number[];
  /** Positions of the entries, sorted by bucket; bucket b has those from `starts[b]` to `starts[b + 1]`. */
  byBucket(): { readonly order: Uint32Array; readonly starts: Uint32Array };
  low(position: number): number;
  resource(position: number): number;
  clear(): void;
}

const grown = (old: Uint32Array): Uint32Array => {
  const next = new Uint32Array(old.length * 2);
  next.set(old);
  return next;
};

export const createPendingEntries = (): PendingEntries => {
  let highs: Uint32Array = new Uint32Array(FIRST_CAPACITY);
  let lows: Uint32Array = new Uint32Array(FIRST_CAPACITY);
  let resources: Uint32Array = new Uint32Array(FIRST_CAPACITY);
  let count = 0;
  /** Open addressing; a slot has one more than the position of an entry, or 0. */
  let keys: Uint32Array = new Uint32Array(FIRST_CAPACITY);
  let keyCount = 0;

  const insertKey = (position: number): void => {
    const mask = keys.length - 1;
    let slot = lows[position]! & mask;
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

  return {
    get count() {
      return count;
    },
    add: (high, low, resource, isKey) => {
      if (count === highs.length) {
        highs = grown(highs);
        lows = grown(lows);
        resources = grown(resources);
      }
      highs[count] = high;
      lows[count] = low;
      resources[count] = resource;
      if (isKey) addKey(count);
      count++;
    },
    resourcesOfKey: (high, low) => {
      const mask = keys.length - 1;
      let found: number[] | undefined;
      for (let slot = low & mask; keys[slot] !== 0; slot = (slot + 1) & mask) {
        const position = keys[slot]! - 1;
        if (lows[position] === low && highs[position] === high)
          (found ??= []).push(resources[position]!);
      }
      return found ?? NONE;
    },
    byBucket: () => {
      const starts = new Uint32Array(BUCKETS + 1);
      for (let position = 0; position < count; position++) {
        const after = bucketOf(highs[position]!) + 1;
        starts[after] = starts[after]! + 1;
      }
      for (let bucket = 0; bucket < BUCKETS; bucket++)
        starts[bucket + 1] = starts[bucket + 1]! + starts[bucket]!;
      const next = starts.slice();
      const order = new Uint32Array(count);
      for (let position = 0; position < count; position++) {
        const bucket = bucketOf(highs[position]!);
        const place = next[bucket]!;
        order[place] = position;
        next[bucket] = place + 1;
      }
      return { order, starts };
    },
    low: (position) => lows[position]!,
    resource: (position) => resources[position]!,
    clear: () => {
      // A big load is over after its last merge: its room is not needed again.
      highs = new Uint32Array(FIRST_CAPACITY);
      lows = new Uint32Array(FIRST_CAPACITY);
      resources = new Uint32Array(FIRST_CAPACITY);
      keys = new Uint32Array(FIRST_CAPACITY);
      count = 0;
      keyCount = 0;
    },
  };
};

const NONE: readonly number[] = [];
