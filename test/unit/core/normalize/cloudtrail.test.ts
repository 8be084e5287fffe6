import { describe, expect, it } from 'vitest';
import { ACTIVITY, STATUS } from '../../../../src/core/model/audit-event.ts';
import type { JsonObject } from '../../../../src/core/model/json.ts';
import { cloudTrailEvent, isCloudTrailRecord } from '../../../../src/core/normalize/cloudtrail.ts';
import { eventWith, ingressRecord, rawOf, recordWith, ROLE_ARN } from '../sample-event.ts';

const failureOf = (fields: Readonly<Record<string, unknown>>): string => {
  const record = recordWith(fields);
  const result = cloudTrailEvent(record, rawOf(record));
  if (!('reason' in result)) throw new Error('The record was taken.');
  expect(result.stage).toBe('normalize');
  expect(result.reason).toBe('invalid_event');
  return result.message;
};

describe('a CloudTrail record as an audit event', () => {
  it('has the fields of the record', () => {
    const event = eventWith({});
    expect(event.id).toBe('aws:210987654321:5f0a3c9e-2d61-4b0f-8c11-3a9d6e7b1c02');
    expect(event.time).toBe(Date.UTC(2026, 2, 2, 9, 14, 33));
    expect(event).toMatchObject({
      provider: 'aws',
      service: 'ec2.amazonaws.com',
      operation: 'AuthorizeSecurityGroupIngress',
      account: '210987654321',
      region: 'eu-central-1',
      readOnly: false,
      dataEvent: false,
      recordType: 'AwsApiCall',
      statusId: STATUS.success,
      activityId: ACTIVITY.update,
      sourceIp: '198.51.100.23',
      fromConsole: true,
      resources: [],
    });
    expect(event.request).toEqual(ingressRecord['requestParameters']);
    expect(event.response).toEqual({ _return: true });
  });

  it('keeps the bytes as they were received', () => {
    const raw = rawOf(ingressRecord);
    expect(cloudTrailEvent(ingressRecord, raw)).toHaveProperty('raw', raw);
  });

  it('names the actor of a role session by the session name, the principal by the role', () => {
    expect(eventWith({}).actor).toEqual({
      userType: 'AssumedRole',
      userUid:
        'arn:aws:sts::210987654321:assumed-role/AWSReservedSSO_AdministratorAccess_1f2e3d4c5b6a7988/alice@example.com',
      userName: 'alice@example.com',
      accountUid: '210987654321',
      credentialUid: 'ASIAEXAMPLEKEY000001',
      sessionUid: 'AROAEXAMPLEROLEID0001:alice@example.com/ASIAEXAMPLEKEY000001',
      sessionIssuer: ROLE_ARN,
      sessionMfa: true,
      invokedBy: undefined,
      sourceIdentity: undefined,
      federatedProvider: undefined,
    });
  });

  it.each([
    [{ type: 'IAMUser', userName: 'bob', arn: 'arn:aws:iam::1:user/ops/bob' }, 'bob'],
    [{ type: 'Root', arn: 'arn:aws:iam::1:root' }, 'root'],
    [{ type: 'AWSService', invokedBy: 'rds.amazonaws.com' }, 'rds.amazonaws.com'],
    [{ type: 'AssumedRole', principalId: 'AROAX:deploy' }, 'deploy'],
    [{ type: 'IdentityCenterUser', onBehalfOf: { userId: 'u-1' } }, 'u-1'],
    [{ type: 'FederatedUser', arn: 'arn:aws:sts::1:federated-user/carol' }, 'carol'],
    [{ type: 7, principalId: ['x'] }, undefined],
  ])('names the actor of %j', (userIdentity, name) => {
    expect(eventWith({ userIdentity }).actor.userName).toBe(name);
  });

  it('takes the API version off the names of Lambda calls only', () => {
    const nameOf = (eventName: string): string => eventWith({ eventName }).operation;
    expect(nameOf('UpdateFunctionConfiguration20150331v2')).toBe('UpdateFunctionConfiguration');
    expect(nameOf('CreateFunction20150331')).toBe('CreateFunction');
    expect(nameOf('DescribeSpotFleet2')).toBe('DescribeSpotFleet2');
  });

  it('tells a failed call by its error code, and a refused sign-in by its message', () => {
    expect(eventWith({ errorCode: 'Client.UnauthorizedOperation' })).toMatchObject({
      statusId: STATUS.failure,
      statusCode: 'Client.UnauthorizedOperation',
    });
    expect(eventWith({ errorMessage: 'Failed authentication' }).statusId).toBe(STATUS.failure);
    expect(eventWith({ errorCode: null }).statusId).toBe(STATUS.success);
  });

  it('takes booleans as words, and nothing else as a boolean', () => {
    expect(eventWith({ readOnly: 'True' }).readOnly).toBe(true);
    expect(eventWith({ readOnly: 'false' }).readOnly).toBe(false);
    expect(eventWith({ readOnly: 1 }).readOnly).toBeUndefined();
    expect(eventWith({ readOnly: undefined }).readOnly).toBeUndefined();
  });

  it.each([
    [{ eventCategory: 'Data', managementEvent: undefined }, true],
    [{ eventCategory: 'Management', managementEvent: false }, true],
    [{ eventCategory: 'NetworkActivity', managementEvent: undefined }, true],
    [{ eventCategory: undefined, managementEvent: 'True' }, false],
    [{ eventCategory: undefined, managementEvent: undefined }, undefined],
  ])('tells data events: %j', (fields, expected) => {
    expect(eventWith(fields).dataEvent).toBe(expected);
  });

  it('reads parameters that a producer wrote as JSON text, exact to the last digit', () => {
    const event = eventWith({ requestParameters: '{"bucketName":"b","n":12345678901234567890}' });
    expect(event.request).toEqual({ bucketName: 'b', n: '12345678901234567890' });
    expect(eventWith({ requestParameters: '{broken' }).request).toBe('{broken');
    expect(eventWith({ requestParameters: null }).request).toBeUndefined();
  });

  it('lists the resources that the record names, and skips what is none', () => {
    const arn = 'arn:aws:s3:::logs';
    const event = eventWith({
      resources: [{ ARN: arn, type: 'AWS::S3::Bucket' }, { arn }, { ARN: 3 }, null],
    });
    expect(event.resources).toEqual([{ uid: arn, type: 'AWS::S3::Bucket' }, { uid: arn }]);
  });

  it('takes the call of an Insight record from its details', () => {
    const event = eventWith({
      eventName: undefined,
      eventSource: undefined,
      eventCategory: 'Insight',
      insightDetails: {
        state: 'Start',
        eventSource: 'ssm.amazonaws.com',
        eventName: 'PutParameter',
      },
    });
    expect(event).toMatchObject({ service: 'ssm.amazonaws.com', dataEvent: true });
  });

  it('falls back to the caller’s account, and to none', () => {
    expect(eventWith({ recipientAccountId: undefined }).account).toBe('210987654321');
    const nowhere = eventWith({ recipientAccountId: undefined, userIdentity: 'x' });
    expect(nowhere.account).toBeUndefined();
    expect(nowhere.id).toBe('aws::5f0a3c9e-2d61-4b0f-8c11-3a9d6e7b1c02');
  });

  it.each(['eventID', 'eventSource', 'eventName', 'eventTime'])(
    'refuses a record without %s',
    (field) => {
      for (const value of [undefined, '', 5, null]) {
        expect(failureOf({ [field]: value })).toContain(field);
      }
    },
  );

  it.each([
    '2026-03-02 09:14',
    '02/03/2026 09:14:33',
    '1999-12-31T23:59:59Z',
    '2100-01-01T00:00:00Z',
    '2026-13-02T09:14:33Z',
    '1772442873000',
  ])('refuses the time %s', (eventTime) => {
    expect(failureOf({ eventTime })).toContain('eventTime');
  });

  it('takes times with fractions and offsets', () => {
    expect(eventWith({ eventTime: '2026-03-02T10:14:33.250+01:00' }).time).toBe(
      Date.UTC(2026, 2, 2, 9, 14, 33, 250),
    );
  });

  it('takes the times that data lakes print, and where Logstash puts the time', () => {
    const time = Date.UTC(2026, 2, 2, 9, 14, 33);
    expect(eventWith({ eventTime: '2026-03-02 09:14:33.000000000' }).time).toBe(time);
    const moved = { eventTime: undefined, '@timestamp': '2026-03-02T09:14:33.000Z' };
    expect(eventWith(moved).time).toBe(time);
  });

  it('refuses ids that could not be a document’s id', () => {
    expect(failureOf({ eventID: 'a b' })).toContain('eventID');
    expect(failureOf({ eventID: 'x'.repeat(161) })).toContain('eventID');
    expect(failureOf({ recipientAccountId: 'ü' })).toContain('account');
    expect(failureOf({ eventName: 'N'.repeat(257) })).toContain('eventName');
  });

  it('does not repeat the value in the message', () => {
    expect(failureOf({ eventTime: 'hunter2' })).not.toContain('hunter2');
  });

  it('never takes a field from a prototype', () => {
    const record = JSON.parse('{"__proto__":{"eventID":"x"}}') as JsonObject;
    expect(cloudTrailEvent(record, new Uint8Array())).toHaveProperty('reason', 'invalid_event');
  });

  it('is recognised by fields that only it has', () => {
    expect(isCloudTrailRecord(ingressRecord)).toBe(true);
    expect(isCloudTrailRecord({ eventSource: 'x', eventName: 'y' })).toBe(true);
    expect(isCloudTrailRecord({ kind: 'Event', auditID: '1' })).toBe(false);
    expect(isCloudTrailRecord([ingressRecord])).toBe(false);
    expect(isCloudTrailRecord(null)).toBe(false);
  });
});
