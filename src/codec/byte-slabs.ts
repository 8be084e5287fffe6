/** Bytes for documents that are given back together. */
export interface ByteSpace {
  /** So many bytes, whatever they hold; the caller's own until the space is released. */
  readonly take: (length: number) => Buffer;
  /** Bytes that were taken. */
  readonly taken: () => number;
  /** Nobody reads any of its bytes any more. A space that is not released is left to the garbage collector. */
  readonly release: () => void;
}

export interface ByteSlabs {
  open(): ByteSpace;
}

export interface SlabLimits {
  readonly slabBytes: number;
  /** Slabs that are kept for those who come later. */
  readonly maxKept: number;
}

/**
 * Slabs of bytes that are used again and again. Buffers that live as long as a request are garbage which only a full
 * collection takes away: at full rate they make several hundred MB, and most of the collections.
 */
export const createByteSlabs = ({ slabBytes, maxKept }: SlabLimits): ByteSlabs => {
  const kept: Buffer[] = [];
  return {
    open: () => {
      let slabs: Buffer[] = [];
      let used = slabBytes;
      let taken = 0;
      return {
        taken: () => taken,
        take: (length) => {
          taken += length;
          if (length > slabBytes) return Buffer.allocUnsafeSlow(length);
          let slab = slabs.at(-1);
          if (slab === undefined || used + length > slabBytes) {
            slab = kept.pop() ?? Buffer.allocUnsafeSlow(slabBytes);
            slabs.push(slab);
            used = 0;
          }
          used += length;
          return slab.subarray(used - length, used);
        },
        release: () => {
          for (const slab of slabs) if (kept.length < maxKept) kept.push(slab);
          slabs = [];
          used = slabBytes;
          taken = 0;
        },
      };
    },
  };
};
