import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { StateFile, StateFileFailure } from '../../pipeline/ports.ts';

const gunzipWithin = promisify(gunzip);

/** Reads a stream to its end, at most `maxBytes`, before and after gunzip. Gzip is told by its first bytes. */
export const readContent = async (
  source: string,
  stream: Readable,
  maxBytes: number,
  signal: AbortSignal,
): Promise<StateFile | StateFileFailure> => {
  signal.throwIfAborted();
  const stop = (): void => void stream.destroy(new Error('aborted'));
  signal.addEventListener('abort', stop, { once: true });
  try {
    const bytes = await readWithin(stream, maxBytes);
    if (bytes === undefined) return tooLarge(source, maxBytes);
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return isGzip
      ? await decompress(source, bytes, maxBytes)
      : { ok: true, source, content: bytes };
  } catch (error) {
    signal.throwIfAborted();
    return {
      ok: false,
      reason: 'not_readable',
      source,
      message: `It cannot be read (${codeOf(error)}).`,
    };
  } finally {
    signal.removeEventListener('abort', stop);
    stream.destroy();
  }
};

/** Undefined where there is more. */
const readWithin = async (stream: Readable, maxBytes: number): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

const decompress = async (
  source: string,
  bytes: Buffer,
  maxBytes: number,
): Promise<StateFile | StateFileFailure> => {
  try {
    return { ok: true, source, content: await gunzipWithin(bytes, { maxOutputLength: maxBytes }) };
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') return tooLarge(source, maxBytes);
    return {
      ok: false,
      reason: 'not_gzip',
      source,
      message: 'The gzip data is damaged or cut off.',
    };
  }
};

const tooLarge = (source: string, maxBytes: number): StateFileFailure => ({
  ok: false,
  reason: 'too_large',
  source,
  message: `It is larger than ${maxBytes} bytes.`,
});

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
