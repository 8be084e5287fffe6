import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { packContent } from '../../../src/codec/packed-content.ts';
import { wholeBytes } from '../../../src/core/model/source-content.ts';

const MIB = 1024 * 1024;
const bytesOf = (length: number): Buffer =>
  Buffer.from(
    Array.from({ length: 1_000 }, (_, at) => String(at))
      .join(',')
      .repeat(length / 3_889 + 1),
  ).subarray(0, length);

async function* inPieces(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

describe('the content of a file', () => {
  it.each([0, 1, 100, 16 * MIB, 16 * MIB + 1, 23 * MIB])(
    'of %d bytes is given again as it was, as often as asked, packed or not',
    async (length) => {
      const bytes = bytesOf(length);
      for (const packed of length === 0 ? [bytes] : [bytes, gzipSync(bytes, { level: 1 })]) {
        const content = await packContent(inPieces(packed, 65_536), 64 * MIB);
        if (typeof content === 'string') throw new Error(content);
        expect(bytes.equals(wholeBytes(content))).toBe(true);
        expect(bytes.equals(wholeBytes(content))).toBe(true);
        expect(content instanceof Uint8Array).toBe(length <= 16 * MIB);
      }
    },
  );

  it('is refused where it is larger than allowed, before or after gunzip', async () => {
    const bytes = bytesOf(20_000);
    expect(await packContent(inPieces(bytes, 700), 19_999)).toBe('too_large');
    expect(await packContent(inPieces(gzipSync(bytes), 700), 19_999)).toBe('too_large');
    expect(await packContent(inPieces(gzipSync(bytes), 700), 20_000)).toEqual(bytes);
  });

  it('is refused where its gzip is damaged or cut off', async () => {
    const packed = gzipSync(bytesOf(20_000));
    expect(await packContent(inPieces(packed.subarray(0, -9), 700), MIB)).toBe('not_gzip');
    expect(
      await packContent(
        inPieces(
          Buffer.concat([packed.subarray(0, 20), Buffer.from('x'), packed.subarray(21)]),
          700,
        ),
        MIB,
      ),
    ).toBe('not_gzip');
  });

  it.each([
    ['plain', Buffer.from('abc')],
    ['gzip', gzipSync(bytesOf(90_000)).subarray(0, 900)],
  ])('rejects as its source does: %s', async (_name, bytes) => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield* inPieces(bytes, 100);
      throw new Error('the disk is gone');
    }
    await expect(packContent(broken(), MIB)).rejects.toThrow('the disk is gone');
  });
});
