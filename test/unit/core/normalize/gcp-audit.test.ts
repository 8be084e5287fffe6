import { describe, expect, it } from 'vitest';
import { ACTIVITY, STATUS, type AuditEvent } from '../../../../src/core/model/audit-event.ts';
import type { JsonObject, JsonValue } from '../../../../src/core/model/json.ts';
import { gcpAuditEvent, isGcpAuditEntry } from '../../../../src/core/normalize/gcp-audit.ts';
import { gcpOperation } from '../../../../src/core/normalize/gcp-method-name.ts';
import { gcpResourceName } from '../../../../src/core/normalize/gcp-resource-name.ts';
import { FIREWALL, PROJECT, auditEntry } from '../../../support/cloud-fixtures.ts';

const read = (entry: object): ReturnType<typeof gcpAuditEvent> =>
  gcpAuditEvent(entry as JsonObject, Buffer.from(JSON.stringify(entry)));

const event = (more: object = {}, payload: object = {}): AuditEvent => {
  const found = read(auditEntry(more, payload));
  if ('stage' in found) throw new Error(found.message);
  return found;
};

const messageOf = (entry: object): string => {
  const found = read(entry);
  if (!('stage' in found)) throw new Error('The entry was taken.');
  expect(found).toMatchObject({ stage: 'normalize', reason: 'invalid_event' });
  return found.message;
};

const log = (name: string): { readonly logName: string } => ({
  logName: `projects/${PROJECT}/logs/cloudaudit.googleapis.com%2F${name}`,
});

describe('an entry of Cloud Audit Logs', () => {
  it('is read', () => {
    const found = event();
    expect(found).toMatchObject({
      id: `gcp:${PROJECT}:activity:2026-03-01T10:00:00.123456Z:-abc123def456`,
      provider: 'gcp',
      service: 'compute.googleapis.com',
      operation: 'compute.firewalls.patch',
      account: PROJECT,
      region: 'global',
      time: Date.UTC(2026, 2, 1, 10, 0, 0, 123),
      recordType: 'activity',
      statusId: STATUS.success,
      activityId: ACTIVITY.update,
      sourceIp: '203.0.113.9',
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64),gzip(gfe)',
      request: { sourceRanges: ['0.0.0.0/0'] },
    });
    expect(found.resources).toEqual([{ uid: FIREWALL, type: 'gce_firewall_rule' }]);
    expect(found.call).toBeUndefined();
  });

  it('has failed where its status has a code', () => {
    expect(event({}, { status: {} }).statusId).toBe(STATUS.success);
    expect(event({}, { status: { code: 0 } }).statusId).toBe(STATUS.success);
    expect(event({}, { status: { code: 7 } })).toMatchObject({
      statusId: STATUS.failure,
      statusCode: 'PERMISSION_DENIED',
    });
  });

  it('has failed where a policy denied it', () => {
    expect(event(log('policy')).statusId).toBe(STATUS.failure);
  });

  it('of the data access log is a read, or touches data', () => {
    const reading = { authorizationInfo: [{ permissionType: 'ADMIN_READ' }] };
    expect(event(log('data_access'), reading).readOnly).toBe(true);
    const writing = { authorizationInfo: [{ permissionType: 'DATA_WRITE' }] };
    expect(event(log('data_access'), writing)).toMatchObject({
      readOnly: undefined,
      dataEvent: true,
    });
    expect(event().dataEvent).toBe(false);
  });

  it.each([
    [{ first: true }, 'begun'],
    [{ last: true }, 'ended'],
    [{ first: true, last: true }, undefined],
    [{}, undefined],
  ])('with operation %j is %s', (operation, phase) => {
    const found = event({ operation: { id: 'operation-1', producer: 'p', ...operation } });
    expect(found.call?.phase).toBe(phase);
  });

  it('of a folder or an organization has that as its account', () => {
    const found = event({
      logName: 'organizations/42/logs/cloudaudit.googleapis.com%2Factivity',
      resource: { type: 'organization', labels: { organization_id: '42' } },
    });
    expect(found.account).toBe('organizations/42');
  });

  it('tells what stands beside request and answer', () => {
    const policyDelta = { bindingDeltas: [{ action: 'ADD', role: 'r', member: 'm' }] };
    expect(event({}, { serviceData: { policyDelta }, metadata: { a: 1 } }).details).toEqual({
      policyDelta,
      a: 1,
    });
  });

  it('without an insertId goes by what it tells', () => {
    const { insertId: _gone, ...entry } = auditEntry();
    const found = read(entry) as AuditEvent;
    expect(found.id).toBe(
      `gcp:${PROJECT}:activity:2026-03-01T10:00:00.123456Z:v1.compute.firewalls.patch:${FIREWALL}:alice@example.com`,
    );
  });

  it('may have its times as a data lake rewrites them, in UTC', () => {
    expect(event({ timestamp: '2026-03-01 10:00:00.123456000' }).time).toBe(event().time);
    expect(event({ timestamp: undefined }).time).toBe(Date.UTC(2026, 2, 1, 10, 0, 1, 500));
  });
});

describe('the actor of an audit log', () => {
  const actor = (authenticationInfo: object): AuditEvent['actor'] =>
    event({}, { authenticationInfo }).actor;

  it('is a person, or a service account', () => {
    expect(event().actor).toMatchObject({ userType: 'User', userUid: 'alice@example.com' });
    expect(actor({ principalEmail: 'ci@shop.iam.gserviceaccount.com' }).userType).toBe(
      'ServiceAccount',
    );
  });

  it('is a service account with the person that impersonates it', () => {
    expect(
      actor({
        principalEmail: 'ci@shop.iam.gserviceaccount.com',
        serviceAccountDelegationInfo: [
          { firstPartyPrincipal: { principalEmail: 'alice@example.com' } },
        ],
      }),
    ).toMatchObject({
      userUid: 'ci@shop.iam.gserviceaccount.com',
      sourceIdentity: 'alice@example.com',
    });
  });

  it('is a federated identity with its pool', () => {
    const pool = 'projects/1/locations/global/workloadIdentityPools/github';
    expect(
      actor({ principalSubject: `principal://iam.googleapis.com/${pool}/subject/repo:o/r` }),
    ).toMatchObject({
      userType: 'FederatedUser',
      userName: 'repo:o/r',
      federatedProvider: pool,
    });
  });

  it.each(['\n', 'x'])('is read in time where its subject has 128 KiB and ends with %j', (end) => {
    const principalSubject = `principal://x/${'p/subject/'.repeat(13_000)}${end}`;
    const start = performance.now();
    expect(actor({ principalSubject }).userUid).toBe(principalSubject);
    expect(performance.now() - start).toBeLessThan(250);
  });

  it('has the reason that it gave for the request as its session', () => {
    const requestMetadata = { requestAttributes: { reason: 'run-17' } };
    expect(event({}, { requestMetadata }).actor.sessionUid).toBe('run-17');
  });
});

describe('the name of the call', () => {
  it.each([
    ['v1.compute.firewalls.patch', 'compute.firewalls.patch'],
    ['beta.compute.instances.insert', 'compute.instances.insert'],
    ['v1beta4.sql.instances.update', 'sql.instances.update'],
    ['storage.buckets.update', 'storage.buckets.update'],
    ['SetIamPolicy', 'SetIamPolicy'],
    ['google.iam.admin.v1.CreateServiceAccount', 'CreateServiceAccount'],
    ['google.container.v1beta1.ClusterManager.UpdateCluster', 'UpdateCluster'],
    ['google.logging.v2.ConfigServiceV2.UpdateSink', 'UpdateSink'],
    ['google.cloud.sql.v1.SqlInstancesService.Update', 'SqlInstancesService.Update'],
    ['google.admin.AdminService.addGroupMember', 'addGroupMember'],
    ['', ''],
    ['google.x.v1.', 'google.x.v1.'],
  ])('%s is %s', (method, operation) => {
    expect(gcpOperation(method)).toBe(operation);
  });
});

describe('the name of the resource', () => {
  it.each([
    [
      '//compute.googleapis.com/projects/p/zones/z/instances/i',
      {},
      'projects/p/zones/z/instances/i',
    ],
    [
      'https://www.googleapis.com/compute/v1/projects/p/global/networks/n',
      {},
      'projects/p/global/networks/n',
    ],
    ['projects/-/topics/t', {}, 'projects/shop/topics/t'],
    ['projects/123456/topics/t', {}, 'projects/123456/topics/t'],
    ['projects/other/topics/t', {}, 'projects/other/topics/t'],
    [
      'projects/-/serviceAccounts/1234',
      { email_id: 'a@b.c' },
      'projects/shop/serviceAccounts/a@b.c',
    ],
    [
      'projects/-/serviceAccounts/1234/keys/k',
      { email_id: 'a@b.c' },
      'projects/shop/serviceAccounts/a@b.c/keys/k',
    ],
    ['projects/_/buckets/b', {}, 'projects/_/buckets/b'],
    ['managedZones/z', {}, 'projects/shop/managedZones/z'],
    [
      'namespaces/shop/services/s',
      { location: 'us-west1' },
      'projects/shop/locations/us-west1/services/s',
    ],
    [
      'projects/123456/services/[dns.googleapis.com]',
      {},
      'projects/123456/services/dns.googleapis.com',
    ],
    ['organizations/42', {}, 'organizations/42'],
    ['1234567890', {}, '1234567890'],
  ])('%s with %j is %s', (name, labels, path) => {
    expect(gcpResourceName(name, 'shop', labels)).toBe(path);
  });
});

describe("another project's number", () => {
  const uidOf = (entry: Record<string, JsonValue>, payload: Record<string, JsonValue>) =>
    event(entry, { resourceName: 'projects/999999/secrets/db', ...payload }).resources[0]?.uid;

  it("is not taken for the entry's own project", () => {
    expect(uidOf({}, { authorizationInfo: [] })).toBe('projects/999999/secrets/db');
  });

  it.each<[string, Record<string, JsonValue>, Record<string, JsonValue>]>([
    [
      'a label',
      { resource: { labels: { project_id: 'shop', project_number: '999999' } } },
      { authorizationInfo: [] },
    ],
    [
      'the log',
      {
        resource: { labels: { project_id: 'shop' } },
        logName: 'projects/999999/logs/cloudaudit.googleapis.com%2Factivity',
      },
      { authorizationInfo: [] },
    ],
    [
      'a checked permission',
      { resource: { labels: { project_id: 'shop' } } },
      { authorizationInfo: [{ resource: 'projects/shop/secrets/db' }] },
    ],
    [
      'the request',
      { resource: { labels: { project_id: 'shop' } } },
      { authorizationInfo: [], request: { name: 'projects/shop/secrets/db' } },
    ],
  ])('is none where %s tells that it is its own', (_by, entry, payload) => {
    expect(uidOf(entry, payload)).toBe('projects/shop/secrets/db');
  });
});

describe('an entry that cannot be used', () => {
  it.each([
    [auditEntry({ protoPayload: null }), 'protoPayload is missing'],
    [auditEntry({ protoPayload: 'x' }), 'protoPayload is missing'],
    [auditEntry({ insertId: 7 }), 'insertId is not 1 to 160'],
    [auditEntry({ insertId: 'a\nb' }), 'insertId is not 1 to 160'],
    [auditEntry({ timestamp: 'now' }), 'neither timestamp nor'],
    [auditEntry({}, { serviceName: undefined }), 'serviceName is missing'],
    [auditEntry({}, { methodName: '' }), 'methodName is empty'],
    [auditEntry({}, { methodName: {} }), 'methodName is not a text'],
    [auditEntry({}, { methodName: 'x'.repeat(300) }), 'methodName is longer'],
    [auditEntry({ resource: { labels: { project_id: 'a b' } } }), "project's id is not 1 to 160"],
  ])('is told: %#', (entry, message) => {
    expect(messageOf(entry)).toContain(message);
  });
});

describe('what an entry is recognised by', () => {
  it('is its payload, or the name of an audit log', () => {
    expect(isGcpAuditEntry(auditEntry() as JsonObject)).toBe(true);
    expect(isGcpAuditEntry({ ...log('activity') })).toBe(true);
    expect(isGcpAuditEntry({ logName: 'projects/p/logs/own', textPayload: 'x' })).toBe(false);
    expect(isGcpAuditEntry(null)).toBe(false);
  });
});
