import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonOutput } from '../../../src/codec/json-output.ts';

const stringOf = (bytes: Buffer): string => {
  const output = new JsonOutput();
  output.string(bytes, 0, bytes.length);
  return output.take().toString();
};

describe('JSON written into a buffer', () => {
  it('has texts as JSON.stringify writes them, also of bytes that are no UTF-8', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
      fc.string({ unit: 'binary', maxLength: 300 }).map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(bytes, (text) => {
        expect(stringOf(text)).toBe(JSON.stringify(text.toString()));
      }),
      { numRuns: 500 },
    );
  });

  it('has integers as they are', () => {
    const edges = [
      0,
      -1,
      9,
      10,
      999_999_999,
      1_000_000_000,
      2 ** 31,
      -(2 ** 31),
      2 ** 52,
      -(2 ** 52),
    ];
    const any = fc.oneof(fc.constantFrom(...edges), fc.maxSafeInteger(), fc.integer());
    fc.assert(
      fc.property(any, (value) => {
        const output = new JsonOutput();
        output.integer(value);
        expect(output.take().toString()).toBe(String(value));
      }),
      { numRuns: 500 },
    );
  });

  it('is whole where it grows, and starts anew when taken', () => {
    const output = new JsonOutput();
    const piece = Buffer.alloc(50_000, 'x');
    for (let count = 0; count < 40; count++) output.copy(piece, 0, piece.length);
    const text = output.take();
    expect(text.equals(Buffer.alloc(2_000_000, 'x'))).toBe(true);
    output.json('[]');
    expect(output.take().toString()).toBe('[]');
    expect(output.bytes.length).toBeLessThan(100_000);
    expect(text[0]).toBe(0x78);
  });
});
