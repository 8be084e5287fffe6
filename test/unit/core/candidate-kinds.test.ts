import { describe, expect, it } from 'vitest';
import type { CandidateKind } from '../../../src/core/model/drift-candidate.ts';
import type { DesiredResource } from '../../../src/core/model/desired-resource.ts';
import type { JsonObject } from '../../../src/core/model/json.ts';
import type { ProcessedEvent } from '../../../src/core/model/processed-event.ts';
import { processEvent } from '../../../src/core/process-event.ts';
import { contextOf, desired } from './sample-context.ts';
import { eventWith } from './sample-event.ts';

const act = (
  key: string,
  requestParameters: JsonObject,
  resources: readonly DesiredResource[],
  responseElements: JsonObject | null = null,
): ProcessedEvent => {
  const [service = '', eventName = ''] = key.split(':');
  const fields = { eventSource: `${service}.amazonaws.com`, eventName, requestParameters };
  return processEvent(eventWith({ ...fields, responseElements }), contextOf(resources));
};

/** Kind and type of each candidate. */
const found = ({ candidates }: ProcessedEvent): readonly (readonly [CandidateKind, string])[] =>
  candidates.map(({ kind, resource }) => [kind, resource.type] as const);

const bucket = desired('aws_s3_bucket', 'logs', { attributes: { id: 'logs', bucket: 'logs' } });
const role = desired('aws_iam_role', 'app', { attributes: { id: 'app', name: 'app' } });
const group = desired('aws_security_group', 'sg-1', { attributes: { id: 'sg-1', ingress: [] } });
const table = desired('aws_route_table', 'rtb-1', { attributes: { id: 'rtb-1', route: [] } });
const other = desired('aws_vpc', 'vpc-1');

interface Child {
  readonly own: DesiredResource;
  readonly parent: DesiredResource;
  readonly set: readonly [string, JsonObject];
  readonly unset?: readonly [string, JsonObject];
}

const policy = { Statement: [{ Effect: 'Allow', Action: 's3:GetObject' }] };
const port = {
  items: [
    {
      ipProtocol: 'tcp',
      fromPort: 22,
      toPort: 22,
      ipRanges: { items: [{ cidrIp: '10.0.0.0/8' }] },
    },
  ],
};

const CHILDREN: readonly (readonly [string, Child])[] = [
  [
    'the policy of a bucket',
    {
      own: desired('aws_s3_bucket_policy', 'logs', { attributes: { id: 'logs', policy: '{}' } }),
      parent: bucket,
      set: ['s3:PutBucketPolicy', { bucketName: 'logs', bucketPolicy: policy }],
      unset: ['s3:DeleteBucketPolicy', { bucketName: 'logs', policy: '' }],
    },
  ],
  [
    'the versioning of a bucket',
    {
      own: desired('aws_s3_bucket_versioning', 'logs', {
        attributes: { id: 'logs', versioning_configuration: [{ status: 'Enabled' }] },
      }),
      parent: bucket,
      set: [
        's3:PutBucketVersioning',
        { bucketName: 'logs', VersioningConfiguration: { Status: 'Suspended' } },
      ],
    },
  ],
  [
    'an inline policy of a role',
    {
      own: desired('aws_iam_role_policy', 'app:read', {
        attributes: { id: 'app:read', policy: '{}' },
      }),
      parent: role,
      set: [
        'iam:PutRolePolicy',
        { roleName: 'app', policyName: 'read', policyDocument: JSON.stringify(policy) },
      ],
      unset: ['iam:DeleteRolePolicy', { roleName: 'app', policyName: 'read' }],
    },
  ],
  [
    'a policy attached to a role',
    {
      own: desired('aws_iam_role_policy_attachment', 'app/arn:aws:iam::aws:policy/ReadOnlyAccess'),
      parent: role,
      set: [
        'iam:AttachRolePolicy',
        { roleName: 'app', policyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
      ],
      unset: [
        'iam:DetachRolePolicy',
        { roleName: 'app', policyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
      ],
    },
  ],
  [
    'a rule of a security group',
    {
      own: desired('aws_vpc_security_group_ingress_rule', 'sg-1/tcp/22/22/10.0.0.0/8', {
        attributes: {
          id: 'sgr-1',
          cidr_ipv4: '10.0.0.0/8',
          from_port: 22,
          to_port: 22,
          ip_protocol: 'tcp',
        },
      }),
      parent: group,
      set: ['ec2:AuthorizeSecurityGroupIngress', { groupId: 'sg-1', ipPermissions: port }],
      unset: ['ec2:RevokeSecurityGroupIngress', { groupId: 'sg-1', ipPermissions: port }],
    },
  ],
  [
    'a route of a table',
    {
      own: desired('aws_route', 'rtb-1_10.1.0.0/16', {
        attributes: { id: 'r-1', gateway_id: 'igw-1' },
      }),
      parent: table,
      set: [
        'ec2:CreateRoute',
        { routeTableId: 'rtb-1', destinationCidrBlock: '10.1.0.0/16', gatewayId: 'igw-2' },
      ],
      unset: ['ec2:DeleteRoute', { routeTableId: 'rtb-1', destinationCidrBlock: '10.1.0.0/16' }],
    },
  ],
];

describe.each(CHILDREN)('%s', (_name, { own, parent, set, unset }) => {
  it('is its own desired resource where code has one', () => {
    const processed = act(...set, [own, parent]);
    expect(processed.outcome).toBe('candidate');
    const [first] = found(processed);
    expect(first?.[1]).toBe(own.type);
    expect(['changed', 'restored']).toContain(first?.[0]);
    expect(found(processed)).toHaveLength(1);
  });

  it('is a change of what holds it where code has only that', () => {
    const processed = act(...set, [parent]);
    expect(found(processed)).toEqual([['changed', parent.type]]);
    expect(processed.candidates[0]?.changes.length).toBeGreaterThan(0);
  });

  it('is nothing of code where code has neither', () => {
    expect(act(...set, [other])).toMatchObject({ outcome: 'unresolved', candidates: [] });
  });

  it.skipIf(unset === undefined)(
    'is deleted where it is taken away, and else a change of what holds it',
    () => {
      if (unset === undefined) return;
      expect(found(act(...unset, [own, parent]))).toEqual([['deleted', own.type]]);
      const [kind, type] = found(act(...unset, [parent]))[0] ?? [];
      expect(type).toBe(parent.type);
      expect(['changed', 'restored']).toContain(kind);
    },
  );
});

describe('a creation outside code', () => {
  const create = (resources: readonly DesiredResource[]): ProcessedEvent =>
    act('s3:CreateBucket', { bucketName: 'new' }, resources);

  it('is unmanaged where code covers the account, whatever it has there', () => {
    expect(found(create([other]))).toEqual([['unmanaged', 'aws_s3_bucket']]);
  });

  it('is nothing of code in an account that code has nothing in', () => {
    const elsewhere = desired('aws_vpc', 'vpc-1', { account: '999999999999' });
    expect(create([elsewhere]).outcome).toBe('unresolved');
    expect(create([]).outcome).toBe('unresolved');
    const { account: _unknown, ...unplaced } = other;
    expect(create([unplaced]).outcome).toBe('unresolved');
  });

  it('of what code has is a change, never unmanaged and never restored', () => {
    const named = desired('aws_s3_bucket', 'new', { attributes: { id: 'new', bucket: 'new' } });
    expect(found(create([named]))).toEqual([['changed', 'aws_s3_bucket']]);
  });
});

describe('an act that sets what code says', () => {
  const instance = desired('aws_db_instance', 'orders', {
    attributes: {
      id: 'orders',
      identifier: 'orders',
      instance_class: 'db.t3.large',
      multi_az: true,
      backup_retention_period: 7,
    },
    identities: ['aws_db_instance:orders'],
  });
  const modify = (fields: JsonObject): readonly (readonly [CandidateKind, string])[] =>
    found(
      act(
        'rds:ModifyDBInstance',
        { dBInstanceIdentifier: 'orders', applyImmediately: true, ...fields },
        [instance],
      ),
    );

  it.each<[string, JsonObject, CandidateKind]>([
    [
      'is restored where all of it does',
      { dBInstanceClass: 'db.t3.large', multiAZ: true },
      'restored',
    ],
    [
      'is changed where one attribute does not',
      { dBInstanceClass: 'db.t3.large', multiAZ: false },
      'changed',
    ],
    [
      'is changed where one attribute cannot be told',
      { dBInstanceClass: 'db.t3.large', masterUserPassword: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
      'changed',
    ],
    ['is changed where the record tells no attribute', {}, 'changed'],
  ])('%s', (_name, fields, kind) => {
    expect(modify(fields)).toEqual([[kind, 'aws_db_instance']]);
  });
});
