import type { StoreRecord } from './store-writer.ts';

/**
 * Records packed one behind the other, to go from one thread to another as one piece of memory. A record is
 * partition (4 bytes), length of the key and of the value (4 each, -1: null), offset (8, a double), key, value.
 */
const HEADER_BYTES = 20;

export interface RecordBlock {
  readonly bytes: Buffer;
  length: number;
}

export const packedSize = (key: Buffer | null, value: Buffer | null): number =>
  HEADER_BYTES + (key?.length ?? 0) + (value?.length ?? 0);

/** Appends a record, which must fit. */
export const packRecord = (
  block: RecordBlock,
  partition: number,
  offset: number,
  key: Buffer | null,
  value: Buffer | null,
): void => {
  const { bytes } = block;
  let at = block.length;
  bytes.writeInt32LE(partition, at);
  bytes.writeInt32LE(key === null ? -1 : key.length, at + 4);
  bytes.writeInt32LE(value === null ? -1 : value.length, at + 8);
  bytes.writeDoubleLE(offset, at + 12);
  at += HEADER_BYTES;
  if (key !== null) {
    bytes.set(key, at);
    at += key.length;
  }
  if (value !== null) {
    bytes.set(value, at);
    at += value.length;
  }
  block.length = at;
};

/** The records of a block; key and value are parts of it. */
export function* unpackRecords({ bytes, length }: RecordBlock): Generator<StoreRecord> {
  for (let at = 0; at < length;) {
    const partition = bytes.readInt32LE(at);
    const keyLength = bytes.readInt32LE(at + 4);
    const valueLength = bytes.readInt32LE(at + 8);
    const offset = bytes.readDoubleLE(at + 12);
    const keyStart = at + HEADER_BYTES;
    const valueStart = keyStart + Math.max(keyLength, 0);
    at = valueStart + Math.max(valueLength, 0);
    yield {
      partition,
      offset,
      key: keyLength < 0 ? null : bytes.subarray(keyStart, valueStart),
      value: valueLength < 0 ? null : bytes.subarray(valueStart, at),
    };
  }
}
