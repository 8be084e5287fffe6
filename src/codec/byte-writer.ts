/**
 * Writes the primitive types of Kafka (https://kafka.apache.org/protocol#protocol_types) and of Avro, whose integers and
 * texts have the same form, one behind the other into memory that grows.
 */
export interface ByteWriter {
  readonly length: number;
  int8(value: number): void;
  int16(value: number): void;
  int32(value: number): void;
  int64(value: bigint): void;
  /** A zig-zag integer, from -2^52 to 2^53 - 1. */
  varint(value: number): void;
  /** As they are; a text as UTF-8. */
  bytes(bytes: Uint8Array | string): void;
  /** The same with their number before them, as `varint`; -1 where there are none. */
  sized(bytes: Uint8Array | string | null): void;
  /** Puts the number of bytes from `start` on before them, as `varint`. */
  sizeFrom(start: number): void;
  /** All so far, in the writer's own memory: what is written later may move it. */
  written(): Buffer;
  /** Starts anew, in the same memory. */
  clear(): void;
}

const LONGEST_INTEGER = 10;
/** A code unit of UTF-16 has at most so many bytes of UTF-8. */
const BYTES_A_UNIT = 3;
/** Longer texts, and such beyond ASCII, are written by native code. */
const LONGEST_BY_LETTER = 63;
/** Larger memory is not kept for what comes next. */
const LARGEST_KEPT = 1_024 * 1_024;

export const createByteWriter = (size: number): ByteWriter => {
  let memory = Buffer.allocUnsafeSlow(size);
  let at = 0;

  const reserve = (count: number): void => {
    if (at + count <= memory.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * memory.length, at + count));
    memory.copy(larger, 0, 0, at);
    memory = larger;
  };

  const writeVarint = (value: number): void => {
    reserve(LONGEST_INTEGER);
    if (value !== (value | 0)) return writeLong(value);
    let rest = ((value << 1) ^ (value >> 31)) >>> 0;
    while (rest > 0x7f) {
      memory[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    memory[at++] = rest;
  };

  /** The same beyond 32 bits, where there is room for it. */
  const writeLong = (value: number): void => {
    let rest = value < 0 ? -2 * value - 1 : 2 * value;
    while (rest > 0x7f) {
      memory[at++] = (rest % 0x80) + 0x80;
      rest = Math.floor(rest / 0x80);
    }
    memory[at++] = rest;
  };

  const writeBytes = (bytes: Uint8Array | string): void => {
    if (typeof bytes === 'string') {
      reserve(BYTES_A_UNIT * bytes.length);
      at += memory.write(bytes, at);
    } else {
      reserve(bytes.length);
      memory.set(bytes, at);
      at += bytes.length;
    }
  };

  /** False where the text is long, or not of ASCII alone: then nothing is written. */
  const writeShort = (text: string): boolean => {
    const { length } = text;
    if (length > LONGEST_BY_LETTER) return false;
    reserve(1 + length);
    const first = at + 1;
    for (let letter = 0; letter < length; letter++) {
      const code = text.charCodeAt(letter);
      if (code >= 0x80) return false;
      memory[first + letter] = code;
    }
    memory[at] = 2 * length;
    at = first + length;
    return true;
  };

  return {
    get length() {
      return at;
    },
    int8: (value) => {
      reserve(1);
      memory[at++] = value;
    },
    int16: (value) => {
      reserve(2);
      at = memory.writeInt16BE(value, at);
    },
    int32: (value) => {
      reserve(4);
      at = memory.writeInt32BE(value, at);
    },
    int64: (value) => {
      reserve(8);
      at = memory.writeBigInt64BE(value, at);
    },
    varint: writeVarint,
    bytes: writeBytes,
    sized: (bytes) => {
      if (bytes === null) return writeVarint(-1);
      if (typeof bytes === 'string' && writeShort(bytes)) return;
      writeVarint(typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length);
      writeBytes(bytes);
    },
    sizeFrom: (start) => {
      const length = at - start;
      writeVarint(length);
      const size = at - start - length;
      memory.copyWithin(start + size, start, start + length);
      at = start;
      writeVarint(length);
      at += length;
    },
    written: () => memory.subarray(0, at),
    clear: () => {
      at = 0;
      if (memory.length > LARGEST_KEPT) memory = Buffer.allocUnsafeSlow(size);
    },
  };
};
