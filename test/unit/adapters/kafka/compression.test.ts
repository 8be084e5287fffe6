import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import kafkajs from 'kafkajs';
import { compressFrameSync } from 'lz4-napi';
import { beforeAll, describe, expect, it } from 'vitest';
import { registerCompressionCodecs } from '../../../../src/adapters/kafka/compression.ts';
import { lz4FrameSize } from '../../../../src/adapters/kafka/lz4-frame-size.ts';

interface Codec {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>;
  decompress(buffer: Buffer): Promise<Buffer>;
}

const limit = 100_000;
const { CompressionCodecs, CompressionTypes } = kafkajs;
const types = [
  ['gzip', CompressionTypes.GZIP],
  ['snappy', CompressionTypes.Snappy],
  ['lz4', CompressionTypes.LZ4],
  ['zstd', CompressionTypes.ZSTD],
] as const;
const codecOf = (type: (typeof types)[number][1]): Codec => CompressionCodecs[type]() as Codec;

beforeAll(() => registerCompressionCodecs(limit));

/** Framed as snappy-java does it: a header of 16 bytes, then chunks with their length before them. */
const xerial = (chunks: readonly Buffer[]): Buffer =>
  Buffer.concat([
    Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]),
    ...chunks.flatMap((chunk) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(chunk.length);
      return [length, chunk];
    }),
  ]);

describe.each(types)('the %s codec', (name, type) => {
  it('gives back what it has compressed', async () => {
    const codec = codecOf(type);
    const text = Buffer.from('an audit event '.repeat(200));
    expect(await codec.decompress(await codec.compress({ buffer: text }))).toEqual(text);
  });

  it('refuses what unpacks to more than the limit, and takes what unpacks to it', async () => {
    const codec = codecOf(type);
    const most = await codec.compress({ buffer: Buffer.alloc(limit) });
    expect(await codec.decompress(most)).toHaveLength(limit);
    const bomb = await codec.compress({ buffer: Buffer.alloc(limit + 1) });
    await expect(codec.decompress(bomb)).rejects.toMatchObject({
      code: 'batch_too_large',
      retriable: false,
    });
  });

  it('names itself when the bytes are not of its format', async () => {
    const garbage = Buffer.from('this is nothing compressed at all');
    await expect(codecOf(type).decompress(garbage)).rejects.toMatchObject({
      retriable: false,
      message: expect.stringContaining(name),
    });
  });
});

describe('the snappy codec', () => {
  it('reads the framing of the Java client', async () => {
    const codec = codecOf(CompressionTypes.Snappy);
    const [first, second] = [Buffer.from('one '.repeat(50)), Buffer.from('two '.repeat(50))];
    const framed = xerial([
      await codec.compress({ buffer: first }),
      await codec.compress({ buffer: second }),
    ]);
    expect(await codec.decompress(framed)).toEqual(Buffer.concat([first, second]));
  });

  it('adds up the chunks for the limit', async () => {
    const codec = codecOf(CompressionTypes.Snappy);
    const half = await codec.compress({ buffer: Buffer.alloc(limit / 2 + 1) });
    await expect(codec.decompress(xerial([half, half]))).rejects.toMatchObject({
      code: 'batch_too_large',
    });
  });
});

describe('lz4FrameSize', () => {
  it('is what the frame unpacks to', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.uint8Array({ minLength: 1, maxLength: 300 }),
            fc.integer({ min: 1, max: 400 }),
          ),
          {
            maxLength: 12,
          },
        ),
        (parts) => {
          const text = Buffer.concat(
            parts.flatMap(([bytes, times]) => Array.from({ length: times }, () => bytes)),
          );
          return lz4FrameSize(compressFrameSync(text)) === text.length;
        },
      ),
      { numRuns: 60 },
    );
  });

  it('refuses other formats and frames cut short', () => {
    const frame = compressFrameSync(Buffer.from('text '.repeat(100)));
    for (let end = 0; end < frame.length; end += 1) {
      expect(() => lz4FrameSize(frame.subarray(0, end))).toThrow(/lz4/);
    }
    expect(() => lz4FrameSize(gzipSync('text'))).toThrow('no lz4 frame');
    expect(() => lz4FrameSize(zstdCompressSync('text'))).toThrow('no lz4 frame');
  });
});
