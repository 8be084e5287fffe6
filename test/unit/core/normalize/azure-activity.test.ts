import { describe, expect, it } from 'vitest';
import { ACTIVITY, STATUS, type AuditEvent } from '../../../../src/core/model/audit-event.ts';
import type { JsonObject } from '../../../../src/core/model/json.ts';
import {
  azureActivityEvent,
  isAzureActivityRecord,
} from '../../../../src/core/normalize/azure-activity.ts';
import {
  AZURE_GROUP,
  AZURE_NSG,
  PORTAL,
  SUBSCRIPTION,
  eventHubRecord,
  restRecord,
  sdkRecord,
} from '../../../support/cloud-fixtures.ts';

const read = (record: object): ReturnType<typeof azureActivityEvent> =>
  azureActivityEvent(record as JsonObject, Buffer.from(JSON.stringify(record)));

const event = (record: object): AuditEvent => {
  const found = read(record);
  if ('stage' in found) throw new Error(found.message);
  return found;
};

const messageOf = (record: object): string => {
  const found = read(record);
  if (!('stage' in found)) throw new Error('The record was taken.');
  expect(found).toMatchObject({ stage: 'normalize', reason: 'invalid_event' });
  return found.message;
};

describe('the layouts of the Activity Log', () => {
  it('reads a record of Event Hub, in lower case whatever its own', () => {
    const found = event(eventHubRecord());
    expect(found).toMatchObject({
      provider: 'azure',
      service: 'microsoft.network',
      operation: 'microsoft.network/networksecuritygroups/securityrules/write',
      account: SUBSCRIPTION,
      time: Date.UTC(2026, 2, 1, 10, 0, 0, 123),
      activityId: ACTIVITY.update,
      statusId: STATUS.success,
      recordType: 'Administrative',
      region: 'global',
      sourceIp: '203.0.113.9',
    });
    expect(found.resources).toEqual([
      {
        uid: `${AZURE_NSG}/securityRules/ssh`.toLowerCase(),
        type: 'microsoft.network/networksecuritygroups/securityrules',
      },
    ]);
  });

  it('reads a record of the REST API', () => {
    const found = event(restRecord());
    expect(found).toMatchObject({
      id: `azure:${SUBSCRIPTION}:d0d36f97-b29c-4cd9-9d3d-ea2b92af3e9d`,
      operation: 'microsoft.network/networksecuritygroups/write',
      activityId: ACTIVITY.create,
      statusId: STATUS.success,
      sourceIp: '203.0.113.9',
    });
    expect(found.resources[0]?.uid).toBe(AZURE_NSG.toLowerCase());
  });

  it('reads a record of the Python SDK', () => {
    expect(event(sdkRecord())).toMatchObject({
      id: `azure:${SUBSCRIPTION}:e0d36f97-b29c-4cd9-9d3d-ea2b92af3e9d`,
      operation: 'microsoft.network/networksecuritygroups/delete',
      activityId: ACTIVITY.delete,
      statusId: STATUS.success,
      sourceIp: '203.0.113.9',
      actor: { userName: 'alice@example.com', appUid: PORTAL },
    });
  });

  it('takes claims, authorization and properties that an export wrote as text', () => {
    const record = restRecord();
    const found = event({
      ...record,
      claims: JSON.stringify(record['claims']),
      authorization: JSON.stringify(record['authorization']),
      properties: JSON.stringify({ statusCode: 'OK', requestbody: '{"tags":{"a":"b"}}' }),
      subStatus: undefined,
    });
    expect(found.actor.appUid).toBe(PORTAL);
    expect(found.request).toEqual({ tags: { a: 'b' } });
  });

  it('takes the id of the event out of its path', () => {
    const { eventDataId: _gone, ...record } = restRecord();
    expect(event(record).id).toBe(event(restRecord()).id);
  });

  it('makes an id of what is told where there is none', () => {
    const first = event(eventHubRecord()).id;
    expect(first).toMatch(/^azure:0b1f6471-[\x21-\x7e]+$/);
    expect(event(eventHubRecord()).id).toBe(first);
    for (const more of [
      { resultType: 'Start' },
      { time: '2026-03-01T10:00:01Z' },
      { correlationId: '7f0e8ab4-0000-4000-8000-000000000009' },
      { resourceId: AZURE_NSG },
    ]) {
      expect(event(eventHubRecord(more)).id).not.toBe(first);
    }
  });
});

describe('the call that a record is a part of', () => {
  it.each([
    ['Start', 'begun'],
    ['Started', 'begun'],
    ['Accept', 'begun'],
    ['Accepted', 'begun'],
    ['Success', 'ended'],
    ['Failure', 'ended'],
  ])('%s is %s', (resultType, phase) => {
    expect(event(eventHubRecord({ resultType })).call?.phase).toBe(phase);
  });

  it('is the same from start to end', () => {
    const uid = event(eventHubRecord({ resultType: 'Start', time: '2026-03-01T09:59:00Z' })).call;
    expect(uid?.uid).toBe(event(eventHubRecord()).call?.uid);
    expect(uid?.uid).not.toBe(event(eventHubRecord({ resourceId: AZURE_NSG })).call?.uid);
  });

  it.each(['Unauthorized', 'Forbidden', 'Timeout', 'Conflict'])(
    'has failed with %s where its signature says so',
    (resultType) => {
      const signed = { resultType, resultSignature: `Failed.${resultType}` };
      expect(event(eventHubRecord(signed)).statusId).toBe(STATUS.failure);
    },
  );

  it.each(['Failure', 'Failed', 'Canceled'])('has failed with %s', (resultType) => {
    const found = event(eventHubRecord({ resultType, resultSignature: 'Failed.Forbidden' }));
    expect(found.statusId).toBe(STATUS.failure);
    expect(found.statusCode).toBe('ok');
    expect(
      event(eventHubRecord({ resultType, resultSignature: 'Failed.Forbidden', properties: {} }))
        .statusCode,
    ).toBe('forbidden');
  });
});

describe('the bodies of a call', () => {
  it('are read from their texts', () => {
    const requestbody = '{"properties":{"access":"Allow"}}';
    const responseBody = '{"properties":{"access":"Allow","priority":100}}';
    const found = event(eventHubRecord({ properties: { requestbody, responseBody } }));
    expect(found.request).toEqual({ properties: { access: 'Allow' } });
    expect(found.response).toEqual({ properties: { access: 'Allow', priority: 100 } });
  });

  it('are spelt as the API spells them, but for the words of users', () => {
    const requestbody =
      '{"Id":"x","Properties":{"PrincipalId":"p","Nested":[{"RoleName":"r"}]},"Tags":{"Owner":"Me"}}';
    expect(event(eventHubRecord({ properties: { requestbody } })).request).toEqual({
      id: 'x',
      properties: { principalId: 'p', nested: [{ roleName: 'r' }] },
      tags: { Owner: 'Me' },
    });
  });
});

describe('the actor', () => {
  it('is the person of the token, with the application that was used', () => {
    expect(event(eventHubRecord()).actor).toMatchObject({
      userType: 'User',
      userUid: 'alice@example.com',
      userName: 'alice@example.com',
      appUid: PORTAL,
      sessionUid: 'token-1',
    });
  });

  it('is the service principal by its object id, issued to its application', () => {
    const claims = {
      appid: 'AAAAAAAA-1111-2222-3333-444444444444',
      appidacr: '1',
      idtyp: 'app',
      'http://schemas.microsoft.com/identity/claims/objectidentifier': 'object-1',
    };
    expect(event(eventHubRecord({ identity: { claims } })).actor).toMatchObject({
      userType: 'ServicePrincipal',
      userUid: 'object-1',
      sessionIssuer: 'aaaaaaaa-1111-2222-3333-444444444444',
      appUid: 'aaaaaaaa-1111-2222-3333-444444444444',
    });
  });

  it('is the caller where there are no claims', () => {
    const { claims: _gone, ...record } = restRecord({ caller: 'bob@example.com' });
    expect(event(record).actor).toMatchObject({
      userType: 'User',
      userUid: 'bob@example.com',
      userName: 'bob@example.com',
    });
  });
});

describe('where the act happened', () => {
  it('is the tenant above subscriptions', () => {
    const resourceId = '/providers/Microsoft.Management/managementGroups/root';
    expect(event(eventHubRecord({ resourceId })).account).toBe(
      '99999999-0000-0000-0000-000000000000',
    );
  });

  it('is told for a resource group too', () => {
    expect(event(eventHubRecord({ resourceId: AZURE_GROUP })).resources[0]?.type).toBe(
      'microsoft.resources/subscriptions/resourcegroups',
    );
  });
});

describe('a resource log', () => {
  it('is about data, and tells the port of the caller', () => {
    const found = event(
      eventHubRecord({ operationName: 'PutBlob', callerIpAddress: '203.0.113.9:4711' }),
    );
    expect(found).toMatchObject({
      operation: 'putblob',
      service: 'microsoft.network',
      dataEvent: true,
      sourceIp: '203.0.113.9',
    });
    expect(event(eventHubRecord()).dataEvent).toBe(false);
  });
});

describe('a record with 128 KiB of event paths as its id', () => {
  it('is read in time', () => {
    const id = `${'/events/'.repeat(16_384)}\n`;
    const record = restRecord({ resourceId: undefined, authorization: undefined, id });
    const start = performance.now();
    expect(event(record).resources).toEqual([]);
    expect(performance.now() - start).toBeLessThan(250);
  });

  it('is about what stands before the first', () => {
    const id = `${AZURE_NSG}/Events/e-1/ticks/1`;
    const record = restRecord({ resourceId: undefined, authorization: undefined, id });
    expect(event(record).resources[0]?.uid).toBe(AZURE_NSG.toLowerCase());
  });
});

describe('a record that cannot be used', () => {
  it.each([
    ['operationName', undefined, 'operationName is missing'],
    ['operationName', 7, 'operationName is missing'],
    ['operationName', { localizedValue: 'x' }, 'operationName is missing'],
    ['operationName', 'x'.repeat(600), 'operationName is too long'],
    ['time', undefined, 'neither time nor eventTimestamp'],
    ['time', '2026-13-01T00:00:00Z', 'neither time nor eventTimestamp'],
    ['time', 1_700_000_000, 'neither time nor eventTimestamp'],
  ])('with %s as %j is told', (field, value, message) => {
    expect(messageOf(eventHubRecord({ [field]: value }))).toContain(message);
  });

  it.each(['eventDataId', 'subscriptionId'])('with spaces in %s is told', (field) => {
    const record = restRecord({ [field]: 'a b', resourceId: 'none', authorization: null, id: 'x' });
    expect(messageOf(record)).toContain('printable ASCII');
  });
});

describe('what a record is recognised by', () => {
  it('is its operation beside another field of the layout', () => {
    for (const record of [eventHubRecord(), restRecord(), sdkRecord()]) {
      expect(isAzureActivityRecord(record as JsonObject)).toBe(true);
    }
    expect(isAzureActivityRecord({ operationName: 'x' })).toBe(false);
    expect(isAzureActivityRecord({ resourceId: 'x' })).toBe(false);
    expect(isAzureActivityRecord([])).toBe(false);
  });
});
