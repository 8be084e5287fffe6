import { describe, expect, it } from 'vitest';
import { batchAt, createRecordCursor, RecordBatchError } from '../../../src/codec/record-batch.ts';
import { packRecords, type TestRecord } from '../../support/packed-records.ts';
import { batchOf } from '../../support/record-batch.ts';

const record = (offset: number, key: string | null, value: string | null): TestRecord => ({
  offset,
  key: key === null ? null : Buffer.from(key),
  value: value === null ? null : Buffer.from(value),
});

const read = (packed: ReturnType<typeof packRecords>) => {
  const cursor = createRecordCursor();
  cursor.reset(packed);
  const found: (readonly [number, string | null, string | null])[] = [];
  while (cursor.next()) {
    const { bytes, keyStart, keyEnd, valueStart, valueEnd } = cursor;
    const text = (from: number, to: number) => (to < 0 ? null : bytes.toString('utf8', from, to));
    found.push([cursor.offset, text(keyStart, keyEnd), text(valueStart, valueEnd)]);
  }
  return found;
};

describe('a record batch', () => {
  it('says where its records are, and what it is', () => {
    const batch = batchOf([record(7, 'a', 'b'), record(9, 'c', null)], {
      producerId: 5n,
      isTransactional: true,
      compression: 4,
      next: 12,
    });
    expect(batchAt(Buffer.concat([Buffer.alloc(3), batch]), 3)).toEqual({
      baseOffset: 7n,
      next: 12n,
      compression: 4,
      isTransactional: true,
      isControl: false,
      producerId: 5n,
      count: 2,
      start: 64,
      end: 3 + batch.length,
    });
  });

  it('is left for the next fetch where only a part of it came', () => {
    const batch = batchOf([record(0, 'a', 'b')]);
    for (let length = 0; length < batch.length; length++)
      expect(batchAt(batch.subarray(0, length), 0)).toBeUndefined();
  });

  it('is refused in an older message format, and where its length is impossible', () => {
    const older = batchOf([record(0, 'a', 'b')]);
    older.writeInt8(1, 16);
    expect(() => batchAt(older, 0)).toThrow(/message format 1/);
    const short = batchOf([record(0, 'a', 'b')]);
    short.writeInt32BE(3, 8);
    expect(() => batchAt(short, 0)).toThrow(RecordBatchError);
  });
});

describe('the records of a batch', () => {
  it('come with offset, key and value, null or empty too', () => {
    const long = 'x'.repeat(20_000);
    const packed = packRecords([
      record(100, 'a', long),
      record(103, null, 'v'),
      record(300, 'gone', null),
      record(301, '', ''),
    ]);
    expect(read(packed)).toEqual([
      [100, 'a', long],
      [103, null, 'v'],
      [300, 'gone', null],
      [301, '', ''],
    ]);
  });

  it('begin where the reader was, in the middle of a batch', () => {
    expect(read(packRecords([record(1, 'a', 'b'), record(2, 'c', 'd')], 2))).toEqual([
      [2, 'c', 'd'],
    ]);
  });

  it('are refused wherever they are cut or damaged, and never read without end', () => {
    const packed = packRecords([record(0, 'key', 'value'), record(1, 'k', 'v')]);
    for (let length = 0; length < packed.bytes.length; length++)
      expect(() => read({ ...packed, bytes: packed.bytes.subarray(0, length) })).toThrow(
        RecordBatchError,
      );
    for (let at = 0; at < packed.bytes.length; at++)
      for (const byte of [0x00, 0x7f, 0x80, 0xff]) {
        const damaged = Buffer.from(packed.bytes);
        damaged[at] = byte;
        try {
          expect(read({ ...packed, bytes: damaged }).length).toBeLessThanOrEqual(2);
        } catch (error) {
          expect(error).toBeInstanceOf(RecordBatchError);
        }
      }
  });
});
