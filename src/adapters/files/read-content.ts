import type { Readable } from 'node:stream';
import { packContent } from '../../codec/packed-content.ts';
import type { StateFile, StateFileFailure } from '../../pipeline/ports.ts';

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
    const content = await packContent(stream as AsyncIterable<Buffer>, maxBytes);
    return typeof content === 'string'
      ? { ok: false, reason: content, source, message: messageOf(content, maxBytes) }
      : { ok: true, source, content };
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

const messageOf = (reason: 'too_large' | 'not_gzip', maxBytes: number): string =>
  reason === 'too_large'
    ? `It is larger than ${maxBytes} bytes: raise desired.maxStateBytes.`
    : 'The gzip data is damaged or cut off.';

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
