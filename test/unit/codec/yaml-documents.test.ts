import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { MAX_YAML_LENGTH, parseYamlDocuments } from '../../../src/codec/yaml-documents.ts';
import type { JsonValue } from '../../../src/core/model/json.ts';

const valuesOf = (text: string): readonly JsonValue[] | string => {
  const result = parseYamlDocuments(text);
  return result.ok ? result.documents.map(({ value }) => value) : result.failure.reason;
};
const valueOf = (text: string): JsonValue | undefined => {
  const values = valuesOf(text);
  return typeof values === 'string' ? undefined : values[0];
};

describe('YAML documents', () => {
  it('are as many as the text has with content, with the line of each', () => {
    const result = parseYamlDocuments('# head\n---\na: 1\n---\n# none\n---\n- 2\n');
    expect(result).toEqual({
      ok: true,
      documents: [
        { line: 3, value: { a: 1 } },
        { line: 7, value: [2] },
      ],
    });
    expect(valuesOf('')).toEqual([]);
  });

  it('are read as Kubernetes does: YAML 1.1 without dates and base 60', () => {
    expect(
      valueOf(
        'on: yes\nmode: 0644\ndate: 2012-10-17\nport: 80:80\ny: n\nbig: 99999999999999999999\n',
      ),
    ).toEqual({
      on: true,
      mode: 420,
      date: '2012-10-17',
      port: '80:80',
      y: false,
      big: '99999999999999999999',
    });
  });

  it('write short forms of CloudFormation in full', () => {
    expect(
      valueOf(
        'a: !Ref X\nb: !GetAtt X.Y.Z\nc: !Sub ["${A}", {A: !Ref B}]\nd: !If [C, 1, !Ref D]\ne: !Condition C\n',
      ),
    ).toEqual({
      a: { Ref: 'X' },
      b: { 'Fn::GetAtt': ['X', 'Y.Z'] },
      c: { 'Fn::Sub': ['${A}', { A: { Ref: 'B' } }] },
      d: { 'Fn::If': ['C', 1, { Ref: 'D' }] },
      e: { Condition: 'C' },
    });
  });

  it('follow aliases and merge keys, what a mapping says itself before what it merges', () => {
    expect(valueOf('base: &b {a: 1, b: 2}\nx:\n  <<: *b\n  b: 3\ny: *b\n')).toEqual({
      base: { a: 1, b: 2 },
      x: { a: 1, b: 3 },
      y: { a: 1, b: 2 },
    });
  });

  it('never set a prototype', () => {
    const value = valueOf('__proto__: {a: 1}\n') as object;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.keys(value)).toEqual(['__proto__']);
  });

  it('of any JSON value give the value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        // Integers past 2^53 become text.
        fc.pre(value !== null && !/\d{16}/.test(JSON.stringify(value)));
        const normal = JSON.parse(JSON.stringify(value)) as JsonValue;
        expect(valuesOf(JSON.stringify(normal))).toEqual([normal]);
      }),
      { numRuns: 300 },
    );
  });

  it('never throw, whatever the text', () => {
    const piece = fc.constantFrom(
      'a',
      ':',
      ' ',
      '\n',
      '- ',
      '[',
      '{',
      '}',
      '&a ',
      '*a',
      '!x ',
      '"',
      '|',
      '?',
      '---\n',
      '\t',
      '<<',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        expect(parseYamlDocuments(pieces.join('')).ok).toBeTypeOf('boolean');
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a text is no YAML', () => {
  it.each([
    ['a: 1\na: 2\n', 'line 2, column 1', 'twice'],
    ['a: [1\n', 'line 2, column 1', 'not YAML'],
    ['a: *none\n', 'line 1, column 4', ''],
    ['? [1]\n: 2\n', 'line 1, column 3', 'key'],
  ])('%j, told by position', (text, position, message) => {
    const result = parseYamlDocuments(text);
    expect(result).toMatchObject({
      ok: false,
      failure: { reason: 'not_yaml', position, message: expect.stringContaining(message) },
    });
  });

  it('where it is nested without end', () => {
    expect(valuesOf('['.repeat(50_000))).toBe('not_yaml');
    expect(valuesOf(`a: ${'{a: '.repeat(300)}1${'}'.repeat(300)}`)).toBe('not_yaml');
  });

  it('where aliases make more than memory holds', () => {
    const bomb = Array.from({ length: 9 }, (_, level) => {
      const before = level === 0 ? '1' : `*a${level - 1}`;
      return `a${level}: &a${level} [${Array(10).fill(before).join(', ')}]`;
    });
    expect(valuesOf(bomb.join('\n'))).toBe('not_yaml');
    expect(valuesOf('a: &a [*a]\n')).toBe('not_yaml');
  });

  it('where it is larger than the cap', () => {
    expect(valuesOf(' '.repeat(MAX_YAML_LENGTH + 1))).toBe('too_large');
  });

  it('but what the package writes is', () => {
    const value = { a: ['x: y', '# no', '', 'null', '1'], b: { 'c d': true } };
    expect(valueOf(stringify(value))).toEqual(value);
  });
});
