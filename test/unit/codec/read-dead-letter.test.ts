import { describe, expect, it } from 'vitest';
import { deadLetterRecord } from '../../../src/codec/dead-letter.ts';
import { markRecord, readDeadLetter, replayRecord } from '../../../src/codec/read-dead-letter.ts';
import { sha256 } from '../../../src/codec/search-document.ts';
import type { DeadLetter } from '../../../src/codec/read-dead-letter.ts';
import type { RecordFailure } from '../../../src/core/model/outcome.ts';

const failure: RecordFailure = { stage: 'decode', reason: 'not_json', message: 'No JSON.' };
const record = {
  topic: 'audit.events',
  partition: 3,
  offset: '17',
  key: Buffer.from('k'),
  value: Buffer.from('value'),
  headers: { traceparent: Buffer.from('00-1'), 'driftline.replayed-from': 'dead:0:1' },
};
const place = { topic: 'dead', partition: 2, offset: '40', timestamp: 1_000 };
const letterOf = (maxBytes?: number): DeadLetter => {
  const read = readDeadLetter({ ...deadLetterRecord(record, failure, 'dead', maxBytes), ...place });
  if (read?.kind !== 'letter') throw new Error('no letter');
  return read;
};

describe('readDeadLetter', () => {
  it('finds the record as it was, where it came from and why it is here', () => {
    expect(letterOf()).toEqual({
      kind: 'letter',
      id: '2:40',
      time: 1_000,
      origin: { topic: 'audit.events', partition: 3, offset: '17' },
      stage: 'decode',
      reason: 'not_json',
      message: 'No JSON.',
      skippedTo: undefined,
      cutFrom: undefined,
      cut: [],
      key: record.key,
      value: record.value,
      headers: { traceparent: Buffer.from('00-1') },
    });
  });

  it('sends the record back as it was, and tells from where', () => {
    expect(replayRecord(letterOf(), 'dead')).toEqual({
      topic: 'audit.events',
      key: record.key,
      value: record.value,
      headers: { traceparent: Buffer.from('00-1'), 'driftline.replayed-from': 'dead:2:40' },
    });
  });

  it('tells a value that was cut from a whole one, with the hash of the whole', () => {
    const cut = deadLetterRecord(record, failure, 'dead', 3);
    expect(cut.headers['driftline.sha256']).toBe(sha256(record.value));
    expect(letterOf(3)).toMatchObject({ cutFrom: 5, cut: ['value'] });
  });

  it('tells a key and headers that were cut', () => {
    const large = {
      ...record,
      key: Buffer.alloc(20),
      headers: { h: Buffer.alloc(20_000), again: ['a', 'b'] },
    };
    const read = readDeadLetter({ ...deadLetterRecord(large, failure, 'dead', 10), ...place });
    expect(read).toMatchObject({ cut: ['key', 'headers'], headers: { again: ['a', 'b'] } });
  });

  it('reads the mark that it wrote', () => {
    const mark = markRecord(letterOf(), 'discarded', 'n'.repeat(600), 'dead');
    expect(readDeadLetter({ ...place, ...mark, offset: '41' })).toEqual({
      kind: 'mark',
      letter: '2:40',
      handling: 'discarded',
      note: 'n'.repeat(500),
    });
  });

  it.each([
    ['no headers', {}],
    [
      'an offset that is none',
      { ...deadLetterRecord(record, failure, 'dead').headers, '__connect.errors.offset': '-1' },
    ],
    ['an unknown handling', { 'driftline.handled': 'eaten', 'driftline.handled.letter': '0:1' }],
  ])('passes over a record of others: %s', (_name, headers) => {
    expect(readDeadLetter({ ...place, key: null, value: null, headers })).toBeUndefined();
  });
});
