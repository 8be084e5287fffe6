import type { PackedRecords } from '../../src/codec/record-batch.ts';

const varint = (value: number): Buffer => {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  const bytes: number[] = [];
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
};

const field = (bytes: Buffer | null): Buffer =>
  bytes === null ? varint(-1) : Buffer.concat([varint(bytes.length), bytes]);

export interface TestRecord {
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

/** Records as they lie in a batch of Kafka's format 2; their offsets rise. */
export const packRecords = (records: readonly TestRecord[], from = 0): PackedRecords => {
  const baseOffset = records[0]?.offset ?? 0;
  const bytes = records.map(({ offset, key, value }) => {
    const body = Buffer.concat([
      // No attributes; as late as the batch.
      Buffer.from([0]),
      varint(0),
      varint(offset - baseOffset),
      field(key),
      field(value),
      // One header, which is passed over.
      varint(1),
      field(Buffer.from('name')),
      field(Buffer.from('text')),
    ]);
    return Buffer.concat([varint(body.length), body]);
  });
  return {
    baseOffset,
    from,
    count: records.length,
    next: (records.at(-1)?.offset ?? baseOffset - 1) + 1,
    bytes: Buffer.concat(bytes),
  };
};
