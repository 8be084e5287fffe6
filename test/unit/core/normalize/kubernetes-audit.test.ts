import { describe, expect, it } from 'vitest';
import { ACTIVITY, STATUS } from '../../../../src/core/model/audit-event.ts';
import {
  isKubernetesAudit,
  kubernetesAuditEvent,
} from '../../../../src/core/normalize/kubernetes-audit.ts';
import {
  kubernetesEventWith,
  kubernetesRecordWith,
  patchRecord,
} from '../../../support/kubernetes-records.ts';

const failureOf = (fields: Readonly<Record<string, unknown>>): string => {
  const event = kubernetesAuditEvent(kubernetesRecordWith(fields), new Uint8Array(), []);
  if (!('reason' in event)) throw new Error('The record was taken.');
  expect(event).toMatchObject({ stage: 'normalize', reason: 'invalid_event' });
  return event.message;
};

describe('a Kubernetes audit event', () => {
  it('tells who did what to which object, when and from where', () => {
    const event = kubernetesEventWith({});
    expect(event).toMatchObject({
      id: 'kubernetes:prod-eu:3f1c9a52-7d54-4a6e-9d3e-0b6f0a1c7e11/ResponseComplete',
      time: Date.parse('2026-03-02T09:14:33.151Z'),
      provider: 'kubernetes',
      service: 'apps',
      operation: 'deployments.patch',
      account: 'prod-eu',
      activityId: ACTIVITY.update,
      statusId: STATUS.success,
      readOnly: false,
      recordType: 'ResponseComplete',
      sourceIp: '198.51.100.7',
      resources: [{ uid: 'kubernetes:apps/deployments/shop/web', type: 'deployments.apps' }],
    });
    expect(event.statusCode).toBeUndefined();
    expect(event.actor).toMatchObject({
      userType: 'User',
      userUid: 'erin@example.com',
      userName: 'erin@example.com',
    });
    expect(event.request).toEqual({
      objectRef: { apiGroup: 'apps', resource: 'deployments', namespace: 'shop', name: 'web' },
      parameters: { fieldManager: 'kubectl-patch' },
      requestObject: { spec: { replicas: 1 } },
    });
    expect(event.response).toBeUndefined();
  });

  it('is recognised by its version, and as an item of a list by its members', () => {
    const { kind: _kind, apiVersion: _version, ...item } = patchRecord;
    expect(isKubernetesAudit(patchRecord)).toBe(true);
    expect(isKubernetesAudit(item)).toBe(true);
    expect(isKubernetesAudit({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', items: [] })).toBe(
      false,
    );
    // An Event of the core group tells what happened in a cluster, not who did it.
    expect(
      isKubernetesAudit({ kind: 'Event', apiVersion: 'v1', involvedObject: {}, reason: 'Killing' }),
    ).toBe(false);
    for (const other of [null, 1, 'a', [], {}, { auditID: 'x' }]) {
      expect(isKubernetesAudit(other)).toBe(false);
    }
  });

  it('names a group core where it has none, and a subresource between object and verb', () => {
    const event = kubernetesEventWith({
      verb: 'create',
      objectRef: { resource: 'pods', subresource: 'exec', namespace: 'shop', name: 'web-0' },
    });
    expect(event).toMatchObject({ service: 'core', operation: 'pods.exec.create' });
  });

  it('takes the name that the server made from its answer', () => {
    const event = kubernetesEventWith({
      verb: 'create',
      objectRef: { resource: 'pods', namespace: 'shop' },
      responseObject: { kind: 'Pod', metadata: { generateName: 'web-', name: 'web-x7k2p' } },
    });
    expect(event.resources).toEqual([
      { uid: 'kubernetes:core/pods/shop/web-x7k2p', type: 'pods.core' },
    ]);
  });

  it('does not place a namespace in itself', () => {
    const objectRef = { resource: 'namespaces', namespace: 'shop', name: 'shop' };
    expect(kubernetesEventWith({ verb: 'delete', objectRef }).resources).toEqual([
      { uid: 'kubernetes:core/namespaces//shop', type: 'namespaces.core' },
    ]);
  });

  it('names no object of a collection, and none of a call on no resource', () => {
    const objectRef = { resource: 'pods', namespace: 'shop' };
    expect(kubernetesEventWith({ verb: 'deletecollection', objectRef }).resources).toEqual([]);
    const health = kubernetesEventWith({ verb: 'get', objectRef: undefined });
    expect(health).toMatchObject({ service: 'nonresource', operation: 'get', readOnly: true });
    expect(health.resources).toEqual([]);
  });

  it.each([
    ['get', true, ACTIVITY.read],
    ['list', true, ACTIVITY.read],
    ['watch', true, ACTIVITY.read],
    ['create', false, ACTIVITY.create],
    ['update', false, ACTIVITY.update],
    ['patch', false, ACTIVITY.update],
    ['delete', false, ACTIVITY.delete],
    ['deletecollection', false, ACTIVITY.delete],
    ['frobnicate', undefined, ACTIVITY.other],
  ])('says of %s whether it reads', (verb, readOnly, activityId) => {
    expect(kubernetesEventWith({ verb })).toMatchObject({ readOnly, activityId });
  });

  it('takes a dry run for a read', () => {
    const requestURI = '/apis/apps/v1/namespaces/shop/deployments/web?dryRun=All&force=true';
    expect(kubernetesEventWith({ requestURI })).toMatchObject({
      readOnly: true,
      activityId: ACTIVITY.read,
    });
  });

  it('takes a dry run for a read where the name of its parameter is escaped', () => {
    const requestURI = '/apis/apps/v1/namespaces/shop/deployments/web?dr%79Run=All';
    expect(kubernetesEventWith({ requestURI }).readOnly).toBe(true);
  });

  describe.each(['delete', 'deletecollection'])('of a %s', (verb) => {
    const uri = '/apis/apps/v1/namespaces/shop/deployments/web';
    const deletion = (fields: object) =>
      kubernetesEventWith({
        verb,
        level: 'RequestResponse',
        requestURI: `${uri}?dryRun=All`,
        requestObject: undefined,
        ...fields,
      });

    it.each([
      [
        'a body without dryRun, whatever the URL says',
        { requestObject: { kind: 'DeleteOptions' } },
      ],
      ['an empty dryRun in the body', { requestObject: { dryRun: [] } }],
      ['no level that shows whether it had a body', { level: 'Metadata' }],
      ['a body that was cut away', { annotations: { 'audit.k8s.io/truncated': 'true' } }],
    ])('takes no deletion for a dry run that has %s', (_case, fields) => {
      expect(deletion(fields)).toMatchObject({ readOnly: false, activityId: ACTIVITY.delete });
    });

    it.each([
      ['in the body', { requestURI: uri, requestObject: { dryRun: ['All'] } }],
      ['in the URL without a body', {}],
    ])('takes one with dryRun %s for a read', (_case, fields) => {
      expect(deletion(fields)).toMatchObject({ readOnly: true, activityId: ACTIVITY.read });
    });
  });

  it('takes an apply that made the object for a creation', () => {
    expect(kubernetesEventWith({ responseStatus: { code: 201 } }).activityId).toBe(ACTIVITY.create);
  });

  it.each([
    [{ code: 403, reason: 'Forbidden', status: 'Failure' }, STATUS.failure, 'Forbidden'],
    [{ code: 409 }, STATUS.failure, '409'],
    [{ code: 500 }, STATUS.failure, '500'],
    [{ status: 'Failure' }, STATUS.failure, 'ResponseComplete'],
    [{ code: 101 }, STATUS.success, undefined],
    [{}, STATUS.unknown, undefined],
    [undefined, STATUS.unknown, undefined],
  ])('reads the status %j', (responseStatus, statusId, statusCode) => {
    const event = kubernetesEventWith({ responseStatus });
    expect([event.statusId, event.statusCode]).toEqual([statusId, statusCode]);
  });

  it('counts a panic as a failure', () => {
    expect(kubernetesEventWith({ stage: 'Panic', responseStatus: undefined })).toMatchObject({
      statusId: STATUS.failure,
      statusCode: 'Panic',
    });
  });

  it('gives each stage of a call an id of its own', () => {
    expect(kubernetesEventWith({ stage: 'RequestReceived' }).id).toBe(
      'kubernetes:prod-eu:3f1c9a52-7d54-4a6e-9d3e-0b6f0a1c7e11/RequestReceived',
    );
  });

  it('names the person behind an EKS role session as CloudTrail does', () => {
    const user = {
      username: 'kubernetes-admin',
      extra: {
        accessKeyId: ['ASIAEXAMPLE'],
        arn: ['arn:aws:sts::123456789012:assumed-role/Admin/erin@example.com'],
        canonicalArn: ['arn:aws:iam::123456789012:role/Admin'],
        principalId: ['AROAEXAMPLE'],
        sessionName: ['erin@example.com'],
      },
    };
    expect(kubernetesEventWith({ user }).actor).toMatchObject({
      userUid: 'kubernetes-admin',
      userName: 'erin@example.com',
      sessionIssuer: 'arn:aws:iam::123456789012:role/Admin',
      accountUid: '123456789012',
      sessionUid: 'AROAEXAMPLE/ASIAEXAMPLE',
    });
  });

  it('keeps whose rights were used where somebody acts as another, and names the other', () => {
    const event = kubernetesEventWith({
      user: { username: 'system:serviceaccount:cattle-system:rancher' },
      impersonatedUser: { username: 'erin@example.com', groups: ['system:masters'] },
    });
    expect(event.actor).toMatchObject({
      userType: 'Impersonator',
      userUid: 'system:serviceaccount:cattle-system:rancher',
      userName: 'erin@example.com',
    });
  });

  it('reads times as data lakes print them, and those of old releases', () => {
    const expected = Date.parse('2026-03-02T09:14:33.151Z');
    expect(kubernetesEventWith({ stageTimestamp: '2026-03-02 09:14:33.151234000' }).time).toBe(
      expected,
    );
    const old = { stageTimestamp: undefined, requestReceivedTimestamp: undefined };
    expect(kubernetesEventWith({ ...old, timestamp: '2026-03-02T09:14:33.151Z' }).time).toBe(
      expected,
    );
  });

  it('says what a record lacks', () => {
    expect(failureOf({ auditID: undefined })).toBe('Kubernetes audit event: auditID is missing.');
    expect(failureOf({ auditID: 7 })).toBe('Kubernetes audit event: auditID is not a text.');
    expect(failureOf({ verb: '' })).toBe('Kubernetes audit event: verb is empty.');
    expect(failureOf({ auditID: 'a b' })).toContain('auditID with stage is not 1 to 160 printable');
    expect(failureOf({ cluster: 'ä' })).toContain('the name of the cluster is not');
    expect(failureOf({ objectRef: { resource: ['pods'] } })).toContain('objectRef.resource');
    expect(failureOf({ objectRef: { resource: 'pods', name: 'x'.repeat(300) } })).toContain(
      'objectRef.name is longer than 256',
    );
    expect(
      failureOf({ stageTimestamp: 'now', requestReceivedTimestamp: undefined, timestamp: 3 }),
    ).toContain('neither stageTimestamp nor requestReceivedTimestamp is a time');
  });
});

describe('the cluster of an audit event', () => {
  const none = { cluster: undefined };

  it.each([
    ['a member that the shipper added', { cluster_name: 'c1' }, [], 'c1'],
    ['an annotation', { annotations: { cluster: 'c2' } }, [], 'c2'],
    ['the log group of EKS', {}, [{ logGroup: '/aws/eks/c3/cluster', logStream: 's' }], 'c3'],
    [
      'the ARM id of AKS, in lower case',
      {},
      [
        {
          resourceId:
            '/SUBSCRIPTIONS/1/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.CONTAINERSERVICE/MANAGEDCLUSTERS/C4',
        },
      ],
      'c4',
    ],
    ['what is around the envelope', {}, [{ kind: 'EventList' }, { cluster: 'c5' }], 'c5'],
    ['nothing', {}, [{ logGroup: '/aws/lambda/x' }], undefined],
  ])('is told by %s', (_name, fields, envelopes, cluster) => {
    expect(kubernetesEventWith({ ...none, ...fields }, envelopes).account).toBe(cluster);
  });
});
