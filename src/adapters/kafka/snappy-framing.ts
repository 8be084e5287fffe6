/** How the Java client frames snappy: a header, then chunks with their length before them (snappy-java). */
const magic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const headerBytes = 16;

/** The raw snappy blocks of a buffer: one where it is not framed. */
export const snappyChunks = (buffer: Buffer): readonly Buffer[] => {
  if (!buffer.subarray(0, magic.length).equals(magic)) return [buffer];
  const chunks: Buffer[] = [];
  let at = headerBytes;
  while (at + 4 <= buffer.length) {
    const length = buffer.readUInt32BE(at);
    at += 4;
    if (at + length > buffer.length) throw new Error('a snappy chunk is cut short');
    chunks.push(buffer.subarray(at, at + length));
    at += length;
  }
  return chunks;
};

/** Bytes that the blocks claim to unpack to: each begins with its size as a varint. */
export const snappySize = (chunks: readonly Buffer[]): number => {
  let total = 0;
  for (const chunk of chunks) {
    let size = 0;
    for (let index = 0; index < 5; index += 1) {
      const byte = chunk[index];
      if (byte === undefined) throw new Error('a snappy chunk has no size');
      size += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) break;
    }
    total += size;
  }
  return total;
};
