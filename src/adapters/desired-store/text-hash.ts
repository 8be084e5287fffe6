/**
 * A hash of 64 bits of a text, in two halves: by code units, so that a text of ASCII and its bytes have the same. It
 * finds candidates only; whoever looks up compares the text itself.
 */
export interface TextHash {
  high: number;
  low: number;
}

/** Sets the texts of keys and of identities apart. */
export const KEY_SEED = 0x6b657900;
export const IDENTITY_SEED = 0x69640000;

export const createTextHash = (): TextHash => ({ high: 0, low: 0 });

const finish = (hash: TextHash, first: number, second: number): void => {
  const a =
    Math.imul(first ^ (first >>> 16), 2246822507) ^ Math.imul(second ^ (second >>> 13), 3266489909);
  const b = Math.imul(second ^ (second >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  hash.high = a >>> 0;
  hash.low = b >>> 0;
};

/** Takes two code units a step. */
export const hashText = (hash: TextHash, seed: number, text: string): void => {
  let first = 0xdeadbeef ^ seed;
  let second = 0x41c6ce57 ^ seed;
  const { length } = text;
  let index = 1;
  for (; index < length; index += 2) {
    const units = text.charCodeAt(index - 1) | (text.charCodeAt(index) << 16);
    first = Math.imul(first ^ units, 2654435761);
    second = Math.imul(second ^ (units >>> 15) ^ units, 1597334677);
  }
  if (index === length) {
    const unit = text.charCodeAt(index - 1);
    first = Math.imul(first ^ unit, 2654435761);
    second = Math.imul(second ^ unit, 1597334677);
  }
  finish(hash, first, second ^ length);
};

/** The hash of the text that UTF-8 bytes are. */
export const hashBytes = (
  hash: TextHash,
  seed: number,
  bytes: Buffer,
  from: number,
  to: number,
): void => {
  let first = 0xdeadbeef ^ seed;
  let second = 0x41c6ce57 ^ seed;
  let seen = 0;
  let index = from + 1;
  for (; index < to; index += 2) {
    const units = bytes[index - 1]! | (bytes[index]! << 16);
    seen |= units;
    first = Math.imul(first ^ units, 2654435761);
    second = Math.imul(second ^ (units >>> 15) ^ units, 1597334677);
  }
  if (index === to) {
    const unit = bytes[index - 1]!;
    seen |= unit;
    first = Math.imul(first ^ unit, 2654435761);
    second = Math.imul(second ^ unit, 1597334677);
  }
  // Beyond ASCII a byte is no code unit.
  if ((seen & 0x00800080) !== 0) hashText(hash, seed, bytes.toString('utf8', from, to));
  else finish(hash, first, second ^ (to - from));
};
