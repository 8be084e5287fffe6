import { describe, expect, it } from 'vitest';
import type { DesiredResource } from '../../../src/core/model/desired-resource.ts';
import { verdictsOf } from '../../support/cloud-detection.ts';
import { PROJECT } from '../../support/cloud-fixtures.ts';
import { act, google } from '../../support/gcp-acts.ts';

describe('a policy delta', () => {
  const member = (role: string, name: string): DesiredResource =>
    google('google_project_iam_member', { id: `${PROJECT}/${role}/${name}`, role, member: name });
  const binding = (role: string, members: readonly string[]): DesiredResource =>
    google('google_project_iam_binding', { id: `${PROJECT}/${role}`, role, members });
  const project = google('google_project', { id: `projects/${PROJECT}`, project_id: PROJECT });
  const delta = (bindingDeltas: readonly object[]): object => ({
    serviceName: 'cloudresourcemanager.googleapis.com',
    methodName: 'SetIamPolicy',
    resourceName: `projects/${PROJECT}`,
    request: { resource: PROJECT, policy: { bindings: [] } },
    serviceData: { policyDelta: { bindingDeltas } },
  });
  const add = (role: string, name: string): object => ({ action: 'ADD', role, member: name });
  const remove = (role: string, name: string): object => ({ action: 'REMOVE', role, member: name });

  it('takes a member of code away', () => {
    const owner = member('roles/viewer', 'user:a@example.com');
    const { candidates } = act(delta([remove('roles/viewer', 'user:a@example.com')]), [owner]);
    expect(candidates).toMatchObject([{ kind: 'deleted', resource: { key: owner.key } }]);
  });

  it('adds a member to a binding of code', () => {
    const owner = binding('roles/viewer', ['user:a@example.com']);
    const deltas = [
      add('roles/viewer', 'user:b@example.com'),
      remove('roles/viewer', 'user:a@example.com'),
    ];
    const { candidates } = act(delta(deltas), [owner, project]);
    expect(candidates).toHaveLength(1);
    expect(verdictsOf(candidates[0])).toEqual([
      ['members', 'add', 'not_in_desired'],
      ['members', 'remove', 'differs'],
    ]);
  });

  it('is one candidate for each member and binding that it touches', () => {
    const owner = binding('roles/viewer', ['user:a@example.com']);
    const other = member('roles/editor', 'user:c@example.com');
    const deltas = [
      add('roles/viewer', 'user:b@example.com'),
      remove('roles/editor', 'user:c@example.com'),
      add('roles/owner', 'user:d@example.com'),
    ];
    const { candidates } = act(delta(deltas), [owner, other, project]);
    expect(candidates.map(({ kind, resource }) => [kind, resource.type]).toSorted()).toEqual([
      ['changed', 'google_project_iam_binding'],
      ['deleted', 'google_project_iam_member'],
      ['unmanaged', 'google_project_iam_member'],
    ]);
  });

  it('that gives what no code owns is unmanaged, with who and what', () => {
    const { candidates } = act(delta([add('roles/owner', 'user:d@example.com')]), [project]);
    expect(candidates).toMatchObject([
      {
        kind: 'unmanaged',
        resource: {
          identity: `google_project_iam_member:${PROJECT}/roles/owner/user:d@example.com`,
        },
      },
    ]);
    expect(verdictsOf(candidates[0])).toEqual([
      ['role', 'set', 'not_in_desired'],
      ['member', 'set', 'not_in_desired'],
    ]);
  });

  it('says the whole policy again in its request, which restores no binding that it leaves as it is', () => {
    const owner = binding('roles/editor', ['user:c@example.com']);
    const bindings = [
      { role: 'roles/editor', members: ['user:c@example.com'] },
      { role: 'roles/browser', members: ['user:d@example.com'] },
    ];
    const payload = {
      ...delta([add('roles/browser', 'user:d@example.com')]),
      request: { resource: PROJECT, policy: { bindings } },
    };
    const { candidates } = act(payload, [owner, project]);
    expect(candidates.map(({ kind }) => kind)).toEqual(['unmanaged']);
  });

  it('names a member of a binding in another case, as Google keeps it', () => {
    const owner = binding('roles/viewer', ['user:Ann.Lee@Example.com', 'group:ops@example.com']);
    const { candidates } = act(delta([add('roles/viewer', 'user:ann.lee@example.com')]), [owner]);
    expect(verdictsOf(candidates[0])).toEqual([['members', 'add', 'equals_desired']]);
  });

  const bucket = google('google_storage_bucket', { id: 'shop-data', name: 'shop-data' });
  const ofBucket = (...deltas: readonly object[]): object => ({
    ...delta(deltas),
    serviceName: 'storage.googleapis.com',
    methodName: 'storage.setIamPermissions',
    resourceName: 'projects/_/buckets/shop-data',
  });
  const viewer = 'roles/storage.objectViewer';

  it('of a bucket that code owns tells the bucket, and the grant that no code owns: what and to whom', () => {
    const { candidates } = act(ofBucket(add(viewer, 'allUsers')), [bucket]);
    expect(candidates).toMatchObject([
      { kind: 'changed', resource: { key: bucket.key } },
      {
        kind: 'unmanaged',
        resource: {
          identity: `google_storage_bucket_iam_member:shop-data/${viewer}/allUsers`,
        },
        severity: { level: 'critical' },
      },
    ]);
  });

  it('of a bucket, with a grant that code owns and one that it does not, tells both', () => {
    const member = google('google_storage_bucket_iam_member', {
      id: `b/shop-data/${viewer}/user:a@example.com`,
      bucket: 'b/shop-data',
      role: viewer,
      member: 'user:a@example.com',
    });
    const payload = ofBucket(remove(viewer, 'user:a@example.com'), add(viewer, 'allUsers'));
    expect(act(payload, [bucket, member]).candidates).toMatchObject([
      { kind: 'deleted', resource: { key: member.key } },
      { kind: 'changed', resource: { key: bucket.key } },
      { kind: 'unmanaged' },
    ]);
  });

  it('that takes from a bucket of code what no code gave is a change of the bucket', () => {
    const payload = ofBucket(remove(viewer, 'allUsers'));
    expect(act(payload, [bucket]).candidates).toMatchObject([
      { kind: 'changed', resource: { key: bucket.key } },
    ]);
  });
});

describe('a policy as a whole', () => {
  const role = 'roles/viewer';
  const [ann, ops, ci] = ['user:Ann@example.com', 'group:ops@example.com', 'serviceAccount:ci@p'];
  const condition = { title: 'until may', expression: 'request.time < timestamp("2026-05-01")' };
  const audit = (exempted: readonly string[]): object => ({
    service: 'allServices',
    auditLogConfigs: [{ logType: 'DATA_READ', exemptedMembers: exempted }],
  });
  const desired = {
    bindings: [
      { role, members: [ann, ops] },
      { role, members: [ci], condition },
    ],
    auditConfigs: [audit([ann])],
  };
  const owner = google('google_project_iam_policy', {
    id: PROJECT,
    project: PROJECT,
    policy_data: JSON.stringify(desired),
  });
  const set = (policy: object) =>
    act(
      {
        serviceName: 'cloudresourcemanager.googleapis.com',
        methodName: 'SetIamPolicy',
        resourceName: `projects/${PROJECT}`,
        request: { resource: PROJECT, policy },
      },
      [owner],
    ).candidates;

  const { auditConfigs } = desired;

  it.each<[string, object]>([
    ['in another order', { auditConfigs, bindings: desired.bindings.toReversed() }],
    [
      'of a binding for each member',
      {
        auditConfigs,
        bindings: [
          { role, members: [ops] },
          { role, members: ['user:ann@example.com'] },
          { role, members: [ci], condition: { ...condition, description: '' } },
        ],
      },
    ],
    [
      'with an etag, a version and a binding of nobody',
      {
        auditConfigs,
        etag: 'BwX',
        version: 3,
        bindings: [...desired.bindings, { role: 'roles/owner', members: [] }],
      },
    ],
  ])('that grants what code says, %s, restores it', (_, policy) => {
    expect(set(policy)).toMatchObject([{ kind: 'restored' }]);
  });

  const told = (policy: object) => {
    const [candidate] = set(policy);
    expect(candidate).toMatchObject({ kind: 'changed', resource: { key: owner.key } });
    return verdictsOf(candidate);
  };
  const [, conditional] = desired.bindings;

  it.each<[string, object]>([
    ['one member more', { bindings: [{ role, members: [ann, ops, 'allUsers'] }, conditional] }],
    ['one member less', { bindings: [{ role, members: [ann] }, conditional] }],
    ['another role', { bindings: [{ role: 'roles/editor', members: [ann, ops] }, conditional] }],
    ['no condition', { bindings: [{ role, members: [ann, ops, ci] }] }],
  ])('differs by %s', (_, policy) => {
    expect(told(policy)).toEqual([['policy_data', 'set', 'differs']]);
  });

  it.each<[string, object]>([
    ['it leaves out the audits of code', { bindings: desired.bindings }],
    ['it takes them away', { ...desired, auditConfigs: [] }],
    ['it exempts others', { ...desired, auditConfigs: [audit([ops])] }],
    [
      'members are a text',
      { ...desired, bindings: [{ role: 'roles/owner', members: 'allUsers' }] },
    ],
    ['a condition is none', { ...desired, bindings: [{ role, condition: { expression: {} } }] }],
    ['a binding is none', { ...desired, bindings: [[], ...desired.bindings] }],
  ])('is not judged where %s', (_, policy) => {
    expect(told(policy)).toEqual([['policy_data', 'set', 'unknown']]);
  });
});
