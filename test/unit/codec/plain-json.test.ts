import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../../../src/codec/decoded-record.ts';
import { parseJsonRecord } from '../../../src/codec/json-record.ts';
import { isPlainJson } from '../../../src/codec/plain-json.ts';

const MAX_DEPTH = 8;

/** @param after what stands behind the text */
const isPlain = (text: string | Buffer, after = ',"'): boolean => {
  const bytes = Buffer.from(text);
  const around = Buffer.concat([Buffer.from('[1,'), bytes, Buffer.from(after)]);
  return isPlainJson(around, 3, 3 + bytes.length, MAX_DEPTH);
};

const isTaken = (bytes: Buffer): boolean => {
  const record = parseJsonRecord(bytes, MAX_DEPTH);
  return !isFailure(record) && record.bytes.equals(bytes);
};

describe('plain JSON', () => {
  it('is what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: MAX_DEPTH - 2 }), (value) => {
        const text = JSON.stringify(value);
        const hasHarmfulKey = /"(?:__proto__|constructor)":|"[^"]*\\[^"]*"/.test(text);
        if (!hasHarmfulKey) expect(isPlain(text)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('is taken by a parse, as it is', () => {
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '"a"',
      '\\',
      '\\u00e9',
      '\\x',
      'é',
      ' ',
      '\t',
      '\n',
    ].concat([
      '0',
      '1',
      '-',
      '.',
      'e',
      'E',
      '+',
      'true',
      'false',
      'null',
      'nul',
      '\u0001',
      '"k":',
      '{"k":',
      '1}',
      '"]',
    ]);
    const soup = fc
      .array(fc.constantFrom(...pieces), { maxLength: 10 })
      .map((each) => each.join(''));
    const change = fc.tuple(fc.nat(), fc.nat({ max: 255 }));
    const changed = fc.tuple(fc.json(), change).map(([json, [at, byte]]) => {
      const bytes = Buffer.from(json);
      bytes[at % bytes.length] = byte;
      return bytes;
    });
    const afters = ['', '1', ']', '}', '"', 'e', ',', ':1}'];
    let plain = 0;
    fc.assert(
      fc.property(
        fc.oneof(
          soup.map((text) => Buffer.from(text)),
          changed,
        ),
        (bytes) => {
          if (!afters.some((after) => isPlain(bytes, after))) return;
          plain += 1;
          expect(isTaken(bytes)).toBe(true);
        },
      ),
      { numRuns: 3_000 },
    );
    expect(plain).toBeGreaterThan(50);
  });

  it.each([
    ['0'],
    ['-0.5e+10'],
    ['1E9'],
    ['"\\u00E9\\n"'],
    ['[]'],
    ['{ }'],
    ['[ 1 ,\t{"a" : null} ]'],
    ['"é😀"'],
    ['[[[[[[[[]]]]]]]]'],
    ['{"constructer":1,"__prato__":2}'],
    ['true'],
  ])('is %s', (text) => {
    expect(isPlain(text)).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['blanks around it', ' 1'],
    ['a line end', '[1,\n2]'],
    ['nesting too deep', '[[[[[[[[[]]]]]]]]]'],
    ['a key that does harm', '{"a":{"__proto__":1}}'],
    ['another key that does harm', '[{"constructor":1}]'],
    ['a key with an escape', '{"\\u005f_proto__":1}'],
    ['a long key', `{"${'k'.repeat(2_000)}":1}`],
    ['a leading zero', '01'],
    ['a fraction without digits', '1.'],
    ['an exponent without digits', '1e'],
    ['a plus', '+1'],
    ['a comma too many', '[1,]'],
    ['a member too few', '{"a":1,}'],
    ['no value', '{"a":}'],
    ['no end', '{"a":"b'],
    ['a control character', '"\u0001"'],
    ['an escape that is none', '"\\x"'],
    ['an escape cut off', '"\\u12"'],
    ['half a word', 'tru'],
    ['two values', '1 2'],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22])],
  ])('is not %s', (_name, text) => {
    expect(isPlain(text)).toBe(false);
  });
});
