import { describe, expect, it } from 'vitest';
import { SharedBytes } from '../../../src/codec/shared-bytes.ts';

const store = (entries = 10, bytes = 10_000) => {
  const shared = new SharedBytes<object>({ entries, bytes });
  const maker = shared.newMaker();
  return {
    find: (key: Buffer) => shared.find(maker, key, 0, key.length),
    keep: (key: Buffer, value: object) => shared.keep(maker, key, 0, key.length, value),
    shared,
  };
};

describe('what was made of bytes', () => {
  it('is the same value for the same bytes, wherever they stand', () => {
    const { keep, shared } = store();
    const value = {};
    keep(Buffer.from('actor'), value);
    expect(shared.find(0, Buffer.from('an actor here'), 3, 8)).toBe(value);
    expect(shared.find(0, Buffer.from('an actor here'), 3, 9)).toBeUndefined();
  });

  it('is not that of bytes which differ in one place, in short and in long ones', () => {
    for (const length of [1, 20, 100, 700]) {
      const { find, keep } = store();
      const key = Buffer.alloc(length, 'a');
      keep(key, {});
      for (let at = 0; at < length; at++) {
        const other = Buffer.from(key);
        other[at] = 0x62;
        expect(find(other)).toBeUndefined();
      }
      expect(find(key)).toBeDefined();
    }
  });

  it('is not that of another maker', () => {
    const { keep, shared } = store();
    keep(Buffer.from('actor'), {});
    expect(shared.find(shared.newMaker(), Buffer.from('actor'), 0, 5)).toBeUndefined();
  });

  it('does not change with the bytes that it was made of', () => {
    const { find, keep } = store();
    const key = Buffer.from('actor');
    keep(key, {});
    key[0] = 0x62;
    expect(find(key)).toBeUndefined();
    expect(find(Buffer.from('actor'))).toBeDefined();
  });

  it('is forgotten with all else where there are too many, or too many bytes', () => {
    for (const { find, keep } of [store(2), store(10, 20)]) {
      keep(Buffer.from('number 01'), {});
      keep(Buffer.from('number 02'), {});
      keep(Buffer.from('number 03'), {});
      expect(find(Buffer.from('number 01'))).toBeUndefined();
      expect(find(Buffer.from('number 03'))).toBeDefined();
    }
  });

  it('is not kept where the bytes are too many for a key', () => {
    const { find, keep } = store(10, 100_000);
    keep(Buffer.alloc(5_000), {});
    expect(find(Buffer.alloc(5_000))).toBeUndefined();
  });
});
