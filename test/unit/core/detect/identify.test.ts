import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identify } from '../../../../src/core/detect/identify.ts';
import type { DesiredResource } from '../../../../src/core/model/desired-resource.ts';
import type { JsonObject, JsonValue } from '../../../../src/core/model/json.ts';
import { awsTables, call, indexOf, owned } from './owned-resources.ts';

const found = (event: ReturnType<typeof call>, ...resources: readonly DesiredResource[]) =>
  identify(event, awsTables, indexOf(...resources)).resources.map(
    ({ owners, effect, matchedBy }) =>
      [owners.map(({ address }) => address).join('+'), effect, matchedBy] as const,
  );

const group = owned('aws_security_group', { id: 'sg-0aa11bb2' });
const sshFromAll: JsonObject = {
  groupId: 'sg-0aa11bb2',
  ipPermissions: {
    items: [
      {
        ipProtocol: 'tcp',
        fromPort: 22,
        toPort: '22',
        groups: {},
        ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] },
        ipv6Ranges: {},
        prefixListIds: {},
      },
    ],
  },
};
const sshRule = owned('aws_security_group_rule', {
  id: 'sgrule-1',
  security_group_id: 'sg-0aa11bb2',
  type: 'ingress',
  protocol: 'tcp',
  from_port: 22,
  to_port: 22,
  self: false,
  cidr_blocks: ['10.0.0.0/8', '0.0.0.0/0'],
});

describe('identify', () => {
  it('tells the deletion by an unknown operation of what is named with an acronym', () => {
    const widget = owned('aws_rds_db_widget', { id: 'orders-widget' });
    const event = call('rds:DeleteDBWidget', { dBWidgetIdentifier: 'orders-widget' });
    expect(found(event, widget)).toEqual([['aws_rds_db_widget.this', 'delete', 'value']]);
  });

  it('prefers a rule of its own to the group, and the group where no rule has the tuple', () => {
    const event = call('ec2:RevokeSecurityGroupIngress', sshFromAll);
    expect(found(event, group, sshRule)).toEqual([
      ['aws_security_group_rule.this', 'delete', 'table'],
    ]);
    const other = owned('aws_security_group_rule', { ...sshRule.attributes, to_port: 23 });
    expect(found(event, group, other)).toEqual([['aws_security_group.this', 'update', 'table']]);
  });

  it('takes no rule of the same ports for one from another source', () => {
    const mine = owned('aws_security_group_rule', {
      ...sshRule.attributes,
      cidr_blocks: ['10.0.0.0/8'],
    });
    expect(found(call('ec2:RevokeSecurityGroupIngress', sshFromAll), group, mine)).toEqual([
      ['aws_security_group.this', 'update', 'table'],
    ]);
  });

  it('reports the group too where only some of the rules have an owner', () => {
    const request: JsonObject = {
      groupId: 'sg-0aa11bb2',
      ipPermissions: {
        items: [
          {
            ipProtocol: '6',
            fromPort: 22,
            toPort: 22,
            ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] },
          },
          { ipProtocol: '-1', ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] } },
        ],
      },
    };
    expect(found(call('ec2:AuthorizeSecurityGroupIngress', request), group, sshRule)).toEqual([
      ['aws_security_group_rule.this', 'update', 'table'],
      ['aws_security_group.this', 'update', 'table'],
    ]);
  });

  it('finds a rule whose source is its own group, and a rule for all protocols without ports', () => {
    const self = owned('aws_security_group_rule', {
      ...sshRule.attributes,
      cidr_blocks: [],
      self: true,
    });
    const all = owned('aws_vpc_security_group_egress_rule', {
      id: 'sgr-1',
      security_group_id: 'sg-0aa11bb2',
      ip_protocol: '-1',
      from_port: null,
      to_port: null,
      cidr_ipv4: '0.0.0.0/0',
    });
    const fromSelf: JsonObject = {
      groupId: 'sg-0aa11bb2',
      ipPermissions: {
        items: [
          {
            ipProtocol: 'tcp',
            fromPort: 22,
            toPort: 22,
            groups: { items: [{ groupId: 'sg-0aa11bb2' }] },
          },
        ],
      },
    };
    const toAll: JsonObject = {
      groupId: 'sg-0aa11bb2',
      ipPermissions: {
        items: [{ ipProtocol: '-1', ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] } }],
      },
    };
    expect(found(call('ec2:RevokeSecurityGroupIngress', fromSelf), group, self)).toEqual([
      ['aws_security_group_rule.this', 'delete', 'table'],
    ]);
    expect(found(call('ec2:RevokeSecurityGroupEgress', toAll), group, all)).toEqual([
      ['aws_vpc_security_group_egress_rule.this', 'delete', 'table'],
    ]);
  });

  it('finds each of many resources, of any type, by its id', () => {
    const event = call('ec2:CreateTags', {
      resourcesSet: {
        items: [{ resourceId: 'i-0a' }, { resourceId: 'vpc-0b' }, { resourceId: 'x' }],
      },
      tagSet: { items: [{ key: 'a', value: 'b' }] },
    });
    const resources = [owned('aws_instance', { id: 'i-0a' }), owned('aws_vpc', { id: 'vpc-0b' })];
    expect(found(event, ...resources).map(([address]) => address)).toEqual([
      'aws_instance.this',
      'aws_vpc.this',
    ]);
  });

  it.each([
    ['web'],
    ['arn:aws:lambda:eu-west-1:111122223333:function:web'],
    ['arn:aws:lambda:eu-west-1:111122223333:function:web:live'],
    ['111122223333:function:web'],
  ])('finds a function that the call names %s', (functionName) => {
    const web = owned('aws_lambda_function', { id: 'web', function_name: 'web' });
    const event = call('lambda:UpdateFunctionCode', { functionName });
    expect(found(event, web)).toEqual([['aws_lambda_function.this', 'update', 'table']]);
  });

  it('finds a bucket by its parts first, whatever the region', () => {
    const bucket = owned('aws_s3_bucket', { id: 'b', bucket: 'b' }, { region: 'us-east-1' });
    const policy = owned('aws_s3_bucket_policy', { id: 'b', bucket: 'b' });
    const event = call('s3:DeleteBucketPolicy', { bucketName: 'b' });
    expect(found(event, bucket, policy)).toEqual([
      ['aws_s3_bucket_policy.this', 'delete', 'table'],
    ]);
    expect(found(event, bucket)).toEqual([['aws_s3_bucket.this', 'update', 'table']]);
  });

  it('leaves out an owner in another account or region, by event or by ARN', () => {
    const queue = (region: string) =>
      owned('aws_dynamodb_table', { id: 't', name: 't' }, { region });
    const byName = call('dynamodb:DeleteTable', { tableName: 't' });
    expect(found(byName, queue('eu-west-1'))[0]?.[0]).toBe('aws_dynamodb_table.this');
    expect(found(byName, queue('us-east-1'))[0]?.[0]).toBe('');
    const arn = 'arn:aws:dynamodb:us-east-1:111122223333:table/t';
    const byArn = call('dynamodb:DeleteTable', { tableName: arn });
    expect(found(byArn, queue('us-east-1'))[0]?.[0]).toBe('aws_dynamodb_table.this');
  });

  it('keeps two owners of one identity: an ambiguity is for the candidate to report', () => {
    const twice = [
      owned('aws_vpc', { id: 'vpc-1' }, { address: 'aws_vpc.a' }),
      owned('aws_vpc', { id: 'vpc-1' }, { address: 'aws_vpc.b' }),
    ];
    expect(found(call('ec2:DeleteVpc', { vpcId: 'vpc-1' }), ...twice)).toEqual([
      ['aws_vpc.a+aws_vpc.b', 'delete', 'table'],
    ]);
  });

  it('tells a topic from the policy on it, which goes by the same ARN', () => {
    const arn = 'arn:aws:sns:eu-west-1:111122223333:alerts';
    const topic = owned('aws_sns_topic', { id: arn, arn, tags: null });
    const policy = owned('aws_sns_topic_policy', { id: arn, arn });
    expect(found(call('sns:DeleteTopic', { topicArn: arn }), policy, topic)).toEqual([
      ['aws_sns_topic.this', 'delete', 'table'],
    ]);
    const tag = call('sns:TagResource', { resourceArn: arn, tags: [{ key: 'a', value: 'b' }] });
    expect(found(tag, policy, topic)).toEqual([['aws_sns_topic.this', 'update', 'table']]);
    const value = call('sns:UpdateNovelty', { resourceArn: arn });
    expect(found(value, policy, topic)).toEqual([['aws_sns_topic.this', 'update', 'value']]);
  });

  it('tags the instance, not the resource that holds its state', () => {
    const instance = owned('aws_instance', { id: 'i-0a', tags: {} });
    const state = owned('aws_ec2_instance_state', { id: 'i-0a' });
    const event = call('ec2:CreateTags', {
      resourcesSet: { items: [{ resourceId: 'i-0a' }] },
      tagSet: { items: [{ key: 'a', value: 'b' }] },
    });
    expect(found(event, state, instance)).toEqual([['aws_instance.this', 'update', 'table']]);
  });

  it('names what a create made where nobody owns it, never its parent', () => {
    const { mapped, resources } = identify(
      call('iam:CreateAccessKey', { userName: 'eve' }, { accessKey: { accessKeyId: 'AKIA1' } }),
      awsTables,
      indexOf(),
    );
    expect(mapped).toBe(true);
    expect(resources).toMatchObject([
      { identity: 'aws_iam_access_key:AKIA1', owners: [], effect: 'create' },
    ]);
    const group = call('ec2:AuthorizeSecurityGroupIngress', sshFromAll);
    expect(identify(group, awsTables, indexOf()).resources).toMatchObject([
      { identity: 'aws_security_group:sg-0aa11bb2', effect: 'update' },
    ]);
  });

  it('takes an overwrite of what code owns for an update', () => {
    const alarm = owned('aws_cloudwatch_metric_alarm', { id: 'cpu', alarm_name: 'cpu' });
    const event = call('monitoring:PutMetricAlarm', { alarmName: 'cpu' });
    expect(found(event, alarm)).toEqual([['aws_cloudwatch_metric_alarm.this', 'update', 'table']]);
    expect(found(event)).toEqual([['', 'create', 'table']]);
  });

  it('takes a stated ARN of the own service where the row leads nowhere', () => {
    const arn = 'arn:aws:kms:eu-west-1:111122223333:key/k1';
    const key = owned('aws_kms_key', { id: 'k1', key_id: 'k1', arn });
    const event = call('kms:DisableKey', { keyId: 'alias/prod' }, undefined, {
      resources: [{ uid: arn }],
    });
    expect(found(event, key)).toEqual([['aws_kms_key.this', 'update', 'stated']]);
    const role = owned('aws_iam_role', { id: 'r', arn: 'arn:aws:iam::111122223333:role/r' });
    const other = call('kms:DisableKey', { keyId: 'alias/prod' }, undefined, {
      resources: [{ uid: 'arn:aws:iam::111122223333:role/r' }],
    });
    expect(found(other, role)).toEqual([['', 'update', 'table']]);
  });
});

describe('identify, for an operation without a row', () => {
  const stage = owned('aws_novelty_mesh', {
    id: 'm1',
    arn: 'arn:aws:novelty:eu-west-1:111122223333:mesh/m1',
  });

  it('takes the parameter that names the target', () => {
    const event = call('novelty:UpdateMesh', { meshName: 'm1', note: 'other' });
    expect(found(event, stage)).toEqual([['aws_novelty_mesh.this', 'update', 'value']]);
    expect(identify(event, awsTables, indexOf(stage)).mapped).toBe(false);
  });

  it('claims a delete only where the noun of the operation is the type', () => {
    expect(found(call('novelty:DeleteMesh', { meshName: 'm1' }), stage)[0]?.[1]).toBe('delete');
    const arn = 'arn:aws:novelty:eu-west-1:111122223333:mesh/m1';
    expect(found(call('novelty:DeleteThing', { resourceArn: arn }), stage)[0]?.[1]).toBe('update');
  });

  it('takes nothing from what a create or an unrelated parameter refers to', () => {
    const subnet = owned('aws_subnet', { id: 'subnet-0a1b2c3d' });
    expect(found(call('ec2:CreateNovelty', { id: 'subnet-0a1b2c3d' }), subnet)).toEqual([]);
    expect(found(call('ec2:ModifyNovelty', { subnetId: 'subnet-0a1b2c3d' }), subnet)).toEqual([]);
  });

  it('takes none of two rather than a wrong one', () => {
    const other = owned('aws_novelty_mesh', { id: 'm2' }, { address: 'aws_novelty_mesh.m2' });
    expect(found(call('novelty:UpdateMesh', { meshName: 'm1', name: 'm2' }), stage, other)).toEqual(
      [],
    );
  });

  it('takes no name of another service for its own', () => {
    const role = owned('aws_iam_role', { id: 'm1', name: 'm1' });
    expect(found(call('novelty:UpdateMesh', { meshName: 'm1' }), role)).toEqual([]);
  });
});

describe('identify, on anything', () => {
  const keys = Object.keys(awsTables.operations.rows);

  it('never throws, and never finds more than the cap', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...keys),
        fc.jsonValue(),
        fc.jsonValue(),
        (key, request, response) => {
          const event = {
            ...call(key, undefined),
            request: request as JsonValue,
            response: response as JsonValue,
          };
          const { resources } = identify(event, awsTables, indexOf(group, sshRule));
          expect(resources.length).toBeLessThanOrEqual(4_000);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('follows a call on ten thousand resources to the first thousand', () => {
    const items = Array.from({ length: 10_000 }, (_, index) => ({ instanceId: `i-${index}` }));
    const event = call('ec2:TerminateInstances', { instancesSet: { items } });
    expect(identify(event, awsTables, indexOf()).resources).toHaveLength(1_000);
  });
});
