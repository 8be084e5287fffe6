import { describe, expect, it } from 'vitest';
import { ACTIVITY, STATUS, type AuditEvent } from '../../../../src/core/model/audit-event.ts';
import type { JsonObject } from '../../../../src/core/model/json.ts';
import { isOcsfApiActivity, ocsfEvent } from '../../../../src/core/normalize/ocsf.ts';
import { eventWith, rawOf } from '../sample-event.ts';

/** Alice's act as a security lake writes it. */
const document: JsonObject = {
  class_uid: 6003,
  activity_id: 3,
  time: Date.UTC(2026, 2, 2, 9, 14, 33),
  status_id: 1,
  metadata: {
    uid: '5f0a3c9e-2d61-4b0f-8c11-3a9d6e7b1c02',
    event_code: 'AwsApiCall',
    version: '1.1.0',
  },
  cloud: { provider: 'AWS', account: { uid: '210987654321' }, region: 'eu-central-1' },
  api: {
    operation: 'AuthorizeSecurityGroupIngress',
    service: { name: 'ec2.amazonaws.com' },
    request: { uid: 'r-1', data: { groupId: 'sg-0aa11bb22cc33dd44' } },
    response: { data: '{"_return":true}' },
  },
  actor: {
    user: {
      type: 'AssumedRole',
      uid: 'arn:aws:sts::210987654321:assumed-role/Admin/alice@example.com',
      uid_alt: 'AROAEXAMPLEROLEID0001:alice@example.com',
      credential_uid: 'ASIAEXAMPLEKEY000001',
      account: { uid: '210987654321' },
    },
    session: { issuer: 'arn:aws:iam::210987654321:role/Admin', is_mfa: true },
    idp: { name: 'token.actions.githubusercontent.com' },
  },
  src_endpoint: { ip: '198.51.100.23' },
  http_request: { user_agent: 'Boto3/1.37.1' },
  resources: [{ uid: 'sg-0aa11bb22cc33dd44', type: 'AWS::EC2::SecurityGroup' }, { type: 'no uid' }],
  unmapped: { readOnly: 'false', managementEvent: 'true', sessionCredentialFromConsole: 'true' },
};

const eventOf = (fields: Readonly<Record<string, unknown>> = {}): AuditEvent => {
  const changed = JSON.parse(JSON.stringify({ ...document, ...fields })) as JsonObject;
  const event = ocsfEvent(changed, rawOf(changed));
  if ('reason' in event) throw new Error(event.message);
  return event;
};

const failureOf = (fields: Readonly<Record<string, unknown>>): string => {
  const changed = JSON.parse(JSON.stringify({ ...document, ...fields })) as JsonObject;
  const result = ocsfEvent(changed, rawOf(changed));
  if (!('reason' in result)) throw new Error('The document was taken.');
  expect(result).toMatchObject({ stage: 'normalize', reason: 'invalid_event' });
  return result.message;
};

describe('an OCSF API Activity document as an audit event', () => {
  it('has the id of the same act read from CloudTrail', () => {
    expect(eventOf().id).toBe(eventWith({}).id);
  });

  it('keeps an id that is scoped already', () => {
    const uid = 'aws:210987654321:abc';
    expect(eventOf({ metadata: { uid } }).id).toBe(uid);
  });

  it('has the fields of the document', () => {
    const event = eventOf();
    expect(event).toMatchObject({
      provider: 'aws',
      service: 'ec2.amazonaws.com',
      operation: 'AuthorizeSecurityGroupIngress',
      activityId: ACTIVITY.update,
      statusId: STATUS.success,
      readOnly: false,
      dataEvent: false,
      recordType: 'AwsApiCall',
      account: '210987654321',
      region: 'eu-central-1',
      sourceIp: '198.51.100.23',
      userAgent: 'Boto3/1.37.1',
      fromConsole: true,
      request: { groupId: 'sg-0aa11bb22cc33dd44' },
      response: { _return: true },
      resources: [{ uid: 'sg-0aa11bb22cc33dd44', type: 'AWS::EC2::SecurityGroup' }],
    });
    expect(event.actor).toMatchObject({
      userName: 'alice@example.com',
      userUid: 'arn:aws:sts::210987654321:assumed-role/Admin/alice@example.com',
      sessionIssuer: 'arn:aws:iam::210987654321:role/Admin',
      sessionUid: 'AROAEXAMPLEROLEID0001:alice@example.com/ASIAEXAMPLEKEY000001',
      sessionMfa: true,
      federatedProvider: 'token.actions.githubusercontent.com',
    });
  });

  it('finds the ARN where a producer writes the principal id as uid', () => {
    const arn = 'arn:aws:iam::210987654321:user/bob';
    const user = { uid: 'AIDAEXAMPLE', uid_alt: arn, name: 'bob' };
    expect(eventOf({ actor: { user } }).actor).toMatchObject({
      userUid: arn,
      userName: 'bob',
      sessionUid: 'AIDAEXAMPLE',
    });
  });

  it.each([
    [{ activity_id: 2, unmapped: undefined }, true],
    [{ activity_id: 1, unmapped: undefined }, false],
    [{ activity_id: 99, unmapped: undefined }, undefined],
    [{ activity_id: 2, unmapped: { readOnly: 'false' } }, false],
    [{ activity_id: 3, unmapped: '{"readOnly":true}' }, true],
  ])('takes what the record says of itself before the activity: %j', (fields, expected) => {
    expect(eventOf(fields).readOnly).toBe(expected);
  });

  it('tells a failed call by status_id, status or the error', () => {
    expect(eventOf({ status_id: 2, status_code: 'AccessDenied' })).toMatchObject({
      statusId: STATUS.failure,
      statusCode: 'AccessDenied',
    });
    expect(eventOf({ status_id: 0, status: 'Failure' }).statusId).toBe(STATUS.failure);
    const api = { ...(document['api'] as JsonObject), response: { error: 'AccessDenied' } };
    expect(eventOf({ status_id: undefined, api })).toMatchObject({
      statusId: STATUS.failure,
      statusCode: 'AccessDenied',
    });
    expect(eventOf({ status_id: undefined }).statusId).toBe(STATUS.unknown);
  });

  it.each([
    ['Microsoft Azure', 'azure'],
    ['gcp', 'gcp'],
    ['Google Cloud', 'gcp'],
    ['Kubernetes', 'kubernetes'],
  ])('knows the provider %s', (provider, expected) => {
    const cloud = { provider, account: { uid: 'x1' } };
    expect(eventOf({ cloud })).toMatchObject({
      provider: expected,
      id: expect.stringMatching(/:x1:/),
    });
  });

  it.each([
    [{ cloud: { provider: 'ACME' } }, 'cloud.provider'],
    [{ api: { service: { name: 'x' } } }, 'api.operation'],
    [{ api: { operation: 'x' } }, 'api.service.name'],
    [{ metadata: {} }, 'metadata.uid'],
    [{ metadata: { uid: 'with space' } }, 'metadata.uid'],
    [{ time: '2026-03-02T09:14:33Z' }, 'time'],
    [{ time: 1_772_442_873 }, 'time'],
    [{ time: undefined }, 'time'],
    [{ cloud: { provider: 'AWS', account: { uid: 'a b' } } }, 'account'],
  ])('refuses %j', (fields, field) => {
    expect(failureOf(fields)).toContain(field);
  });

  it('takes the time from time_dt where time is missing', () => {
    const time_dt = '2026-03-02T09:14:33.5Z';
    expect(eventOf({ time: undefined, time_dt }).time).toBe(Date.UTC(2026, 2, 2, 9, 14, 33, 500));
  });

  it('is recognised by its class', () => {
    expect(isOcsfApiActivity(document)).toBe(true);
    expect(isOcsfApiActivity({ class_uid: 2004 })).toBe(false);
    expect(isOcsfApiActivity([])).toBe(false);
  });
});
