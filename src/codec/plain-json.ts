import { isUtf8 } from 'node:buffer';

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const LETTER_E = 0x65;
const LETTER_U = 0x75;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SPACE = 0x20;
const TAB = 0x09;

/** Every longer key is looked at closely: OpenSearch takes none of more than 50,000 characters. */
const LONGEST_KEY = 1_024;

const STOPS = 1;
const NOT_ASCII = 2;

/** What a byte is inside a string: 0 stands for itself, `STOPS` ends it, escapes, or may not be there. */
const IN_STRING = new Uint8Array(256);
IN_STRING.fill(STOPS, 0, SPACE);
IN_STRING[QUOTE] = STOPS;
IN_STRING[BACKSLASH] = STOPS;
IN_STRING.fill(NOT_ASCII, 0x80);

const ESCAPED: ReadonlySet<number> = new Set(Buffer.from('"\\/bfnrt'));
const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');
const NULL = Buffer.from('null');
const PROTO = Buffer.from('__proto__');
const CONSTRUCTOR = Buffer.from('constructor');

/** The text under way. */
interface Look {
  readonly bytes: Uint8Array;
  readonly end: number;
  hasOther: boolean;
}

/** Not plain. Each function below takes where its part begins and gives where it ends, or this. */
const NO = -1;

const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= ZERO && byte <= NINE;

const isHex = (byte: number | undefined): boolean =>
  isDigit(byte) || (byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);

const afterEscape = (bytes: Uint8Array, start: number): number => {
  const next = bytes[start + 1]!;
  if (next !== LETTER_U) return ESCAPED.has(next) ? start + 2 : NO;
  for (let at = start + 2; at < start + 6; at++) if (!isHex(bytes[at])) return NO;
  return start + 6;
};

/** @param start of the opening quote */
const afterString = (look: Look, start: number): number => {
  const { bytes, end } = look;
  let signs = 0;
  for (let at = start + 1; at < end;) {
    const sign = IN_STRING[bytes[at]!]!;
    if (sign !== STOPS) {
      signs |= sign;
      at += 1;
      continue;
    }
    if (bytes[at] === QUOTE) {
      if (signs !== 0) look.hasOther = true;
      return at + 1;
    }
    if (bytes[at] !== BACKSLASH) return NO;
    at = afterEscape(bytes, at);
    if (at === NO) return NO;
  }
  return NO;
};

/** A key that stands as it is and does no harm in a document: not `__proto__`, not `constructor`, not too long. */
const afterKey = (look: Look, start: number): number => {
  const after = afterString(look, start);
  const { bytes } = look;
  const length = after - start - 2;
  if (length === PROTO.length && afterWord(bytes, start + 1, PROTO) !== NO) return NO;
  if (length === CONSTRUCTOR.length && afterWord(bytes, start + 1, CONSTRUCTOR) !== NO) return NO;
  if (length > LONGEST_KEY) return NO;
  for (let at = start + 1; at < after; at++) if (bytes[at] === BACKSLASH) return NO;
  return after;
};

const afterDigits = (bytes: Uint8Array, start: number): number => {
  let at = start;
  while (isDigit(bytes[at])) at++;
  return at === start ? NO : at;
};

const afterNumber = (bytes: Uint8Array, start: number): number => {
  const first = bytes[start] === MINUS ? start + 1 : start;
  let at = bytes[first] === ZERO ? first + 1 : afterDigits(bytes, first);
  if (at !== NO && bytes[at] === POINT) at = afterDigits(bytes, at + 1);
  if (at === NO || (bytes[at]! | 0x20) !== LETTER_E) return at;
  const sign = bytes[at + 1];
  return afterDigits(bytes, sign === MINUS || sign === 0x2b ? at + 2 : at + 1);
};

const afterWord = (bytes: Uint8Array, start: number, word: Uint8Array): number => {
  for (let at = 0; at < word.length; at++) if (bytes[start + at] !== word[at]) return NO;
  return start + word.length;
};

const afterBlank = (bytes: Uint8Array, start: number): number => {
  let at = start;
  while (bytes[at] === SPACE || bytes[at] === TAB) at++;
  return at;
};

const afterObject = (look: Look, start: number, depth: number): number => {
  const { bytes } = look;
  let at = afterBlank(bytes, start + 1);
  if (bytes[at] === CLOSE_OBJECT) return at + 1;
  for (;;) {
    if (bytes[at] !== QUOTE) return NO;
    at = afterKey(look, at);
    if (at === NO) return NO;
    at = afterBlank(bytes, at);
    if (bytes[at] !== COLON) return NO;
    at = afterValue(look, afterBlank(bytes, at + 1), depth);
    if (at === NO) return NO;
    at = afterBlank(bytes, at);
    if (bytes[at] === CLOSE_OBJECT) return at + 1;
    if (bytes[at] !== COMMA) return NO;
    at = afterBlank(bytes, at + 1);
  }
};

const afterArray = (look: Look, start: number, depth: number): number => {
  const { bytes } = look;
  let at = afterBlank(bytes, start + 1);
  if (bytes[at] === CLOSE_ARRAY) return at + 1;
  for (;;) {
    at = afterValue(look, at, depth);
    if (at === NO) return NO;
    at = afterBlank(bytes, at);
    if (bytes[at] === CLOSE_ARRAY) return at + 1;
    if (bytes[at] !== COMMA) return NO;
    at = afterBlank(bytes, at + 1);
  }
};

/** @param depth that is left */
const afterValue = (look: Look, start: number, depth: number): number => {
  const { bytes } = look;
  switch (bytes[start]) {
    case QUOTE:
      return afterString(look, start);
    case OPEN_OBJECT:
      return depth === 0 ? NO : afterObject(look, start, depth - 1);
    case OPEN_ARRAY:
      return depth === 0 ? NO : afterArray(look, start, depth - 1);
    case 0x74:
      return afterWord(bytes, start, TRUE);
    case 0x66:
      return afterWord(bytes, start, FALSE);
    case 0x6e:
      return afterWord(bytes, start, NULL);
    default:
      return afterNumber(bytes, start);
  }
};

/**
 * Whether bytes are JSON as most producers write it: valid, UTF-8, on one line, without blanks around it, not nested
 * too deep, and without a key that could do harm in a document. It can stand in one as it is. Of all else only a parse
 * tells what it is.
 */
export const isPlainJson = (
  bytes: Uint8Array,
  start: number,
  end: number,
  maxDepth: number,
): boolean => {
  const look: Look = { bytes, end, hasOther: false };
  // What is peeked at past the end can only lead to an end elsewhere.
  if (start >= end || afterValue(look, start, maxDepth) !== end) return false;
  return !look.hasOther || isUtf8(bytes.subarray(start, end));
};
