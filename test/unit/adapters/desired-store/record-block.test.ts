import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addToBlock,
  blockSize,
  recordsOfBlock,
} from '../../../../src/adapters/desired-store/record-block.ts';

const packed = fc
  .tuple(fc.uint8Array({ maxLength: 200 }), fc.nat(20), fc.nat(1_000), fc.nat(2 ** 40))
  .map(([content, offset, count, baseOffset]) => {
    const bytes = Buffer.alloc(offset + content.length).subarray(offset);
    bytes.set(content);
    return { bytes, count, baseOffset, from: baseOffset, next: baseOffset + count };
  });

describe('a block of records', () => {
  it('gives back what was put into it, wherever that lay, in no more than the room that was asked for', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(100), packed), { maxLength: 6 }), (batches) => {
        const room = batches.reduce((sum, [, records]) => sum + blockSize(records), 0);
        const block = { bytes: Buffer.from(new SharedArrayBuffer(room)), length: 0 };
        for (const [partition, records] of batches) addToBlock(block, partition, records);
        expect(block.length).toBeLessThanOrEqual(room);
        const found = recordsOfBlock(block);
        expect(found.map(({ partition }) => partition)).toEqual(batches.map(([each]) => each));
        for (const [index, { records }] of found.entries()) {
          const { bytes, ...rest } = batches[index]![1];
          expect(records).toMatchObject(rest);
          expect(Buffer.from(records.bytes)).toEqual(Buffer.from(bytes));
          if (bytes.length > 0) expect(records.bytes.byteOffset % 8).toBe(bytes.byteOffset % 8);
        }
      }),
    );
  });
});
