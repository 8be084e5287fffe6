import { once } from 'node:events';
import type { Writable } from 'node:stream';

const BUFFERED_CHARACTERS = 64 * 1024;
/** What is found must be seen, also while the input rests. */
const IDLE_MS = 100;

/** Thrown when the reader of our output went away, as `head` does: the command ends without a word. */
export class OutputClosedError extends Error {
  readonly code = 'output_closed';
  readonly retriable = false;
}

/** Writes lines in pieces of 64 KiB, or after 100 ms, and waits where the reader is slower. */
export class LineWriter {
  readonly #stream: Writable;
  #buffered = '';
  #closed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      this.#closed = true;
    });
  }

  /** @throws OutputClosedError once the reader has gone. */
  async line(text: string): Promise<void> {
    this.#buffered += `${text}\n`;
    if (this.#buffered.length >= BUFFERED_CHARACTERS) return this.flush();
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (!this.#closed) this.#stream.write(this.#taken());
    }, IDLE_MS);
  }

  /** @throws OutputClosedError once the reader has gone. */
  async flush(): Promise<void> {
    if (this.#closed) throw new OutputClosedError('The reader of the output has gone.');
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const text = this.#taken();
    if (text !== '' && !this.#stream.write(text)) {
      await this.#drained();
    }
  }

  #taken(): string {
    const text = this.#buffered;
    this.#buffered = '';
    return text;
  }

  /** A reader that goes away while we wait shows as an error or a close, and the next flush tells. */
  async #drained(): Promise<void> {
    const waiting = new AbortController();
    const { signal } = waiting;
    const settled = (event: string): Promise<unknown> => once(this.#stream, event, { signal });
    try {
      await Promise.race([settled('drain'), settled('close')]);
    } catch (error) {
      if (!this.#closed) throw error;
      throw new OutputClosedError('The reader of the output has gone.');
    } finally {
      waiting.abort();
    }
  }
}
