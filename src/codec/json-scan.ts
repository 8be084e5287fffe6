const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;

/** Every integer of 15 digits is exact as a double, so only a longer token needs a closer look. */
const EXACT_DIGITS = 15;

export interface JsonScan {
  /** Arrays and objects are nested deeper than allowed. The other fields then cover a part only. */
  readonly tooDeep: boolean;
  /** A line end stands outside the strings, so the text is not one line. */
  readonly hasLineEnd: boolean;
  /** A number may not survive as a double: more than 15 characters long, or with an exponent. */
  readonly longNumbers: boolean;
}

const isNumberByte = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || byte === 0x2e || byte === 0x2b || byte === 0x2d;

const isExponent = (byte: number): boolean => byte === 0x65 || byte === 0x45;

/** Index of the quote that closes the string opened at `start`, or the length where none does. */
export const endOfString = (bytes: Uint8Array, start: number): number => {
  const length = bytes.length;
  let at = start + 1;
  while (at < length) {
    const byte = bytes[at]!;
    if (byte === QUOTE) return at;
    at += byte === BACKSLASH ? 2 : 1;
  }
  return length;
};

/** What must be known of a JSON text before it is parsed, in one pass. Does not check the grammar. */
export const scanJson = (bytes: Uint8Array, maxDepth: number): JsonScan => {
  const length = bytes.length;
  let depth = 0;
  let hasLineEnd = false;
  let longNumbers = false;
  for (let at = 0; at < length; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) {
      at = endOfString(bytes, at);
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      if (++depth > maxDepth) return { tooDeep: true, hasLineEnd, longNumbers };
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      depth--;
    } else if (byte === LINE_FEED || byte === CARRIAGE_RETURN) {
      hasLineEnd = true;
    } else if (isNumberByte(byte)) {
      const start = at;
      while (at + 1 < length && isNumberByte(bytes[at + 1]!)) at++;
      if (at - start >= EXACT_DIGITS || (at + 1 < length && isExponent(bytes[at + 1]!))) {
        longNumbers = true;
      }
    }
  }
  return { tooDeep: false, hasLineEnd, longNumbers };
};

const isWhitespace = (byte: number): boolean =>
  byte === SPACE || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === TAB;

/** The same JSON text without whitespace outside its strings; every token keeps its bytes. */
export const compactJson = (bytes: Uint8Array): Buffer => {
  const compact = Buffer.allocUnsafe(bytes.length);
  let written = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) {
      const end = Math.min(endOfString(bytes, at) + 1, bytes.length);
      compact.set(bytes.subarray(at, end), written);
      written += end - at;
      at = end - 1;
    } else if (!isWhitespace(byte)) {
      compact[written++] = byte;
    }
  }
  return compact.subarray(0, written);
};

/** The bytes without a byte order mark and without whitespace around them. */
export const trimJson = (bytes: Buffer): Buffer => {
  let start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  let end = bytes.length;
  while (start < end && isWhitespace(bytes[start]!)) start++;
  while (end > start && isWhitespace(bytes[end - 1]!)) end--;
  return start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end);
};
