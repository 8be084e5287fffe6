import { describe, expect, it } from 'vitest';
import { deadLetterRecord } from '../../../src/codec/dead-letter.ts';
import { sha256 } from '../../../src/codec/search-document.ts';
import type { RecordFailure } from '../../../src/core/model/outcome.ts';

const failure: RecordFailure = {
  stage: 'decode',
  reason: 'not_json',
  message: 'The value is not valid JSON.',
};
const record = {
  topic: 'audit.events',
  partition: 3,
  offset: '9007199254740993',
  key: Buffer.from('k'),
  value: Buffer.from([0xff, 0x00]),
  headers: { traceparent: Buffer.from('00-1'), twice: ['a', 'b'], none: undefined },
};

describe('deadLetterRecord', () => {
  it('carries the record as received', () => {
    const letter = deadLetterRecord(record, failure, 'dead');
    expect(letter).toMatchObject({ topic: 'dead', key: record.key, value: record.value });
    expect(letter.headers).toMatchObject({ traceparent: Buffer.from('00-1'), twice: ['a', 'b'] });
  });

  it('tells where it came from and why it is here, as text', () => {
    expect(deadLetterRecord(record, failure, 'dead').headers).toMatchObject({
      '__connect.errors.topic': 'audit.events',
      '__connect.errors.partition': '3',
      '__connect.errors.offset': '9007199254740993',
      '__connect.errors.stage': 'decode',
      '__connect.errors.class.name': 'driftline.decode',
      '__connect.errors.exception.message': 'The value is not valid JSON.',
      'driftline.reason': 'not_json',
    });
  });

  it('lets no header of the record stand in for its own', () => {
    const forged = { ...record, headers: { 'driftline.reason': 'fine' } };
    expect(deadLetterRecord(forged, failure, 'dead').headers['driftline.reason']).toBe('not_json');
  });

  it('bounds the message and keeps it on one line', () => {
    const message = `a\n\u001b[31m\u0000\u2028${'x'.repeat(5_000)}\ud800`;
    const text = deadLetterRecord(record, { ...failure, message }, 'dead').headers[
      '__connect.errors.exception.message'
    ] as string;
    expect(text).toMatch(/^a +\[31m/);
    expect(text).toHaveLength(1_000);
    expect(text.isWellFormed()).toBe(true);
  });

  it('keeps a tombstone and an absent key', () => {
    expect(deadLetterRecord({ ...record, key: null, value: null }, failure, 'dead')).toMatchObject({
      key: null,
      value: null,
    });
  });

  it('cuts a value that would pass the limit, and says so', () => {
    const letter = deadLetterRecord({ ...record, value: Buffer.alloc(100) }, failure, 'dead', 10);
    expect(letter.value).toHaveLength(9);
    expect(letter.headers['driftline.truncated']).toBe('100');
  });

  it('bounds the headers that it keeps', () => {
    const headers = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`h${i}`, 'v']));
    const letter = deadLetterRecord({ ...record, headers }, failure, 'dead');
    expect(Object.keys(letter.headers).length).toBeLessThan(120);
    expect(letter.headers['driftline.reason']).toBe('not_json');
    expect(letter.headers['driftline.truncated.headers']).toBe('400');
    expect(letter.headers['driftline.sha256.headers']).toBe(
      sha256(JSON.stringify(Object.keys(headers).map((name) => [name, 'dg==']))),
    );
  });

  it('keeps the headers after one that is too large, and says that one is left out', () => {
    const headers = { large: Buffer.alloc(20_000), small: 'v' };
    const letter = deadLetterRecord({ ...record, headers }, failure, 'dead');
    expect(letter.headers).toMatchObject({ small: 'v', 'driftline.truncated.headers': '1' });
    expect(letter.headers).not.toHaveProperty('large');
  });

  it('survives a header without a value, which the client cannot write, and says that it is left out', () => {
    const headers = { none: undefined, twice: ['a', null] } as unknown as typeof record.headers;
    const letter = deadLetterRecord({ ...record, headers }, failure, 'dead');
    expect(letter.headers).toMatchObject({ twice: 'a', 'driftline.truncated.headers': '2' });
  });

  it('cuts a key that leaves no room, and says so', () => {
    const key = Buffer.alloc(100, 'k');
    const letter = deadLetterRecord({ ...record, key }, failure, 'dead', 10);
    expect(letter.key).toEqual(Buffer.alloc(8, 'k'));
    expect(letter.value).toEqual(record.value);
    expect(letter.headers['driftline.truncated.key']).toBe('100');
    expect(letter.headers['driftline.sha256.key']).toBe(sha256(key));
    expect(letter.headers).not.toHaveProperty('driftline.truncated');
  });

  it('marks nothing as cut that is whole', () => {
    const whole = { ...record, headers: { traceparent: Buffer.from('00-1') } };
    const names = Object.keys(deadLetterRecord(whole, failure, 'dead').headers);
    expect(names.filter((name) => /truncated|sha256/.test(name))).toEqual([]);
  });
});
