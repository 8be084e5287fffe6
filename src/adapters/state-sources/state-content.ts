import type { Readable } from 'node:stream';
import { packContent } from '../../codec/packed-content.ts';
import type { SourceContent } from '../../core/model/source-content.ts';
import { SourceError } from './source-error.ts';
import { withinTime } from './time-limit.ts';

/** Bounds of one state. */
export interface ContentLimits {
  /** Largest content in bytes, before and after decompression. */
  readonly maxBytes: number;
  /** Longest wait for an answer, or for the next piece of one, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Reads a body to its end, decompressed where its first bytes are gzip's.
 * @throws SourceError `too_large`, `not_gzip`, `unavailable`
 */
export const readBody = async (
  body: Readable,
  limits: ContentLimits,
  signal: AbortSignal,
  service: string,
): Promise<SourceContent> => {
  try {
    return await packed(piecesOf(body, limits, signal, service), limits.maxBytes);
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

/** @throws SourceError `too_large`, `not_gzip` */
export const packed = async (
  pieces: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<SourceContent> => {
  const content = await packContent(pieces, maxBytes);
  if (content === 'too_large') throw tooLarge(maxBytes);
  if (content === 'not_gzip') {
    throw new SourceError('not_gzip', 'The gzip data is damaged or cut off.');
  }
  return content;
};

async function* piecesOf(
  body: Readable,
  { timeoutMs }: ContentLimits,
  signal: AbortSignal,
  service: string,
): AsyncGenerator<Buffer, undefined> {
  const pieces = (body as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  for (;;) {
    const piece = await withinTime(() => pieces.next(), signal, timeoutMs, service);
    if (piece.done === true) return undefined;
    yield piece.value;
  }
}

export const tooLarge = (maxBytes: number): SourceError =>
  new SourceError('too_large', `It is larger than ${maxBytes} bytes: raise desired.maxStateBytes.`);
