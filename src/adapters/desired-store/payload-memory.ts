/** Small enough that a payload which is kept for long holds on to little else, large enough to be made seldom. */
const SLAB_BYTES = 2_048;

/**
 * Memory for copies of payloads, some of which are kept for long: of slabs of 2 KiB. Node's own pool gives slices of
 * 64 KiB, all of which one kept payload of 0.6 KB would hold on to; memory for each alone takes ten times as long.
 */
export const createPayloadMemory = (): ((length: number) => Buffer) => {
  let slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
  let used = 0;
  return (length) => {
    if (length > SLAB_BYTES) return Buffer.allocUnsafeSlow(length);
    if (used + length > SLAB_BYTES) {
      slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
      used = 0;
    }
    used += length;
    return slab.subarray(used - length, used);
  };
};
