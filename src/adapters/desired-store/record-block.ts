import type { PackedRecords } from '../../codec/record-batch.ts';

/**
 * Records of batches, one behind the other, to go from one thread to another as one piece of memory. Before those of a
 * batch stand: partition, number of records, length in bytes, bytes left out before the records (4 bytes each), base
 * offset, first offset that is meant, next offset (8 each, doubles).
 */
const HEADER_BYTES = 40;
/** V8 copies into shared memory by the word where both lie alike in their words, else byte by byte. */
const WORD_BYTES = 8;

export interface RecordBlock {
  readonly bytes: Buffer;
  length: number;
}

/** Records of one partition. */
export interface PartitionRecords {
  readonly partition: number;
  readonly records: PackedRecords;
}

export const blockSize = ({ bytes }: PackedRecords): number =>
  HEADER_BYTES + WORD_BYTES + bytes.length;

/** Appends records, which must fit. */
export const addToBlock = (
  block: RecordBlock,
  partition: number,
  { bytes, count, baseOffset, from, next }: PackedRecords,
): void => {
  const to = block.bytes;
  const at = block.length;
  const after = at + HEADER_BYTES;
  const left =
    (WORD_BYTES + ((bytes.byteOffset - to.byteOffset - after) % WORD_BYTES)) % WORD_BYTES;
  to.writeInt32LE(partition, at);
  to.writeInt32LE(count, at + 4);
  to.writeInt32LE(bytes.length, at + 8);
  to.writeInt32LE(left, at + 12);
  to.writeDoubleLE(baseOffset, at + 16);
  to.writeDoubleLE(from, at + 24);
  to.writeDoubleLE(next, at + 32);
  bytes.copy(to, after + left);
  block.length = after + left + bytes.length;
};

/** What is in a block; the bytes are parts of it. */
export const recordsOfBlock = ({ bytes, length }: RecordBlock): readonly PartitionRecords[] => {
  const found: PartitionRecords[] = [];
  for (let at = 0; at < length;) {
    const start = at + HEADER_BYTES + bytes.readInt32LE(at + 12);
    const end = start + bytes.readInt32LE(at + 8);
    found.push({
      partition: bytes.readInt32LE(at),
      records: {
        count: bytes.readInt32LE(at + 4),
        baseOffset: bytes.readDoubleLE(at + 16),
        from: bytes.readDoubleLE(at + 24),
        next: bytes.readDoubleLE(at + 32),
        bytes: bytes.subarray(start, end),
      },
    });
    at = end;
  }
  return found;
};
