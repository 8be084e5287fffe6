import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { constants, createGunzip, zstdCompress, zstdDecompressSync } from 'node:zlib';
import type { SourceContent } from '../core/model/source-content.ts';

export type PackFailure = 'too_large' | 'not_gzip';

/** Up to this many bytes are held as they are. */
const PLAIN = 16 * 1024 * 1024;
/** Larger content is held in compressed blocks of so many bytes: states shrink to a tenth or less. */
const BLOCK = 4 * 1024 * 1024;

const compress = promisify(zstdCompress);
const FAST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/**
 * Takes in a file of at most `maxBytes`, before and after gunzip, in memory far smaller than the file. Gzip is told by
 * its first bytes. Rejects as `pieces` does.
 */
export const packContent = async (
  pieces: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<SourceContent | PackFailure> => {
  const plain: Uint8Array[] = [];
  const packed: Uint8Array[] = [];
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let size = 0;
  const pack = async (): Promise<void> => {
    packed.push(await compress(Buffer.concat(waiting), FAST));
    waiting = [];
    waitingBytes = 0;
  };
  try {
    for await (const piece of unzipped(limited(pieces, maxBytes))) {
      size += piece.length;
      if (size > maxBytes) return 'too_large';
      if (size <= PLAIN) {
        plain.push(piece);
        continue;
      }
      waiting.push(...plain.splice(0), piece);
      waitingBytes = packed.length === 0 ? size : waitingBytes + piece.length;
      if (waitingBytes >= BLOCK) await pack();
    }
  } catch (error) {
    if (error instanceof TooLargeError) return 'too_large';
    if (isZlibError(error)) return 'not_gzip';
    throw error;
  }
  if (size <= PLAIN) return Buffer.concat(plain);
  if (waiting.length > 0) await pack();
  return {
    size,
    *chunks() {
      for (const block of packed) yield zstdDecompressSync(block);
    },
  };
};

class TooLargeError extends Error {}

async function* limited(
  pieces: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Uint8Array, undefined> {
  let size = 0;
  for await (const piece of pieces) {
    size += piece.length;
    if (size > maxBytes) throw new TooLargeError();
    yield piece;
  }
  return undefined;
}

async function* unzipped(
  pieces: AsyncGenerator<Uint8Array, undefined>,
): AsyncGenerator<Uint8Array, undefined> {
  const head: Uint8Array[] = [];
  let headBytes = 0;
  while (headBytes < 2) {
    const next = await pieces.next();
    if (next.done === true) break;
    head.push(next.value);
    headBytes += next.value.length;
  }
  const all = concatenated(head, pieces);
  const [first, second] = Buffer.concat(head);
  if (first !== 0x1f || second !== 0x8b) yield* all;
  else yield* gunzipped(all);
  return undefined;
}

async function* concatenated(
  head: readonly Uint8Array[],
  rest: AsyncGenerator<Uint8Array, undefined>,
): AsyncGenerator<Uint8Array, undefined> {
  yield* head;
  yield* rest;
  return undefined;
}

async function* gunzipped(
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, undefined> {
  const gunzip = createGunzip();
  const source = Readable.from(pieces, { objectMode: false });
  source.on('error', (error) => gunzip.destroy(error));
  source.pipe(gunzip);
  try {
    yield* gunzip as AsyncIterable<Buffer>;
  } finally {
    source.destroy();
    gunzip.destroy();
  }
  return undefined;
}

const isZlibError = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
