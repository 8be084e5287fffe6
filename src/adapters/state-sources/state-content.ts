import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { SourceError } from './source-error.ts';
import { withinTime } from './time-limit.ts';

const gunzipWithin = promisify(gunzip);

/** Bounds of one state. */
export interface ContentLimits {
  /** Largest content, before and after decompression. */
  readonly maxBytes: number;
  /** Longest wait for an answer, or for the next piece of one, in milliseconds. */
  readonly timeoutMs: number;
}

/** Reads a body to its end. @throws SourceError `too_large`, `unavailable` */
export const readBody = async (
  body: Readable,
  { maxBytes, timeoutMs }: ContentLimits,
  signal: AbortSignal,
  service: string,
): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let length = 0;
  const pieces = (body as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const piece = await withinTime(() => pieces.next(), signal, timeoutMs, service);
      if (piece.done === true) return Buffer.concat(chunks);
      length += piece.value.length;
      if (length > maxBytes) throw tooLarge(maxBytes);
      chunks.push(piece.value);
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SourceError) throw error;
    throw new SourceError('unavailable', `${service} broke off the answer.`, error);
  } finally {
    // What the stream still says after that is of no use to anyone.
    body.on('error', () => undefined);
    body.destroy();
  }
};

/** Decompressed where its first bytes are gzip's. @throws SourceError `too_large`, `not_gzip` */
export const unpacked = async (bytes: Buffer, maxBytes: number): Promise<Uint8Array> => {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return await gunzipWithin(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
      throw tooLarge(maxBytes);
    }
    throw new SourceError('not_gzip', 'The gzip data is damaged or cut off.', error);
  }
};

export const tooLarge = (maxBytes: number): SourceError =>
  new SourceError('too_large', `It is larger than ${maxBytes} bytes.`);
