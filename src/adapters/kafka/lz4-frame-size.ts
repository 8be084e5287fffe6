/** LZ4 frame format 1.6.x: magic, descriptor, blocks, end mark. Sizes are little endian. */
const magic = 0x184d2204;
const blockSizes: Readonly<Record<number, number>> = {
  4: 65_536,
  5: 262_144,
  6: 1_048_576,
  7: 4_194_304,
};
const uncompressedBit = 0x80000000;

/** Bytes that one compressed block unpacks to, by walking its sequences without copying anything. */
const blockOutputSize = (block: Uint8Array): number => {
  let at = 0;
  let size = 0;
  const extended = (nibble: number): number => {
    let length = nibble;
    if (nibble !== 15) return length;
    for (;;) {
      const byte = block[at];
      if (byte === undefined) throw new Error('an lz4 block is cut short');
      at += 1;
      length += byte;
      if (byte !== 255) return length;
    }
  };
  while (at < block.length) {
    const token = block[at] ?? 0;
    at += 1;
    const literals = extended(token >> 4);
    at += literals;
    size += literals;
    if (at >= block.length) return size;
    at += 2;
    size += extended(token & 15) + 4;
  }
  return size;
};

/**
 * Bytes that an LZ4 frame unpacks to, told before anything is allocated for it.
 * @throws Error where the frame's structure is broken
 */
export const lz4FrameSize = (frame: Buffer): number => {
  if (frame.length < 7 || frame.readUInt32LE(0) !== magic) throw new Error('no lz4 frame');
  const flags = frame[4] ?? 0;
  if (blockSizes[((frame[5] ?? 0) >> 4) & 7] === undefined)
    throw new Error('an unknown lz4 block size');
  let at = 7 + (flags & 0x08 ? 8 : 0) + (flags & 0x01 ? 4 : 0);
  const checksum = flags & 0x10 ? 4 : 0;
  let size = 0;
  for (;;) {
    if (at + 4 > frame.length) throw new Error('an lz4 frame without an end mark');
    const header = frame.readUInt32LE(at);
    at += 4;
    if (header === 0) return size;
    const length = header & ~uncompressedBit;
    if (at + length > frame.length) throw new Error('an lz4 block is cut short');
    size += header >= uncompressedBit ? length : blockOutputSize(frame.subarray(at, at + length));
    at += length + checksum;
  }
};
