import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { membersOf, quoted, textMember } from '../../../src/codec/json-members.ts';

describe('a quoted text', () => {
  it('is what the serializer gives, for any text', () => {
    const any = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }),
      fc.string({ minLength: 100, maxLength: 200 }),
    );
    fc.assert(
      fc.property(any, (text) => {
        expect(quoted(text)).toBe(JSON.stringify(text));
      }),
    );
  });
});

describe('members', () => {
  it('are put one behind the other, and absent ones leave nothing', () => {
    const members =
      textMember('a', 'x"y') + textMember('b', undefined) + membersOf({ c: 1, d: undefined });
    expect(`{${members.slice(1)}}`).toBe('{"a":"x\\"y","c":1}');
    expect(membersOf({})).toBe('');
  });
});
