import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../../src/core/model/json.ts';
import {
  compilePath,
  compileTemplate,
  expandTemplate,
  readPath,
} from '../../../../src/core/model/path-template.ts';

const texts = (template: string, root: JsonValue, limit?: number) =>
  expandTemplate(compileTemplate(template), root, limit).map(({ text }) => text);

describe('a template', () => {
  it('joins text and values, and gives nothing where one has no value', () => {
    expect(texts('{a.b}:{c}', { a: { b: 'x' }, c: 1 })).toEqual(['x:1']);
    expect(texts('{a.b}:{c}', { a: { b: 'x' } })).toEqual([]);
    expect(texts('{a}', { a: '' })).toEqual([]);
    expect(texts('{a}', { a: { b: 1 } })).toEqual([]);
    expect(texts('fixed', {})).toEqual(['fixed']);
  });

  it('takes the first path with a value, or a literal', () => {
    expect(texts('{a|b}', { b: 'y' })).toEqual(['y']);
    expect(texts("{a|'default'}/x", {})).toEqual(['default/x']);
  });

  it('expands lists, and takes a value that stands alone for a list of one', () => {
    expect(texts('{l[].id}', { l: [{ id: 'a' }, {}, { id: 'b' }] })).toEqual(['a', 'b']);
    expect(texts('{l[].id}', { l: { id: 'a' } })).toEqual(['a']);
    expect(texts('{l[0]}', { l: 'a' })).toEqual(['a']);
  });

  it('keeps two paths through one list on one element, and crosses two lists', () => {
    const root = {
      l: [
        { a: 1, b: 2 },
        { a: 3, b: 4 },
      ],
      m: ['x', 'y'],
    };
    expect(texts('{l[].a}-{l[].b}', root)).toEqual(['1-2', '3-4']);
    expect(texts('{l[].a}-{m[]}', root)).toEqual(['1-x', '1-y', '3-x', '3-y']);
  });

  it('tells the position of the element that a text came from', () => {
    const root = { l: [{}, { id: 'b' }] };
    expect(expandTemplate(compileTemplate('{l[].id}'), root)).toEqual([{ text: 'b', index: 1 }]);
    expect(readPath(root, compilePath('l[#].id'), 1)).toEqual(['b']);
  });

  it('stops at its limit, also where lists multiply', () => {
    const l = Array.from({ length: 2_000 }, (_, index) => index);
    expect(texts('{l[]}', { l }, 10)).toHaveLength(10);
    expect(texts('{l[]}-{m[]}-{n[]}', { l, m: l, n: l }, 50)).toHaveLength(50);
  });

  it('sees no member that a prototype lends', () => {
    expect(texts('{a.constructor.name}', { a: {} })).toEqual([]);
    expect(texts('{a.length}', { a: ['x'] })).toEqual([]);
  });

  it('reads members whose names have dots', () => {
    const value = { b: [{ 'x.io/y': { c: 'deep' } }] };
    expect(texts("{a.b[0]['x.io/y'].c}", { a: value })).toEqual(['deep']);
    expect(texts("{a.b[]['x.io/y']['c']}", { a: value })).toEqual(['deep']);
    expect(texts("{a['x.io/z']|'none'}", { a: value })).toEqual(['none']);
  });

  it.each(['{a', '', '{a..b}', '{a[x]}', '{a[}', '{}', "{a['b]}", "{a['']}", "{['b']}"])(
    'refuses %j',
    (template) => {
      expect(() => compileTemplate(template)).toThrow(SyntaxError);
    },
  );

  it('never throws on what it reads', () => {
    const template = compileTemplate('{a.b[].c|a[0].b|a}/{d[]}');
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expandTemplate(template, { a: value, d: value } as JsonValue);
      }),
    );
  });
});
