import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGlob, compileGlobs, globMatches } from '../../../../src/core/model/glob.ts';

/** The meaning of a glob, as slow and as plain as can be. */
const plainly = (pattern: string, text: string): boolean => {
  if (pattern === '') return text === '';
  if (pattern[0] === '*') {
    return plainly(pattern.slice(1), text) || (text !== '' && plainly(pattern, text.slice(1)));
  }
  return (
    text !== '' &&
    (pattern[0] === '?' || pattern[0] === text[0]) &&
    plainly(pattern.slice(1), text.slice(1))
  );
};

describe('glob', () => {
  it.each([
    ['arn:aws:iam::*:role/ci/*', 'arn:aws:iam::1:role/ci/deploy', true],
    ['arn:aws:iam::*:role/ci/*', 'arn:aws:iam::1:role/CI/deploy', false],
    ['prod*', 'production', true],
    ['prod*', 'nonprod', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['*', '', true],
    ['', '', true],
    ['', 'a', false],
    ['a.c', 'abc', false],
    ['*-prod', 'eu-prod-prod', true],
  ])('%s on %s is %s', (pattern, text, expected) => {
    expect(compileGlob(pattern)(text)).toBe(expected);
  });

  it('means what its definition says, for any pattern and text', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
    const texts = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 });
    fc.assert(
      fc.property(letters, texts, (pattern, text) => {
        expect(globMatches(pattern, text)).toBe(plainly(pattern, text));
        expect(compileGlob(pattern)(text)).toBe(plainly(pattern, text));
      }),
    );
  });

  it('does not blow up on a pattern of many stars', () => {
    const started = performance.now();
    expect(globMatches(`${'*a'.repeat(40)}b`, 'a'.repeat(5_000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(500);
  });

  it('matches nothing with no patterns', () => {
    expect(compileGlobs([])('anything')).toBe(false);
  });
});
