import { describe, expect, it } from 'vitest';
import { decodeRecord } from '../../../../src/codec/decode-record.ts';
import type { DecodedRecord } from '../../../../src/codec/decoded-record.ts';
import { ACTIVITY, STATUS, type AuditEvent } from '../../../../src/core/model/audit-event.ts';
import { kubernetesRecordWith } from '../../../support/kubernetes-records.ts';

const decode = (value: unknown): DecodedRecord => {
  const decoded = decodeRecord(Buffer.from(JSON.stringify(value)));
  if (decoded instanceof Promise) throw new Error('The record is no JSON.');
  return decoded;
};

const eventOf = (value: unknown): AuditEvent => {
  const { events, failures } = decode(value);
  expect(failures).toEqual([]);
  expect(events).toHaveLength(1);
  return events[0]!;
};

const withoutCluster = kubernetesRecordWith({ cluster: undefined });

describe('a list of audit events, as the webhook backend posts it', () => {
  it('is taken apart, each item with its own bytes', () => {
    const { kind: _kind, apiVersion: _version, ...item } = withoutCluster;
    const items = [item, { ...item, auditID: 'b' }];
    const { events } = decode({
      kind: 'EventList',
      apiVersion: 'audit.k8s.io/v1',
      metadata: {},
      items,
      cluster: 'prod-us',
    });
    expect(events.map(({ id }) => id)).toEqual([
      'kubernetes:prod-us:3f1c9a52-7d54-4a6e-9d3e-0b6f0a1c7e11/ResponseComplete',
      'kubernetes:prod-us:b/ResponseComplete',
    ]);
    expect(events.map(({ raw }) => JSON.parse(Buffer.from(raw).toString()) as unknown)).toEqual(
      items,
    );
  });
});

describe('audit events of EKS in CloudWatch Logs', () => {
  it('belong to the cluster of the log group', () => {
    const event = eventOf({
      messageType: 'DATA_MESSAGE',
      logGroup: '/aws/eks/prod-us/cluster',
      logStream: 'kube-apiserver-audit-0a1b2c',
      logEvents: [
        { id: '1', timestamp: 1_772_442_873_151, message: JSON.stringify(withoutCluster) },
      ],
    });
    expect(event.account).toBe('prod-us');
    expect(event.operation).toBe('deployments.patch');
  });
});

const RESOURCE_ID =
  '/SUBSCRIPTIONS/S/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.CONTAINERSERVICE/MANAGEDCLUSTERS/PROD-AKS';

describe('audit events of AKS in diagnostic records', () => {
  const diagnostic = (log: unknown, category = 'kube-audit') => ({
    time: '2026-03-02T09:14:34Z',
    category,
    operationName: 'Microsoft.ContainerService/managedClusters/diagnosticLogs/Read',
    resourceId: RESOURCE_ID,
    properties: { log, stream: 'stdout', pod: 'kube-apiserver-1' },
  });

  it.each(['kube-audit', 'kube-audit-admin'])(
    'are read from the text of category %s',
    (category) => {
      const record = diagnostic(JSON.stringify(withoutCluster), category);
      const event = eventOf({ records: [record] });
      expect(event).toMatchObject({ account: 'prod-aks', operation: 'deployments.patch' });
      expect(JSON.parse(Buffer.from(event.raw).toString())).toEqual(record);
    },
  );

  it.each([undefined, 7, '', 'not json', '[1]', '{"kind":'])('say that %j is none', (log) => {
    expect(decode(diagnostic(log)).failures).toEqual([
      {
        stage: 'normalize',
        reason: 'invalid_event',
        message: 'AKS diagnostic record: properties.log is not the JSON of an audit event.',
      },
    ]);
  });
});

const gkeEntry = (payload: Readonly<Record<string, unknown>>, fields = {}) => ({
  insertId: '5716ca55-7a0a-4c31-b800-08d62d812e2d',
  logName: 'projects/shop-prod/logs/cloudaudit.googleapis.com%2Factivity',
  timestamp: '2026-03-02T09:14:33.151234Z',
  resource: {
    type: 'k8s_cluster',
    labels: { cluster_name: 'prod-gke', location: 'europe-west4', project_id: 'shop-prod' },
  },
  protoPayload: {
    '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
    serviceName: 'k8s.io',
    methodName: 'io.k8s.apps.v1.deployments.patch',
    resourceName: 'apps/v1/namespaces/shop/deployments/web',
    authenticationInfo: { principalEmail: 'erin@example.com' },
    authorizationInfo: [{ granted: true, permission: 'io.k8s.apps.v1.deployments.patch' }],
    requestMetadata: { callerIp: '198.51.100.7', callerSuppliedUserAgent: 'kubectl/v1.34.1' },
    request: { '@type': 'k8s.io/Patch', spec: { replicas: 1 } },
    response: { '@type': 'apps.k8s.io/v1.Deployment', kind: 'Deployment' },
    ...payload,
  },
  ...fields,
});

describe('audit events of GKE in Cloud Audit entries', () => {
  it('are events of the cluster, with their object', () => {
    const event = eventOf(gkeEntry({}));
    expect(event).toMatchObject({
      id: 'kubernetes:prod-gke:5716ca55-7a0a-4c31-b800-08d62d812e2d',
      provider: 'kubernetes',
      service: 'apps',
      operation: 'deployments.patch',
      account: 'prod-gke',
      region: 'europe-west4',
      activityId: ACTIVITY.update,
      statusId: STATUS.success,
      readOnly: false,
      sourceIp: '198.51.100.7',
      userAgent: 'kubectl/v1.34.1',
      resources: [{ uid: 'kubernetes:apps/deployments/shop/web', type: 'deployments.apps' }],
    });
    expect(event.actor).toMatchObject({ userType: 'User', userUid: 'erin@example.com' });
    expect(event.request).toEqual({
      objectRef: { apiGroup: 'apps', resource: 'deployments', namespace: 'shop', name: 'web' },
      requestObject: { spec: { replicas: 1 } },
    });
    expect(event.response).toEqual({ kind: 'Deployment' });
  });

  it.each([
    [
      'io.k8s.core.v1.pods.exec.create',
      'core/v1/namespaces/n/pods/p/exec',
      'core',
      'pods.exec.create',
      'kubernetes:core/pods/n/p',
    ],
    [
      'io.k8s.core.v1.namespaces.delete',
      'core/v1/namespaces/n',
      'core',
      'namespaces.delete',
      'kubernetes:core/namespaces//n',
    ],
    [
      'io.k8s.core.v1.namespaces.finalize.update',
      'core/v1/namespaces/n/finalize',
      'core',
      'namespaces.finalize.update',
      'kubernetes:core/namespaces//n',
    ],
    [
      'io.k8s.authorization.rbac.v1.clusterroles.create',
      'rbac.authorization.k8s.io/v1/clusterroles/r',
      'rbac.authorization.k8s.io',
      'clusterroles.create',
      'kubernetes:rbac.authorization.k8s.io/clusterroles//r',
    ],
    [
      'io.cert-manager.v1.certificates.update',
      'cert-manager.io/v1/namespaces/n/certificates/c',
      'cert-manager.io',
      'certificates.update',
      'kubernetes:cert-manager.io/certificates/n/c',
    ],
    [
      'io.k8s.batch.v1.jobs.deletecollection',
      'batch/v1/namespaces/n/jobs',
      'batch',
      'jobs.deletecollection',
      undefined,
    ],
    [
      'io.k8s.authorization.rbac.v1.roles.list',
      undefined,
      'rbac.authorization.k8s.io',
      'roles.list',
      undefined,
    ],
    ['io.k8s.core.v1.secrets.list', undefined, 'core', 'secrets.list', undefined],
    ['io.k8s.readyz', '/readyz', 'nonresource', 'readyz', undefined],
  ])('read %s on %s', (methodName, resourceName, service, operation, uid) => {
    const event = eventOf(gkeEntry({ methodName, resourceName }));
    expect(event).toMatchObject({ service, operation });
    expect(event.resources.map((resource) => resource.uid)).toEqual(uid === undefined ? [] : [uid]);
  });

  const method = (verb: string): string => `io.k8s.apps.v1.deployments.${verb}`;
  const options = (kind: string) => ({ '@type': `meta.k8s.io/v1.${kind}`, dryRun: ['All'] });
  const told = (requestAttributes: object) => ({ requestMetadata: { requestAttributes } });

  it.each<[string, string, object]>([
    ['delete', 'its options', { request: { dryRun: ['All'] } }],
    ['deletecollection', 'its options', { request: options('DeleteOptions') }],
    ['create', 'its options', { request: options('CreateOptions') }],
    ['patch', 'the query', told({ query: 'fieldManager=x&dryRun=All' })],
    ['update', 'the path', told({ path: '/apis/apps/v1/x?dryRun=All' })],
  ])('are reads where a %s is dry by %s', (verb, _where, payload) => {
    expect(eventOf(gkeEntry({ methodName: method(verb), ...payload })).readOnly).toBe(true);
  });

  it.each<[string, string, object]>([
    ['delete', 'empty options', { request: { dryRun: [] } }],
    ['create', 'a member of the object', { request: { '@type': 'a/v1.X', dryRun: ['All'] } }],
    [
      'delete',
      'a dry query, no options shown',
      { request: null, ...told({ query: 'dryRun=All' }) },
    ],
    [
      'deletecollection',
      'a dry path, no options',
      { request: null, ...told({ path: '/x?dryRun=1' }) },
    ],
    [
      'create',
      "a kind of the caller's own that is called options",
      { request: { ...options('CreateOptions'), '@type': 'evil.io/v1.CreateOptions' } },
    ],
    [
      'create',
      "a kind of the caller's own in a group that ends as the real one",
      { request: { ...options('CreateOptions'), '@type': 'xmeta.k8s.io/v1.CreateOptions' } },
    ],
    [
      'delete',
      'a query that the server does not read',
      { request: {}, ...told({ query: 'dryRun=All' }) },
    ],
  ])('are writes where a %s has %s', (verb, _what, payload) => {
    expect(eventOf(gkeEntry({ methodName: method(verb), ...payload })).readOnly).toBe(false);
  });

  it('take a JSON patch out of what wraps it', () => {
    const patch = [{ op: 'replace', path: '/spec/replicas', value: 1 }];
    const event = eventOf(gkeEntry({ request: { '@type': 'k8s.io/Patch', value: patch } }));
    expect(event.request).toMatchObject({ requestObject: patch });
  });

  it.each([
    [{ status: { code: 7, message: 'forbidden' } }, '7'],
    [{ response: { kind: 'Status', code: 409, reason: 'AlreadyExists' } }, 'AlreadyExists'],
    [{ authorizationInfo: [{ granted: false }] }, undefined],
  ])('failed with %j', (payload, statusCode) => {
    const event = eventOf(gkeEntry(payload));
    expect([event.statusId, event.statusCode]).toEqual([STATUS.failure, statusCode]);
  });

  it('tell the first half of an operation from the last', () => {
    const operation = { id: 'o', first: true };
    expect(eventOf(gkeEntry({}, { operation })).recordType).toBe('RequestReceived');
    expect(eventOf(gkeEntry({}, { operation: { ...operation, last: true } })).recordType).toBe(
      undefined,
    );
  });

  it('say what they lack', () => {
    const messages = [
      gkeEntry({}, { insertId: undefined }),
      gkeEntry({}, { timestamp: 'now' }),
      gkeEntry({ methodName: 7 }),
      gkeEntry({ resourceName: 'x'.repeat(2_000) }),
    ].map((entry) => decode(entry).failures[0]?.message);
    expect(messages).toEqual([
      'GKE audit log entry: insertId is missing or not a text.',
      'GKE audit log entry: timestamp is not a time such as 2026-01-31T12:00:00Z of the years 2000 to 2099.',
      'GKE audit log entry: protoPayload.methodName is missing or not a text.',
      'GKE audit log entry: methodName or resourceName is too long.',
    ]);
  });
});
