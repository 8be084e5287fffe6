import { endOfString } from './json-scan.ts';

/** Where a value stands in a JSON text: first byte, and one past its last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;

const isOpen = (byte: number): boolean => byte === 0x5b || byte === 0x7b;
const isClose = (byte: number): boolean => byte === 0x5d || byte === 0x7d;
const isWhitespace = (byte: number): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

const skipWhitespace = (bytes: Uint8Array, start: number): number => {
  let at = start;
  while (at < bytes.length && isWhitespace(bytes[at]!)) at++;
  return at;
};

const endOfValue = (bytes: Uint8Array, start: number): number => {
  const first = bytes[start]!;
  if (first === QUOTE) return endOfString(bytes, start) + 1;
  let at = start;
  if (!isOpen(first)) {
    while (at < bytes.length) {
      const byte = bytes[at]!;
      if (byte === COMMA || isClose(byte) || isWhitespace(byte)) break;
      at++;
    }
    return at;
  }
  let depth = 0;
  for (; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) at = endOfString(bytes, at);
    else if (isOpen(byte)) depth++;
    else if (isClose(byte) && --depth === 0) return at + 1;
  }
  return bytes.length;
};

const keyText = (bytes: Buffer, start: number, end: number): string => {
  const text = bytes.toString('utf8', start, end);
  return text.includes('\\') ? (JSON.parse(text) as string) : text.slice(1, -1);
};

/**
 * The value of a member of the object that starts at `start`; of keys that repeat, the last, as JSON.parse takes it.
 * The text must be one that JSON.parse has accepted.
 */
export const memberSpan = (bytes: Buffer, start: number, key: string): Span | undefined => {
  let found: Span | undefined;
  let at = skipWhitespace(bytes, start + 1);
  while (at < bytes.length && bytes[at] === QUOTE) {
    const keyEnd = endOfString(bytes, at) + 1;
    const colon = skipWhitespace(bytes, keyEnd);
    if (bytes[colon] !== COLON) break;
    const valueStart = skipWhitespace(bytes, colon + 1);
    const valueEnd = endOfValue(bytes, valueStart);
    if (keyText(bytes, at, keyEnd) === key) found = { start: valueStart, end: valueEnd };
    at = skipWhitespace(bytes, valueEnd);
    if (bytes[at] !== COMMA) break;
    at = skipWhitespace(bytes, at + 1);
  }
  return found;
};

/** The elements of the array that starts at `start`, in order. The text must be one that JSON.parse has accepted. */
export const elementSpans = (bytes: Uint8Array, start: number): readonly Span[] => {
  const spans: Span[] = [];
  let at = skipWhitespace(bytes, start + 1);
  while (at < bytes.length && !isClose(bytes[at]!)) {
    const end = endOfValue(bytes, at);
    spans.push({ start: at, end });
    at = skipWhitespace(bytes, end);
    if (bytes[at] !== COMMA) break;
    at = skipWhitespace(bytes, at + 1);
  }
  return spans;
};
