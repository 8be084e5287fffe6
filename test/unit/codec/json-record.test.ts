import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../../../src/codec/decoded-record.ts';
import {
  parseJsonRecord,
  readJsonRecord,
  type JsonRecord,
} from '../../../src/codec/json-record.ts';
import { rawForm } from '../../../src/codec/raw-member.ts';
import { eventOf } from './processed-events.ts';

const read = (text: string, maxDepth = 64): JsonRecord => {
  const record = readJsonRecord(Buffer.from(text), maxDepth);
  if (isFailure(record)) throw new Error(record.reason);
  return record;
};

describe('a JSON record', () => {
  it('is refused where it is nested too deep, and not for brackets in its texts', () => {
    expect(readJsonRecord(Buffer.from('['.repeat(5) + ']'.repeat(5)), 4)).toHaveProperty(
      'reason',
      'too_deep',
    );
    expect(read('[[],[],[],"[[[[[["]', 2).value).toEqual([[], [], [], '[[[[[[']);
  });

  it('keeps numbers that a double would round, where they are asked for', () => {
    const record = read('{"a":9007199254740993,"b":[-12345678901234567890],"c":1e400,"d":1.5e3}');
    expect(record.exact?.()).toEqual({
      a: '9007199254740993',
      b: ['-12345678901234567890'],
      c: '1e400',
      d: 1500,
    });
    expect(parseJsonRecord(Buffer.from(' 9007199254740993'), 4)).toHaveProperty(
      'value',
      '9007199254740993',
    );
  });

  it('is exact for any numbers', () => {
    const numbers = fc.array(
      fc.oneof(fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }), fc.integer()),
    );
    fc.assert(
      fc.property(numbers, fc.boolean(), (list, pretty) => {
        const text = `{"list":[${list.join(pretty ? ' , ' : ',')}]}`;
        const expected = list.map((each) =>
          Number.isSafeInteger(Number(each)) ? Number(each) : String(each),
        );
        expect(read(text).exact?.()).toEqual({ list: expected });
      }),
    );
  });

  it('is told harmless only where it may stand in a document as an object', () => {
    const key = fc.oneof(
      fc.string(),
      fc.constantFrom('__proto__', 'constructor', '\\u005f_proto__', 'c\\u006fnstructor'),
    );
    fc.assert(
      fc.property(key, fc.jsonValue(), (name, value) => {
        const quotedName = name.includes('\\u00') ? `"${name}"` : JSON.stringify(name);
        const { isHarmless, bytes } = read(`{${quotedName}:${JSON.stringify(value)}}`);
        if (isHarmless === true) expect(rawForm(bytes)).toBe('object');
      }),
    );
    expect(read('{"__proto__":1}').isHarmless).toBeUndefined();
    expect(read('{"a":1}').isHarmless).toBe(true);
  });

  it('gives the request of an act with exact numbers', () => {
    const text = JSON.stringify({
      eventID: '1',
      eventTime: '2026-01-31T12:00:00Z',
      eventSource: 'ec2.amazonaws.com',
      eventName: 'RunInstances',
      requestParameters: { token: 0 },
    }).replace('"token":0', '"token":12345678901234567890');
    expect(eventOf(text).request).toEqual({ token: '12345678901234567890' });
  });
});
