/**
 * Payloads that were read lately, by the number of their resource, in one piece of memory: a copy out of it costs a
 * small part of a read, and it is nothing that garbage collection looks at. A number always has the same payload, so
 * that a change of the store makes nothing in it wrong.
 */
export interface PayloadCache {
  /** A copy; undefined where it is not there. */
  get(resource: number): Buffer | undefined;
  keep(resource: number, payload: Buffer): void;
}

/** Larger than the caches of a processor it is no quicker than LMDB: measured from none to 64 MB (test/bench/README.md). */
const BYTES = 8 * 1024 * 1024;
/** Larger ones would push too many others out. */
const MAX_PAYLOAD = 16_384;
const PLACES = 32_768;

/** @param take gives the memory of a copy */
export const createPayloadCache = (
  take: (length: number) => Buffer,
  capacity = BYTES,
): PayloadCache => {
  const memory = Buffer.from(new ArrayBuffer(capacity));
  /** Written one behind the other; from the end it goes on at the beginning. Counts on for ever. */
  let written = 0;
  const resources = new Uint32Array(PLACES);
  const lengths = new Uint16Array(PLACES);
  /** What `written` was before the payload. */
  const starts = new Float64Array(PLACES);

  const keep = (resource: number, payload: Buffer): void => {
    const { length } = payload;
    if (length > MAX_PAYLOAD || length > capacity) return;
    let at = written % capacity;
    if (at + length > capacity) {
      written += capacity - at;
      at = 0;
    }
    payload.copy(memory, at);
    const place = resource & (PLACES - 1);
    resources[place] = resource;
    lengths[place] = length;
    starts[place] = written;
    written += length;
  };

  return {
    keep,
    get: (resource) => {
      const place = resource & (PLACES - 1);
      if (resources[place] !== resource) return undefined;
      const start = starts[place]!;
      const age = written - start;
      if (age > capacity) return undefined;
      const at = start % capacity;
      const length = lengths[place]!;
      const payload = take(length);
      memory.copy(payload, 0, at, at + length);
      // What is asked for again stays.
      if (age > capacity / 2) keep(resource, payload);
      return payload;
    },
  };
};
