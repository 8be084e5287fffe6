import { describe, expect, it } from 'vitest';
import { createByteWriter } from '../../../src/codec/byte-writer.ts';
import { crc32c } from '../../../src/codec/crc32c.ts';
import { batchAt, createRecordCursor } from '../../../src/codec/record-batch.ts';
import { writeRecordBatch } from '../../../src/codec/record-batch-writer.ts';

const HEAD = {
  isTransactional: true,
  producerId: 7n,
  producerEpoch: 3,
  firstSequence: 11,
  now: 1_790_000_000_000,
};

describe('a record batch that is written', () => {
  it('reads back as the messages that went in, behind what stood there before', () => {
    const messages = [
      { key: 'é', value: Buffer.from('one'), headers: { a: ['1', Buffer.from('2')], b: 'ü' } },
      { key: null, value: 'x'.repeat(100_000) },
      { key: 'k'.repeat(64), value: null },
    ];
    const writer = createByteWriter(16);
    writer.bytes('before');
    writeRecordBatch(writer, messages, HEAD);
    const bytes = writer.written();
    const batch = batchAt(bytes, 6);
    expect(batch).toMatchObject({ next: 3n, isTransactional: true, producerId: 7n, count: 3 });
    expect(batch?.end).toBe(bytes.length);
    const cursor = createRecordCursor();
    cursor.reset({
      bytes: bytes.subarray(batch?.start),
      baseOffset: 0,
      from: 0,
      count: 3,
      next: 3,
    });
    const found = [];
    while (cursor.next()) {
      const text = (from: number, to: number) =>
        to < 0 ? null : cursor.bytes.toString('utf8', from, to);
      found.push({
        key: text(cursor.keyStart, cursor.keyEnd),
        value: text(cursor.valueStart, cursor.valueEnd),
      });
    }
    expect(found).toEqual(
      messages.map(({ key, value }) => ({ key, value: value === null ? null : String(value) })),
    );
  });

  it('has a checksum as RFC 3720 has them', () => {
    expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
    expect(crc32c(Buffer.alloc(32, 0xff))).toBe(0x62a8ab43);
    expect(crc32c(Buffer.from(Array.from({ length: 32 }, (_, at) => at)))).toBe(0x46dd794e);
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
    expect(crc32c(Buffer.alloc(0))).toBe(0);
  });
});
