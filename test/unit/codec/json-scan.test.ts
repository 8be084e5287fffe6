import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compactJson, scanJson, trimJson } from '../../../src/codec/json-scan.ts';
import { elementSpans, memberSpan } from '../../../src/codec/json-spans.ts';

const scan = (text: string, maxDepth = 64) => scanJson(Buffer.from(text), maxDepth);

describe('scanJson', () => {
  it('allows nesting up to the limit and no deeper', () => {
    expect(scan('[[[1]]]', 3).tooDeep).toBe(false);
    expect(scan('[[[1]]]', 2).tooDeep).toBe(true);
    expect(scan('[{"a":[]},{"b":[]}]', 3).tooDeep).toBe(false);
  });

  it('does not count brackets inside strings, also after an escaped quote', () => {
    expect(scan('{"a":"[[[[\\"[[[[","b":"\\\\"}', 1).tooDeep).toBe(false);
  });

  it('finds a line end outside strings only', () => {
    expect(scan('{"a":\n1}').hasLineEnd).toBe(true);
    expect(scan('{"a":"x\\ny"}').hasLineEnd).toBe(false);
  });

  it.each(['9007199254740993', '-12345678901234567', '1e400', '1E5'])('marks %s', (text) => {
    expect(scan(`[${text}]`).longNumbers).toBe(true);
    expect(scan(`{"id":"${text}"}`).longNumbers).toBe(false);
  });

  it.each(['0', '-1', '1732193323', '123456789012345'])('does not mark %s', (text) => {
    expect(scan(`[${text}]`).longNumbers).toBe(false);
    expect(scan(text).longNumbers).toBe(false);
  });

  it('ends on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => typeof scanJson(bytes, 8).tooDeep === 'boolean'),
    );
  });
});

describe('compactJson', () => {
  it('keeps each token as it is written', () => {
    const pretty = '{\r\n  "n" : 9007199254740993 ,\n\t"f": 1.10, "s": " a\\n b " }';
    expect(compactJson(Buffer.from(pretty)).toString()).toBe(
      '{"n":9007199254740993,"f":1.10,"s":" a\\n b "}',
    );
  });

  it('gives of any pretty JSON the JSON without whitespace', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const pretty = Buffer.from(JSON.stringify(value, null, 2));
        expect(compactJson(pretty).toString()).toBe(JSON.stringify(value));
      }),
    );
  });
});

describe('trimJson', () => {
  it('takes away a byte order mark and whitespace around', () => {
    expect(trimJson(Buffer.from('\ufeff \n{"a": 1}\r\n')).toString()).toBe('{"a": 1}');
  });
});

describe('memberSpan', () => {
  const slice = (text: string, key: string): string | undefined => {
    const bytes = Buffer.from(text);
    const span = memberSpan(bytes, 0, key);
    return span && bytes.toString('utf8', span.start, span.end);
  };

  it('finds a value by its key, also one written with escapes', () => {
    expect(slice('{"a": 1, "b" : {"c":[1,2]} }', 'b')).toBe('{"c":[1,2]}');
    expect(slice('{"\\u0062":"x"}', 'b')).toBe('"x"');
    expect(slice('{"a":{"b":1}}', 'b')).toBeUndefined();
  });

  it('takes the last of repeated keys, as JSON.parse does', () => {
    expect(slice('{"a":1,"a":2}', 'a')).toBe('2');
  });

  it('finds what JSON.parse finds', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.boolean(), (object, pretty) => {
        const text = JSON.stringify(object, null, pretty ? 1 : 0);
        const parsed = JSON.parse(text) as Record<string, unknown>;
        for (const key of Object.keys(parsed)) {
          expect(JSON.parse(slice(text, key) ?? '')).toEqual(parsed[key]);
        }
      }),
    );
  });
});

describe('elementSpans', () => {
  it('finds the elements that JSON.parse finds', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.boolean(), (array, pretty) => {
        const bytes = Buffer.from(JSON.stringify(array, null, pretty ? 1 : 0));
        const found = elementSpans(bytes, 0).map(({ start, end }): unknown =>
          JSON.parse(bytes.toString('utf8', start, end)),
        );
        expect(found).toEqual(JSON.parse(bytes.toString()));
      }),
    );
  });
});
