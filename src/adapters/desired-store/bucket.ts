/**
 * The hash index: a bucket has the entries whose hash starts alike, one behind the other, each the low half of the
 * hash and the number of a resource, as two integers of four bytes in the byte order of the machine.
 */
const BUCKET_BITS = 16;

export const BUCKETS = 2 ** BUCKET_BITS;

export const bucketOf = (high: number): number => high >>> (32 - BUCKET_BITS);

/**
 * The integers of buckets, as LMDB hands them over: one and the same memory again and again, for which the view is
 * kept. They hold until the next read, and may be longer than the bucket.
 */
export const createBucketWords = (): ((bytes: Buffer) => Uint32Array) => {
  let memory: ArrayBufferLike | undefined;
  let offset = 0;
  let words: Uint32Array = new Uint32Array(0);
  return (bytes) => {
    if (bytes.buffer === memory && bytes.byteOffset === offset) return words;
    if (bytes.byteOffset % 4 !== 0) {
      const copy = new Uint8Array(bytes.length);
      copy.set(bytes.subarray(0, bytes.length));
      return new Uint32Array(copy.buffer);
    }
    memory = bytes.buffer;
    offset = bytes.byteOffset;
    words = new Uint32Array(memory, offset, (memory.byteLength - offset) >>> 2);
    return words;
  };
};
