/**
 * Tells of most hashes that the index does not have that it does not (a blocked Bloom filter), so that a lookup of what
 * no code owns, which most are, reads nothing. In memory that threads share: one adds, the others ask. A hash that was
 * added is found by a thread that heard of it by a message since.
 */
export interface HashFilter {
  readonly memory: SharedArrayBuffer;
  /** Hashes that it was made for: with more it lets more through that are not there. */
  readonly capacity: number;
  add(bucket: number, low: number): void;
  /** False: the hash was not added. True: most likely it was. */
  has(bucket: number, low: number): boolean;
}

const BITS_A_HASH = 10;
const BLOCK_BITS = 512;
const BLOCK_WORDS = BLOCK_BITS / 32;
/** Beyond 50 million hashes it gets less sharp, and not larger. */
const MAX_BLOCKS = (64 * 1024 * 1024) / (BLOCK_BITS / 8);

/** A filter over memory that another one has made. */
export const openHashFilter = (memory: SharedArrayBuffer): HashFilter => {
  const words = new Uint32Array(memory);
  const blocks = words.length / BLOCK_WORDS;
  const scale = blocks / 2 ** 32;

  /** By the bucket first, so that those of a bucket lie together: filling it bucket by bucket is quick. */
  const blockAt = (bucket: number, low: number): number =>
    Math.floor((bucket * 65_536 + (low >>> 16)) * scale) * BLOCK_WORDS;
  const mixed = (low: number): number => {
    const first = Math.imul(low ^ (low >>> 15), 0x85ebca6b);
    return first ^ (first >>> 13);
  };

  return {
    memory,
    capacity: Math.floor((blocks * BLOCK_BITS) / BITS_A_HASH),
    add: (bucket, low) => {
      const at = blockAt(bucket, low);
      const bits = mixed(low);
      words[at + ((bits >>> 5) & 15)]! |= 1 << (bits & 31);
      words[at + ((bits >>> 14) & 15)]! |= 1 << ((bits >>> 9) & 31);
      words[at + ((bits >>> 23) & 15)]! |= 1 << ((bits >>> 18) & 31);
    },
    has: (bucket, low) => {
      const at = blockAt(bucket, low);
      const bits = mixed(low);
      return (
        (words[at + ((bits >>> 5) & 15)]! & (1 << (bits & 31))) !== 0 &&
        (words[at + ((bits >>> 14) & 15)]! & (1 << ((bits >>> 9) & 31))) !== 0 &&
        (words[at + ((bits >>> 23) & 15)]! & (1 << ((bits >>> 18) & 31))) !== 0
      );
    },
  };
};

/** An empty filter for so many hashes. */
export const createHashFilter = (hashes: number): HashFilter => {
  const blocks = Math.ceil((Math.max(hashes, 1) * BITS_A_HASH) / BLOCK_BITS);
  return openHashFilter(new SharedArrayBuffer((Math.min(blocks, MAX_BLOCKS) * BLOCK_BITS) / 8));
};
