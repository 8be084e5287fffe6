import type { PackedRecords } from '../../codec/record-batch.ts';

/**
 * Records of batches, one behind the other, to go from one thread to another as one piece of memory. Before those of a
 * batch stand: partition, number of records, length in bytes (4 bytes each), base offset, first offset that is meant,
 * next offset (8 each, doubles).
 */
const HEADER_BYTES = 36;

export interface RecordBlock {
  readonly bytes: Buffer;
  length: number;
}

/** Records of one partition. */
export interface PartitionRecords {
  readonly partition: number;
  readonly records: PackedRecords;
}

export const blockSize = ({ bytes }: PackedRecords): number => HEADER_BYTES + bytes.length;

/** Appends records, which must fit. */
export const addToBlock = (
  block: RecordBlock,
  partition: number,
  { bytes, count, baseOffset, from, next }: PackedRecords,
): void => {
  const to = block.bytes;
  const at = block.length;
  to.writeInt32LE(partition, at);
  to.writeInt32LE(count, at + 4);
  to.writeInt32LE(bytes.length, at + 8);
  to.writeDoubleLE(baseOffset, at + 12);
  to.writeDoubleLE(from, at + 20);
  to.writeDoubleLE(next, at + 28);
  bytes.copy(to, at + HEADER_BYTES);
  block.length = at + HEADER_BYTES + bytes.length;
};

/** What is in a block; the bytes are parts of it. */
export const recordsOfBlock = ({ bytes, length }: RecordBlock): readonly PartitionRecords[] => {
  const found: PartitionRecords[] = [];
  for (let at = 0; at < length;) {
    const start = at + HEADER_BYTES;
    const end = start + bytes.readInt32LE(at + 8);
    found.push({
      partition: bytes.readInt32LE(at),
      records: {
        count: bytes.readInt32LE(at + 4),
        baseOffset: bytes.readDoubleLE(at + 12),
        from: bytes.readDoubleLE(at + 20),
        next: bytes.readDoubleLE(at + 28),
        bytes: bytes.subarray(start, end),
      },
    });
    at = end;
  }
  return found;
};
