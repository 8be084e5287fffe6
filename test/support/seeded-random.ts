/** A run of random choices that is the same for the same seed. */
export interface SeededRandom {
  /** From 0 up to, not including, 1. */
  next(): number;
  /** A whole number from 0 up to, not including, `below`. */
  whole(below: number): number;
  pick<T>(from: readonly [T, ...T[]] | readonly T[]): T;
  /** A rank from 0 up to, not including, `below`: rank r about in proportion to 1 / (r + 1). */
  zipf(below: number): number;
  /** Lower-case hexadecimal digits. */
  hex(digits: number): string;
}

/** xorshift32. */
export const seededRandom = (seed = 0x9e3779b9): SeededRandom => {
  let state = seed | 0 || 1;
  const bits = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  const next = (): number => bits() / 2 ** 32;
  const whole = (below: number): number => Math.floor(next() * below);
  return {
    next,
    whole,
    pick: (from) => from[whole(from.length)]!,
    zipf: (below) => Math.min(below - 1, Math.floor(Math.exp(next() * Math.log(below + 1))) - 1),
    hex: (digits) => {
      let text = '';
      while (text.length < digits) text += bits().toString(16).padStart(8, '0');
      return text.slice(0, digits);
    },
  };
};

/** Eight digits that tell a number apart from others and look as an id does: the same for the same number. */
export const scrambled = (number: number): string =>
  (Math.imul(number + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0');
