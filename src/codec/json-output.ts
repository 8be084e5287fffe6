import { isUtf8 } from 'node:buffer';
import { ownBytes } from './own-bytes.ts';

const START_BYTES = 64 * 1024;
/** A larger buffer is let go once its text has been taken. */
const KEPT_BYTES = 1024 * 1024;
/** Up to here a loop over the bytes is faster than a call of the runtime. */
const LOOP_BYTES = 48;

const QUOTE = 0x22;
const MINUS = 0x2d;
const ZERO = 0x30;
const ESCAPED = 1;
const NOT_ASCII = 2;

/** What a byte means for a text that becomes a JSON string: 0 nothing, it stands for itself. */
const SIGNS = new Uint8Array(256);
SIGNS.fill(ESCAPED, 0, 0x20);
SIGNS[QUOTE] = ESCAPED;
SIGNS[0x5c] = ESCAPED;
SIGNS.fill(NOT_ASCII, 0x80);

/** Fits the digits of an int and most of a time in milliseconds without a division of doubles. */
const SMALL = 1_000_000_000;

/** JSON text in the making, in a buffer that is used again for the next text and grows as needed. */
export class JsonOutput {
  bytes: Buffer = Buffer.allocUnsafeSlow(START_BYTES);
  /** Where the next byte goes. */
  at = 0;

  /** A copy, to be kept long, of what was written from `start` on. */
  slice(start: number): Buffer {
    return ownBytes(this.bytes, start, this.at);
  }

  /** Takes the whole text and starts anew. */
  take(): Buffer {
    const text = Buffer.allocUnsafe(this.at);
    this.bytes.copy(text, 0, 0, this.at);
    this.clear();
    return text;
  }

  clear(): void {
    this.at = 0;
    if (this.bytes.length > KEPT_BYTES) this.bytes = Buffer.allocUnsafeSlow(START_BYTES);
  }

  byte(value: number): void {
    this.#reserve(1);
    this.bytes[this.at++] = value;
  }

  /** Bytes of JSON as they are. */
  copy(source: Buffer, start: number, end: number): void {
    this.#reserve(end - start);
    const { bytes } = this;
    let to = this.at;
    if (end - start > LOOP_BYTES) {
      source.copy(bytes, to, start, end);
      to += end - start;
    } else {
      for (let at = start; at < end; at++) bytes[to++] = source[at]!;
    }
    this.at = to;
  }

  /** JSON as it is. */
  json(text: string): void {
    this.#reserve(3 * text.length);
    this.at += this.bytes.write(text, this.at);
  }

  integer(value: number): void {
    this.#reserve(24);
    const { bytes } = this;
    let rest = value;
    if (rest < 0) {
      bytes[this.at++] = MINUS;
      rest = -rest;
    }
    if (rest >= SMALL * SMALL) {
      this.json(String(rest));
    } else if (rest >= SMALL) {
      const high = Math.floor(rest / SMALL);
      this.#digits(high, 1);
      this.#digits(rest - high * SMALL, 9);
    } else {
      this.#digits(rest, 1);
    }
  }

  /**
   * UTF-8 text as a JSON string, written as JSON.stringify writes it; what is no UTF-8 is replaced as Buffer.toString does.
   * @returns whether all of the text is ASCII
   */
  string(source: Buffer, start: number, end: number): boolean {
    const length = end - start;
    this.#reserve(length + 2);
    const { bytes } = this;
    let to = this.at;
    bytes[to++] = QUOTE;
    let signs = 0;
    if (length <= 2 * LOOP_BYTES) {
      for (let at = start; at < end; at++) {
        const byte = source[at]!;
        signs |= SIGNS[byte]!;
        bytes[to++] = byte;
      }
    } else {
      for (let at = start; at < end; at++) signs |= SIGNS[source[at]!]!;
      source.copy(bytes, to, start, end);
      to += length;
    }
    if (signs === 0 || (signs === NOT_ASCII && isUtf8(source.subarray(start, end)))) {
      bytes[to++] = QUOTE;
      this.at = to;
    } else {
      this.json(JSON.stringify(source.toString('utf8', start, end)));
    }
    return (signs & NOT_ASCII) === 0;
  }

  #digits(value: number, atLeast: number): void {
    let count = 1;
    for (let limit = 10; limit <= value; limit *= 10) count++;
    if (count < atLeast) count = atLeast;
    let rest = value;
    const { bytes } = this;
    for (let at = this.at + count - 1; at >= this.at; at--) {
      const next = (rest / 10) | 0;
      bytes[at] = ZERO + rest - next * 10;
      rest = next;
    }
    this.at += count;
  }

  #reserve(count: number): void {
    if (this.at + count > this.bytes.length) this.#grow(this.at + count);
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.bytes.length));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }
}
