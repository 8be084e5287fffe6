import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { compressFrame, decompressFrame } from 'lz4-napi';
import kafkajs from 'kafkajs';
import snappyCodec from 'kafkajs-snappy';
import { KafkaError } from './kafka-error.ts';
import { lz4FrameSize } from './lz4-frame-size.ts';
import { snappyChunks, snappySize } from './snappy-framing.ts';

interface Codec {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>;
  decompress(buffer: Buffer): Promise<Buffer>;
}

const gzip = promisify(zlib.gzip);
const unzip = promisify(zlib.unzip);
const zstdCompress = promisify(zlib.zstdCompress);
const zstdDecompress = promisify(zlib.zstdDecompress);

const tooLarge = (codec: string, maxBytes: number): KafkaError =>
  new KafkaError(
    'batch_too_large',
    `A fetched ${codec} batch is larger than ${maxBytes} bytes once decompressed. kafkajs cannot step over a part of a ` +
      'fetch: raise kafka.maxDecompressedBytes; or run once with kafka.maxBytesPerPartition=1, which ends at this batch ' +
      'with all before it done, and move the group past it (`driftline consumption seek`). Limit who may write to the topic.',
    { retriable: false },
  );

const checked = (codec: string, maxBytes: number, size: number): void => {
  if (size > maxBytes) throw tooLarge(codec, maxBytes);
};

/** Codec failures leave as KafkaError: kafkajs would retry a plain error for ever. */
const guarded = async (
  codec: string,
  maxBytes: number,
  work: () => Promise<Buffer>,
): Promise<Buffer> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof KafkaError) throw error;
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
      throw tooLarge(codec, maxBytes);
    }
    throw new KafkaError('codec_failed', `A fetched batch is not valid ${codec}.`, {
      retriable: false,
      cause: error,
    });
  }
};

const gzipCodec = (maxBytes: number): Codec => ({
  compress: (encoder) => gzip(encoder.buffer),
  decompress: (buffer) =>
    guarded('gzip', maxBytes, () => unzip(buffer, { maxOutputLength: maxBytes })),
});

const zstdCodec = (maxBytes: number): Codec => ({
  compress: (encoder) => zstdCompress(encoder.buffer),
  decompress: (buffer) =>
    guarded('zstd', maxBytes, () => zstdDecompress(buffer, { maxOutputLength: maxBytes })),
});

const lz4Codec = (maxBytes: number): Codec => ({
  compress: (encoder) => compressFrame(encoder.buffer),
  decompress: (buffer) =>
    guarded('lz4', maxBytes, () => {
      checked('lz4', maxBytes, lz4FrameSize(buffer));
      return decompressFrame(buffer);
    }),
});

const snappyCappedCodec = (maxBytes: number): Codec => {
  const block = snappyCodec() as Codec;
  return {
    compress: (encoder) => block.compress(encoder),
    decompress: (buffer) =>
      guarded('snappy', maxBytes, async () => {
        const chunks = snappyChunks(buffer);
        checked('snappy', maxBytes, snappySize(chunks));
        const decoded: Buffer[] = [];
        for (const chunk of chunks) decoded.push(await block.decompress(chunk));
        return decoded.length === 1 && decoded[0] !== undefined
          ? decoded[0]
          : Buffer.concat(decoded);
      }),
  };
};

/** The attribute has room for three more codecs than Kafka has. kafkajs would read such a batch as if it were plain. */
const unknownCodecs: readonly number[] = [5, 6, 7];

const unknownCodec = (type: number): Codec => {
  const refuse = async (): Promise<Buffer> => {
    throw new KafkaError(
      'codec_unknown',
      `A fetched batch is compressed with codec ${type}, which no client of this version knows. Upgrade Driftline, or ` +
        'move the group past the batch.',
      { retriable: false },
    );
  };
  return { compress: refuse, decompress: refuse };
};

/**
 * Registers gzip, snappy, lz4 and zstd with kafkajs, for the whole process.
 * kafkajs brings gzip only, without a limit: a batch of 1 MiB can unpack to 256 MiB.
 * @param maxBytes most bytes that one batch may unpack to
 */
export const registerCompressionCodecs = (maxBytes: number): void => {
  const { CompressionCodecs, CompressionTypes } = kafkajs;
  CompressionCodecs[CompressionTypes.GZIP] = () => gzipCodec(maxBytes);
  CompressionCodecs[CompressionTypes.Snappy] = () => snappyCappedCodec(maxBytes);
  CompressionCodecs[CompressionTypes.LZ4] = () => lz4Codec(maxBytes);
  CompressionCodecs[CompressionTypes.ZSTD] = () => zstdCodec(maxBytes);
  const all = CompressionCodecs as Record<number, () => Codec>;
  for (const type of unknownCodecs) all[type] = () => unknownCodec(type);
};

/** Unpacks the records of a batch with the codecs that are registered. @throws KafkaError `batch_too_large`, `codec_failed`, `codec_unknown` */
export const decompressBatch = async (compression: number, bytes: Buffer): Promise<Buffer> => {
  const codecs = kafkajs.CompressionCodecs as Readonly<Record<number, (() => Codec) | undefined>>;
  return (codecs[compression]?.() ?? unknownCodec(compression)).decompress(bytes);
};
