import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auditDocument } from '../../../src/codec/audit-document.ts';
import { decodeRecord } from '../../../src/codec/decode-record.ts';
import { DEAD_LETTER_REASONS, OUTCOMES } from '../../../src/core/model/outcome.ts';
import { processEvent } from '../../../src/core/process-event.ts';
import { cloudTrailText } from '../codec/processed-events.ts';
import { contextOf, desired } from './sample-context.ts';

const context = contextOf([
  desired('aws_security_group', 'sg-0a1b', { account: '111122223333', region: 'eu-central-1' }),
]);

/** The outcome, or the reason of the failure; every event has a document, every failure says what is wrong. */
const fatesOf = (value: Buffer): readonly string[] => {
  const decoded = decodeRecord(value);
  if (decoded instanceof Promise) throw new Error('No schema is configured.');
  expect(decoded.events.length + decoded.failures.length).toBeGreaterThan(0);
  return [
    ...decoded.events.map((event) => {
      const processed = processEvent(event, context);
      expect(OUTCOMES).toContain(processed.outcome);
      const { body } = auditDocument(processed, undefined);
      expect(JSON.parse(body.toString())).toMatchObject({ class_uid: 6003 });
      return processed.outcome;
    }),
    ...decoded.failures.map(({ reason, message }) => {
      expect(DEAD_LETTER_REASONS).toContain(reason);
      expect(message).not.toBe('');
      return reason;
    }),
  ];
};

const good = { errorCode: undefined, userIdentity: { type: 'IAMUser', arn: 'a', userName: 'kim' } };
const text = (more: object = {}): string => cloudTrailText({ ...good, ...more });
const record = (more: object): Buffer => Buffer.from(text(more));
const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe('a CloudTrail record, malformed', () => {
  it('is a candidate where it is whole', () => {
    expect(fatesOf(record({}))).toEqual(['candidate']);
  });

  it.each<readonly [string, Buffer, string]>([
    ['without an id', record({ eventID: undefined }), 'invalid_event'],
    ['without a time', record({ eventTime: undefined }), 'invalid_event'],
    ['without a service', record({ eventSource: undefined }), 'invalid_event'],
    ['without an operation', record({ eventName: undefined }), 'invalid_event'],
    ['with a time that is none', record({ eventTime: 'yesterday' }), 'invalid_event'],
    [
      'with a time of another century',
      record({ eventTime: '1815-01-01T00:00:00Z' }),
      'invalid_event',
    ],
    ['with a number as id', record({ eventID: 7 }), 'invalid_event'],
    ['with an object as operation', record({ eventName: { a: 1 } }), 'invalid_event'],
    ['without a caller', record({ userIdentity: undefined }), 'candidate'],
    ['with a list as caller', record({ userIdentity: [1, null] }), 'candidate'],
    ['with a text as request', record({ requestParameters: 'sg-0a1b' }), 'unresolved'],
    ['with no request', record({ requestParameters: null }), 'unresolved'],
    [
      'with a list as group',
      record({ requestParameters: { groupId: [['sg-0a1b']] } }),
      'unresolved',
    ],
    ['with numbers as resources', record({ resources: 5, requestParameters: {} }), 'unresolved'],
    ['with words for booleans', record({ readOnly: 'no', managementEvent: {} }), 'candidate'],
    ['with a huge text', record({ userAgent: 'x'.repeat(500_000) }), 'candidate'],
    [
      'with a list of very many',
      record({
        requestParameters: { groupId: 'sg-0a1b', ipPermissions: { items: Array(5_000).fill({}) } },
      }),
      'candidate',
    ],
    ['nested too deep', Buffer.from(text().replace('"free text here"', nested(5_000))), 'too_deep'],
    [
      'with odd names',
      record({ constructor: 1, toString: {}, requestParameters: { constructor: 'x' } }),
      'unresolved',
    ],
    ['with controls and half characters', record({ userAgent: '\u0000\ud800\u202e' }), 'candidate'],
    ['cut off', Buffer.from(text().slice(0, -3)), 'not_json'],
    ['in UTF-16', Buffer.from(text(), 'utf16le'), 'not_json'],
    ['in Latin-1', Buffer.from(text({ userAgent: 'Müller' }), 'latin1'), 'not_json'],
    ['with a byte order mark', Buffer.from(`\ufeff${text()}`), 'candidate'],
    ['of another kind', Buffer.from('{"eventVersion":"1.08"}'), 'unknown_format'],
  ])('%s is accounted for', (_what, value, fate) => {
    expect(fatesOf(value)).toEqual([fate]);
  });

  it('is accounted for whatever stands in whichever field', () => {
    const names = Object.keys(JSON.parse(text()) as object);
    fc.assert(
      fc.property(fc.subarray(names, { minLength: 1 }), fc.jsonValue(), (fields, value) => {
        fatesOf(record(Object.fromEntries(fields.map((name) => [name, value]))));
      }),
      { numRuns: 300 },
    );
  });
});
