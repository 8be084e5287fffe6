import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addToBlock,
  blockSize,
  recordsOfBlock,
} from '../../../../src/adapters/desired-store/located-block.ts';

const bytes = fc.uint8Array({ maxLength: 200 });
const located = fc
  .record({ content: bytes, offset: fc.nat(20), converted: fc.array(bytes, { maxLength: 3 }) })
  .chain(({ content, offset, converted }) => {
    const records = Buffer.alloc(offset + content.length).subarray(offset);
    records.set(content);
    return fc.uint32Array({ maxLength: 40 }).map((words) => ({
      bytes: records,
      converted: converted.map((each) => Buffer.from(each)),
      words: Uint32Array.from(words),
    }));
  });

describe('a block of located records', () => {
  it('gives back what was put into it, wherever that lay, in no more than the room that was asked for', () => {
    fc.assert(
      fc.property(fc.array(located, { maxLength: 6 }), (batches) => {
        const room = batches.reduce((sum, records) => sum + blockSize(records), 0);
        const block = { bytes: Buffer.from(new SharedArrayBuffer(room)), length: 0 };
        for (const records of batches) addToBlock(block, records);
        expect(block.length).toBeLessThanOrEqual(room);
        const found = recordsOfBlock(block);
        expect(found).toHaveLength(batches.length);
        for (const [index, records] of found.entries()) {
          const put = batches[index]!;
          expect([...records.words]).toEqual([...put.words]);
          expect(Buffer.from(records.bytes)).toEqual(Buffer.concat([put.bytes, ...put.converted]));
          if (put.bytes.length > 0)
            expect(records.bytes.byteOffset % 8).toBe(put.bytes.byteOffset % 8);
        }
      }),
    );
  });
});
