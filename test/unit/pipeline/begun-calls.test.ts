import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DecodedRecord } from '../../../src/codec/decoded-record.ts';
import { decodeRecord } from '../../../src/codec/decode-record.ts';
import { createBegunCalls, type BegunCallLimits } from '../../../src/pipeline/begun-calls.ts';
import { auditEntry, eventHubRecord } from '../../support/cloud-fixtures.ts';

const operation = (id: string, half: 'first' | 'last'): object => ({
  insertId: `${id}-${half}`,
  operation: { id, producer: 'compute.googleapis.com', [half]: true },
});
const first = (id = 'operation-1'): object => auditEntry(operation(id, 'first'));
const last = (id = 'operation-1', payload: object = {}): object =>
  auditEntry(operation(id, 'last'), {
    request: { '@type': 'type.googleapis.com/compute.firewalls.patch' },
    authorizationInfo: undefined,
    ...payload,
  });

const decode = (value: unknown): DecodedRecord => {
  const decoded = decodeRecord(Buffer.from(JSON.stringify(value)));
  if (decoded instanceof Promise) throw new Error('Expected an answer without waiting.');
  expect(decoded.failures).toEqual([]);
  return decoded;
};

/** The request of the last event, after the records were joined one by one. */
const requestAtEnd = (records: readonly unknown[], limits: BegunCallLimits = {}): unknown => {
  const calls = createBegunCalls(limits);
  let request: unknown;
  for (const record of records) request = calls.join(decode(record)).events.at(-1)?.request;
  return request;
};

const sourceRanges = { sourceRanges: ['0.0.0.0/0'] };

describe('the end of a call', () => {
  it('has the request of its beginning', () => {
    expect(requestAtEnd([first(), last()])).toMatchObject(sourceRanges);
  });

  it('has it also where a record holds both, the end before the beginning', () => {
    const { events } = createBegunCalls().join(decode([last(), first()]));
    expect(events[0]?.request).toMatchObject(sourceRanges);
    expect(events[0]?.id).toContain('operation-1-last');
    expect(events[1]?.call?.phase).toBe('begun');
  });

  it('stays as it is where the beginning was not seen', () => {
    expect(requestAtEnd([first('operation-2'), last()])).not.toHaveProperty('sourceRanges');
  });

  it('keeps what it tells itself', () => {
    const own = { request: { priority: 1 }, requestMetadata: { callerIp: '198.51.100.1' } };
    const calls = createBegunCalls();
    calls.join(decode(first()));
    const [event] = calls.join(decode(last('operation-1', own))).events;
    expect(event).toMatchObject({ request: { priority: 1 }, sourceIp: '198.51.100.1' });
    expect(event?.userAgent).toContain('Mozilla/5.0');
  });

  it('of Azure has the body of its start, and what was accepted between takes none away', () => {
    const properties = { requestbody: '{"properties":{"access":"Allow"}}' };
    const start = eventHubRecord({ resultType: 'Start', properties });
    const accepted = eventHubRecord({ resultType: 'Accept' });
    expect(requestAtEnd([start, accepted, eventHubRecord()])).toEqual({
      properties: { access: 'Allow' },
    });
  });
});

describe('a request that somebody sent before under the same correlation id', () => {
  const body = '{"properties":{"access":"Allow"}}';
  const upn = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn';
  const record = (resultType: string, time: string, who = 'alice', more = {}): object =>
    eventHubRecord({
      resultType,
      time: `2026-03-${time}:00Z`,
      identity: { claims: { [upn]: `${who}@example.com` } },
      ...more,
    });
  const start = (time: string, who?: string): object =>
    record('Start', time, who, { properties: { requestbody: body } });
  const joined = { properties: { access: 'Allow' } };

  it('is joined to the end of its own call, hours later, and once more where that is read again', () => {
    const end = record('Success', '01T15:00');
    const between = record('Accept', '01T10:01');
    expect(requestAtEnd([start('01T10:00'), between, end])).toEqual(joined);
    expect(requestAtEnd([start('01T10:00'), end, end])).toEqual(joined);
  });

  it('is not joined to the end of a later call, once its own has ended', () => {
    const ends = [record('Success', '01T10:02'), record('Success', '01T10:04')];
    expect(requestAtEnd([start('01T10:00'), ...ends])).toBeUndefined();
    const begun = record('Start', '01T10:03');
    expect(requestAtEnd([start('01T10:00'), ends[0], begun, ends[1]])).toBeUndefined();
  });

  it.each([
    ['another actor', [record('Success', '01T10:02', 'bob')]],
    ['an end after a day', [record('Success', '02T10:01')]],
    ['an end that was before', [record('Success', '01T09:50')]],
    [
      'another actor who began',
      [record('Start', '01T10:01', 'bob'), record('Success', '01T10:02')],
    ],
    ['a call begun later', [record('Start', '01T11:00'), record('Success', '01T11:01')]],
  ])('is not joined to %s', (_what, records) => {
    expect(requestAtEnd([start('01T10:00'), ...records])).toBeUndefined();
  });
});

describe('what is remembered', () => {
  it('is the newest, in count and in bytes', () => {
    const many = Array.from({ length: 5 }, (_, number) => first(`operation-${number}`));
    expect(requestAtEnd([...many, last('operation-0')], { maxCalls: 5 })).toMatchObject(
      sourceRanges,
    );
    expect(requestAtEnd([...many, last('operation-0')], { maxCalls: 4 })).not.toHaveProperty(
      'sourceRanges',
    );
    const size = JSON.stringify(first()).length;
    expect(requestAtEnd([...many, last('operation-4')], { maxBytes: size })).toMatchObject(
      sourceRanges,
    );
    expect(requestAtEnd([...many, last('operation-3')], { maxBytes: size })).not.toHaveProperty(
      'sourceRanges',
    );
  });

  it('loses and adds no event, in whatever order the halves come', () => {
    const half = fc.tuple(fc.nat(3), fc.boolean());
    fc.assert(
      fc.property(fc.array(half, { maxLength: 12 }), (halves) => {
        const calls = createBegunCalls({ maxCalls: 2 });
        for (const [number, isFirst] of halves) {
          const id = `operation-${number}`;
          const decoded = decode(isFirst ? first(id) : last(id));
          const joined = calls.join(decoded).events;
          expect(joined.map((event) => event.id)).toEqual(decoded.events.map(({ id }) => id));
        }
      }),
      { numRuns: 50 },
    );
  });
});
