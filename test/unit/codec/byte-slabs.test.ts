import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createByteSlabs, type ByteSpace } from '../../../src/codec/byte-slabs.ts';

const SLAB = 64;

describe('byte slabs', () => {
  it('never give bytes of an open space to another one, whatever was released before', () => {
    const step = fc.oneof(
      fc.record({ take: fc.integer({ min: 0, max: SLAB + 10 }), from: fc.nat(3) }),
      fc.record({ release: fc.nat(3) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const slabs = createByteSlabs({ slabBytes: SLAB, maxKept: 2 });
        const open = (): { space: ByteSpace; taken: { bytes: Buffer; mark: number }[] } => ({
          space: slabs.open(),
          taken: [],
        });
        const spaces = [open(), open(), open(), open()];
        let mark = 0;
        for (const each of steps) {
          if ('release' in each) {
            spaces[each.release]!.space.release();
            spaces[each.release] = open();
            continue;
          }
          mark = (mark % 255) + 1;
          const { space, taken } = spaces[each.from]!;
          const bytes = space.take(each.take);
          expect(bytes.length).toBe(each.take);
          taken.push({ bytes: bytes.fill(mark), mark });
        }
        for (const { taken } of spaces) {
          for (const { bytes, mark: own } of taken) {
            expect(bytes.every((byte) => byte === own)).toBe(true);
          }
        }
      }),
    );
  });

  it('are used again after their release, as many as are kept', () => {
    const slabs = createByteSlabs({ slabBytes: SLAB, maxKept: 1 });
    const first = slabs.open();
    const memory = [first.take(SLAB).buffer, first.take(SLAB).buffer];
    first.release();
    const second = slabs.open();
    expect(memory).toContain(second.take(SLAB).buffer);
    expect(memory).not.toContain(second.take(SLAB).buffer);
  });

  it('leave a space that is not released alone', () => {
    const slabs = createByteSlabs({ slabBytes: SLAB, maxKept: 4 });
    const { buffer } = slabs.open().take(8);
    expect(slabs.open().take(8).buffer).not.toBe(buffer);
  });

  it('keep nothing that is larger than a slab', () => {
    const slabs = createByteSlabs({ slabBytes: SLAB, maxKept: 4 });
    const space = slabs.open();
    const { buffer } = space.take(SLAB + 1);
    space.release();
    expect(slabs.open().take(SLAB).buffer).not.toBe(buffer);
  });
});
