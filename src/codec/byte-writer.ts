/** Writes Kafka's primitive types one behind the other into memory that grows: https://kafka.apache.org/protocol#protocol_types */
export interface ByteWriter {
  readonly length: number;
  int8(value: number): void;
  int16(value: number): void;
  int32(value: number): void;
  int64(value: bigint): void;
  /** Zig-zag, of 32 bits. */
  varint(value: number): void;
  /** Zig-zag, of a safe integer. */
  varlong(value: number): void;
  /** As they are; a text as UTF-8. */
  bytes(bytes: Uint8Array | string): void;
  /** The same with their number before them, as `varint`; -1 where there are none. */
  sized(bytes: Uint8Array | string | null): void;
  /** Puts the number of bytes from `start` on before them, as `varint`. */
  sizeFrom(start: number): void;
  /** All so far, in the writer's own memory: what is written later may move it. */
  written(): Buffer;
}

const LONGEST_INTEGER = 10;
/** A code unit of UTF-16 has at most so many bytes of UTF-8. */
const BYTES_A_UNIT = 3;
/** Longer texts, and such beyond ASCII, are written by native code. */
const LONGEST_BY_LETTER = 63;

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
    let rest = ((value << 1) ^ (value >> 31)) >>> 0;
    while (rest > 0x7f) {
      memory[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
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
      at = memory.writeInt8(value, at);
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
    varlong: (value) => {
      if (value === (value | 0)) return writeVarint(value);
      reserve(LONGEST_INTEGER);
      let rest = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
      while (rest > 0x7fn) {
        memory[at++] = Number(rest & 0x7fn) | 0x80;
        rest >>= 7n;
      }
      memory[at++] = Number(rest);
    },
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
  };
};
