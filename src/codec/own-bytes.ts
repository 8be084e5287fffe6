/**
 * A copy that is kept: in memory of its own, not in the pool that Node takes small buffers from, of which each that is
 * kept holds on to a slab of 64 KiB.
 */
export const ownBytes = (bytes: Uint8Array, start: number, end: number): Buffer => {
  const copy = Buffer.allocUnsafeSlow(end - start);
  copy.set(bytes.subarray(start, end));
  return copy;
};
