import type { LocatedBatch, LocatedRecords } from './located-records.ts';

/**
 * Located records, one behind the other, to go from one thread to another as one piece of memory. Before those of a
 * batch stand the bytes of the words, of what follows them, and of what is left out between: 4 bytes each.
 */
const HEADER_BYTES = 16;
/** V8 copies into shared memory by the word where both lie alike in their words, else byte by byte. */
const WORD_BYTES = 8;

export interface LocatedBlock {
  readonly bytes: Buffer;
  length: number;
}

const convertedBytes = ({ converted }: LocatedRecords): number =>
  converted.reduce((sum, { length }) => sum + length, 0);

/** Bytes that records take in a block at most. */
export const blockSize = (records: LocatedRecords): number =>
  HEADER_BYTES +
  records.words.byteLength +
  records.bytes.length +
  convertedBytes(records) +
  2 * WORD_BYTES;

/** Appends records, which must fit. */
export const addToBlock = (block: LocatedBlock, records: LocatedRecords): void => {
  const { bytes, words, converted } = records;
  const to = block.bytes;
  const at = block.length;
  const wordsAt = at + HEADER_BYTES;
  const after = wordsAt + words.byteLength;
  const left =
    (WORD_BYTES + ((bytes.byteOffset - to.byteOffset - after) % WORD_BYTES)) % WORD_BYTES;
  let end = after + left;
  Buffer.from(words.buffer, words.byteOffset, words.byteLength).copy(to, wordsAt);
  end += bytes.copy(to, end);
  for (const payload of converted) end += payload.copy(to, end);
  to.writeUInt32LE(words.byteLength, at);
  to.writeUInt32LE(left, at + 4);
  to.writeUInt32LE(end - after - left, at + 8);
  // The words of the next records begin at a word, too.
  block.length = Math.ceil(end / WORD_BYTES) * WORD_BYTES;
};

/** What is in a block, whose memory begins at a word; converted payloads have come to the end of `bytes`. */
export const recordsOfBlock = ({ bytes, length }: LocatedBlock): readonly LocatedBatch[] => {
  const found: LocatedBatch[] = [];
  for (let at = 0; at < length;) {
    const wordsAt = at + HEADER_BYTES;
    const after = wordsAt + bytes.readUInt32LE(at);
    const start = after + bytes.readUInt32LE(at + 4);
    const end = start + bytes.readUInt32LE(at + 8);
    found.push({
      words: new Uint32Array(bytes.buffer, bytes.byteOffset + wordsAt, (after - wordsAt) / 4),
      bytes: bytes.subarray(start, end),
    });
    at = Math.ceil(end / WORD_BYTES) * WORD_BYTES;
  }
  return found;
};
