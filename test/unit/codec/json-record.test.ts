import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../../../src/codec/decoded-record.ts';
import {
  parseJsonRecord,
  readJsonRecord,
  type JsonRecord,
} from '../../../src/codec/json-record.ts';
import type { AuditEvent } from '../../../src/core/model/audit-event.ts';
import { rawForm } from '../../../src/codec/raw-member.ts';
import { auditDocument } from '../../../src/codec/audit-document.ts';
import { asRead, cloudTrailText, eventOf, eventsOf } from './processed-events.ts';

const read = (text: string, maxDepth = 64): JsonRecord => {
  const record = readJsonRecord(Buffer.from(text), maxDepth);
  if (isFailure(record)) throw new Error(record.reason);
  return record;
};

const plain = (event: AuditEvent): AuditEvent => ({
  id: event.id,
  time: event.time,
  provider: event.provider,
  service: event.service,
  operation: event.operation,
  activityId: event.activityId,
  statusId: event.statusId,
  actor: event.actor,
  resources: event.resources,
  request: event.request,
  response: event.response,
  raw: event.raw,
});

const exactly = (text: string) => {
  const { value, exact } = read(text);
  return exact === undefined ? value : exact();
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
        expect(exactly(text)).toEqual({ list: expected });
      }),
    );
    expect(exactly('-12345678901234567890')).toBe('-12345678901234567890');
    expect(exactly(`{"a": ${'9'.repeat(400)}.5,"b":[1E999]}`)).toEqual({
      a: `${'9'.repeat(400)}.5`,
      b: ['1E999'],
    });
  });

  it('is not looked through for rounded numbers where its text has no long one', () => {
    expect(read('{"time":1769860800000,"n":-1.5,"id":"arn 123"}').exact).toBeUndefined();
    expect(read('{"n":1234567890123456}').exact).toBeDefined();
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

  it('has the same id by itself and in a list, where its uid is a number that a double would round', () => {
    const text = JSON.stringify({
      class_uid: 6003,
      time: 1_769_860_800_000,
      cloud: { provider: 'gcp', account: { uid: 0 } },
      api: { operation: 'storage.buckets.update', service: { name: 'storage.googleapis.com' } },
      metadata: { uid: 'u' },
    }).replace('"uid":0', '"uid":99999999999999999999');
    const [contained] = eventsOf(`[${text}]`);
    expect(eventOf(text).id).toBe('gcp:99999999999999999999:u');
    expect(contained?.id).toBe('gcp:99999999999999999999:u');
  });

  it('gives a document that is JSON, where nothing is left of a name without its version', () => {
    const event = eventOf(cloudTrailText({ eventName: '20150331v2' }));
    const document = JSON.parse(auditDocument(asRead(event), undefined).body.toString()) as {
      api: unknown;
    };
    expect(document.api).toEqual({
      operation: '20150331v2',
      service: { name: 'ec2.amazonaws.com' },
    });
    const nameless = { ...asRead(event), event: { ...plain(event), operation: '' } };
    expect(() => {
      JSON.parse(auditDocument(nameless, undefined).body.toString());
    }).not.toThrow();
  });
});
