import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRecord } from '../../../src/codec/decode-record.ts';
import type { DecodeOptions } from '../../../src/codec/decode-record.ts';
import type { DecodedRecord } from '../../../src/codec/decoded-record.ts';

const decode = (value: Buffer | string | null, options?: DecodeOptions): DecodedRecord => {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  const decoded = decodeRecord(bytes, options);
  if (decoded instanceof Promise) throw new Error('Expected an answer without waiting.');
  return decoded;
};

const cloudTrail = (id: string, more: object = {}) => ({
  eventVersion: '1.08',
  eventID: id,
  eventTime: '2026-01-31T12:00:00Z',
  eventSource: 'ec2.amazonaws.com',
  eventName: 'CreateTags',
  recipientAccountId: '111122223333',
  ...more,
});

const reasons = (decoded: DecodedRecord): readonly string[] =>
  decoded.failures.map(({ reason }) => reason);
const raws = (decoded: DecodedRecord): readonly string[] =>
  decoded.events.map(({ raw }) => Buffer.from(raw).toString());

describe('decodeRecord: formats', () => {
  it('reads a CloudTrail record and keeps its bytes', () => {
    const text = JSON.stringify(cloudTrail('a'));
    const decoded = decode(text);
    expect(decoded.failures).toEqual([]);
    expect(decoded.events[0]?.operation).toBe('CreateTags');
    expect(raws(decoded)).toEqual([text]);
  });

  it('reads OCSF API Activity', () => {
    const ocsf = {
      class_uid: 6003,
      activity_id: 3,
      status_id: 1,
      time: 1_769_860_800_000,
      metadata: { uid: 'a', version: '1.5.0' },
      api: { operation: 'CreateTags', service: { name: 'ec2.amazonaws.com' } },
      cloud: { provider: 'AWS', account: { uid: '111122223333' } },
    };
    const decoded = decode(JSON.stringify(ocsf));
    expect(decoded.failures).toEqual([]);
    expect(decoded.events[0]?.operation).toBe('CreateTags');
  });

  it('reads each record of a delivery file with its own bytes', () => {
    const first = JSON.stringify(cloudTrail('a', { requestParameters: { text: ']},{[' } }));
    const second = JSON.stringify(cloudTrail('b'));
    const decoded = decode(`{"Records": [ ${first}, ${second} ]}`);
    expect(raws(decoded)).toEqual([first, second]);
  });

  it('reads the good records of a file that holds a bad one, and says which is bad', () => {
    const decoded = decode(JSON.stringify({ Records: [cloudTrail('a'), { no: 1 }, 7] }));
    expect(decoded.events).toHaveLength(1);
    expect(reasons(decoded)).toEqual(['unknown_format', 'unknown_format']);
    expect(decoded.failures[0]?.message).toMatch(/^Records\[1\]: /);
  });

  it('reads the detail of an EventBridge envelope', () => {
    const detail = JSON.stringify(cloudTrail('a'));
    const text = `{"detail-type":"AWS API Call via CloudTrail","detail":${detail}}`;
    expect(raws(decode(text))).toEqual([detail]);
  });

  it('reads the records in the texts of a log subscription', () => {
    const message = JSON.stringify(cloudTrail('a'));
    const decoded = decode(
      JSON.stringify({ logGroup: 'trail', logEvents: [{ id: '1', message }] }),
    );
    expect(raws(decoded)).toEqual([message]);
  });

  it('reads gzip, and refuses what grows beyond the cap', () => {
    const text = JSON.stringify(cloudTrail('a'));
    expect(raws(decode(gzipSync(text)))).toEqual([text]);
    const bomb = gzipSync(Buffer.alloc(1024 * 1024, 0x20));
    expect(reasons(decode(bomb, { maxRecordBytes: 64 * 1024 }))).toEqual(['too_large']);
    expect(reasons(decode(gzipSync(text).subarray(0, 40)))).toEqual(['not_json']);
  });

  const asBase64 = (text: string): string => Buffer.from(text).toString('base64');
  const asGzip = (text: string): string => gzipSync(text).toString('base64');
  const act = JSON.stringify(cloudTrail('a'));
  const subscription = `{"messageType":"DATA_MESSAGE","logEvents":[{"message":${JSON.stringify(act)}}]}`;

  it.each([
    ['an Event Hub batch', `{"records":[${act}]}`],
    ['a page of a REST API', `{"value":[${act}],"nextLink":"https://example.com/2"}`],
    ['a page of log entries', `{"entries":[${act}]}`],
    [
      'a Pub/Sub push',
      `{"message":{"data":"${asBase64(act)}","messageId":"1"},"subscription":"s"}`,
    ],
    [
      'a Pub/Sub pull',
      `{"receivedMessages":[{"ackId":"1","message":{"data":"${asBase64(act)}"}}]}`,
    ],
    ['a Pub/Sub push without base64', `{"message":{"data":${JSON.stringify(act)}}}`],
    ['a CloudEvent', `{"specversion":"1.0","type":"t","data":${act}}`],
    ['a Firehose delivery', `{"requestId":"1","records":[{"data":"${asGzip(subscription)}"}]}`],
    ['a log subscription of Lambda', `{"awslogs":{"data":"${asGzip(subscription)}"}}`],
    ['a Kinesis record of Lambda', `{"Records":[{"kinesis":{"data":"${asGzip(subscription)}"}}]}`],
    ['an SNS message in SQS', JSON.stringify({ body: JSON.stringify({ Message: act }) })],
  ])('reads %s', (_name, text) => {
    const decoded = decode(text);
    expect(decoded.failures).toEqual([]);
    expect(raws(decoded)).toEqual([act]);
  });

  it('shares one cap among all gzip inside a record', () => {
    const bomb = gzipSync(JSON.stringify(' '.repeat(1024 * 1024))).toString('base64');
    const records = Array.from({ length: 20 }, () => ({ data: bomb }));
    const decoded = decode(JSON.stringify({ records }), { maxRecordBytes: 2 * 1024 * 1024 });
    expect(reasons(decoded).filter((reason) => reason === 'too_large').length).toBeGreaterThan(17);
  });

  it.each([
    ['no base64', '{"message":{"data":"%%%"}}', 'empty'],
    ['base64 of no JSON', `{"message":{"data":"${asBase64('hello')}"}}`, 'not_json'],
    ['broken gzip', `{"awslogs":{"data":"${asGzip(act).slice(0, 60)}"}}`, 'not_json'],
  ])('refuses %s in an envelope', (_name, text, reason) => {
    expect(reasons(decode(text))).toEqual([reason]);
  });

  it('stops at containers in containers', () => {
    const text = '['.repeat(60) + ']'.repeat(60);
    expect(reasons(decode(text))).toEqual(['unknown_format']);
  });
});

describe('decodeRecord: raw is one line of JSON that says the same', () => {
  it('drops a byte order mark and whitespace around', () => {
    const text = JSON.stringify(cloudTrail('a'));
    expect(raws(decode(`\ufeff ${text}\n`))).toEqual([text]);
  });

  it('compacts a pretty-printed record without touching its numbers', () => {
    const text = JSON.stringify(cloudTrail('a', { requestParameters: { big: 1 } }), null, 2);
    const decoded = decode(text.replace('"big": 1', '"big": 9007199254740993'));
    expect(raws(decoded)[0]).toContain('"big":9007199254740993');
    expect(raws(decoded)[0]).not.toContain('\n');
    expect(decoded.events[0]?.request).toEqual({ big: '9007199254740993' });
  });

  it.each(['9007199254740993', '9223372036854775807', '1e400'])('keeps %s as text', (number) => {
    const text = JSON.stringify(cloudTrail('a', { requestParameters: { n: 'N' } }));
    const decoded = decode(text.replace('"N"', number));
    expect(decoded.events[0]?.request).toEqual({ n: number });
    expect(raws(decoded)[0]).toContain(`"n":${number}`);
  });

  it('takes keys such as __proto__ as what they are: names', () => {
    const text = JSON.stringify(cloudTrail('a', { requestParameters: 'P' })).replace(
      '"P"',
      '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"":1,"a..b":2}',
    );
    const request = decode(text).events[0]?.request as Record<string, unknown>;
    expect(Object.keys(request)).toEqual(['__proto__', 'constructor', '', 'a..b']);
    expect(request['polluted']).toBeUndefined();
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('decodeRecord: bad input is a failure with a reason', () => {
  it.each([
    ['no value', null, 'empty'],
    ['an empty value', '', 'empty'],
    ['whitespace', ' \n', 'empty'],
    ['text', 'hello', 'not_json'],
    ['cut JSON', '{"a":', 'not_json'],
    ['two values', '{}{}', 'not_json'],
    ['a control character in a string', '{"a":"\u0000"}', 'not_json'],
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 'not_json'],
    ['UTF-16', Buffer.from('\ufeff{}', 'utf16le'), 'not_json'],
    ['a number', '1', 'unknown_format'],
    ['null', 'null', 'unknown_format'],
    ['a delivery file without records', '{"Records":[]}', 'empty'],
    ['an object of another kind', '{"a":1}', 'unknown_format'],
    ['Avro without schemas', Buffer.from([0, 0, 0, 0, 1, 2]), 'unknown_schema'],
  ])('%s', (_name, value, reason) => {
    const decoded = decode(value);
    expect(decoded.events).toEqual([]);
    expect(reasons(decoded)).toEqual([reason]);
  });

  it('a value larger than the cap', () => {
    expect(reasons(decode('[1234567890]', { maxRecordBytes: 11 }))).toEqual(['too_large']);
  });

  it('an array of more elements than any file has', () => {
    expect(reasons(decode(`[${'1,'.repeat(60_000)}1]`))).toEqual(['too_large']);
  });

  it.each([100, 5_000, 1_000_000])('JSON nested %i levels', (depth) => {
    const text = '['.repeat(depth) + ']'.repeat(depth);
    expect(reasons(decode(text))).toEqual(['too_deep']);
  });

  it('never shows the payload in a message', () => {
    const { failures } = decode('{"password":"hunter2",}');
    expect(failures[0]?.message).not.toContain('hunter2');
  });
});

describe('decodeRecord: laws', () => {
  it('answers for any bytes, in events or failures', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const { events, failures } = decode(Buffer.from(bytes));
        expect(events.length + failures.length).toBeGreaterThan(0);
      }),
    );
  });

  it('answers for any JSON, and for CloudTrail with any field replaced', () => {
    const field = fc.constantFrom(...Object.keys(cloudTrail('a')), 'userIdentity', 'resources');
    fc.assert(
      fc.property(field, fc.jsonValue(), (name, value) => {
        const record = { ...cloudTrail('a'), [name]: value };
        const { events, failures } = decode(JSON.stringify(record));
        expect(events.length + failures.length).toBeGreaterThan(0);
      }),
    );
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const { events, failures } = decode(JSON.stringify({ Records: [value] }));
        expect(events.length + failures.length).toBeGreaterThan(0);
      }),
    );
  });

  it('keeps of any request the JSON value, whatever its strings hold', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue(), { maxKeys: 5 }),
        (request) => {
          const text = JSON.stringify(cloudTrail('a', { requestParameters: request }), null, 1);
          const [raw] = raws(decode(text));
          expect(raw).not.toMatch(/[\r\n]/);
          expect(JSON.parse(raw ?? '')).toEqual(JSON.parse(text));
        },
      ),
      { numRuns: 40 },
    );
  });
});
