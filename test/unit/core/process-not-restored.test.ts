import { describe, expect, it } from 'vitest';
import type { DesiredResource } from '../../../src/core/model/desired-resource.ts';
import type { DriftCandidate } from '../../../src/core/model/drift-candidate.ts';
import type { JsonObject } from '../../../src/core/model/json.ts';
import { processEvent } from '../../../src/core/process-event.ts';
import { call, owned } from './detect/owned-resources.ts';
import { contextOf } from './sample-context.ts';

// Each of these was once told as restored, or not at all.

const run = (
  key: string,
  request: JsonObject,
  resources: readonly DesiredResource[],
): readonly DriftCandidate[] => processEvent(call(key, request), contextOf(resources)).candidates;

const only = (...args: Parameters<typeof run>): DriftCandidate => {
  const candidates = run(...args);
  expect(candidates).toHaveLength(1);
  return candidates[0] as DriftCandidate;
};

const verdicts = ({ changes }: DriftCandidate): readonly (readonly string[])[] =>
  changes.map(({ path, action, verdict }) => [path, action, verdict]);

describe('records of a hosted zone', () => {
  const record = (name: string, more: JsonObject = {}): DesiredResource =>
    owned(
      'aws_route53_record',
      {
        id: `Z1_${name}_A`,
        zone_id: 'Z1',
        name,
        type: 'A',
        ttl: 300,
        records: ['1.2.3.4'],
        ...more,
      },
      { address: `aws_route53_record.${name}` },
    );
  const zone = owned('aws_route53_zone', { id: 'Z1', zone_id: 'Z1', name: 'example.com' });
  const web = record('www.example.com');
  const blue = record('blue.example.com', {
    id: 'Z1_blue.example.com_A_b',
    set_identifier: 'b',
    weighted_routing_policy: [{ weight: 10 }],
  });
  const change = (action: string, name: string, value: string, more: JsonObject = {}) => ({
    action,
    resourceRecordSet: { name, type: 'A', tTL: 300, resourceRecords: [{ value }], ...more },
  });
  const changed = (...changes: readonly JsonObject[]) =>
    run('route53:ChangeResourceRecordSets', { hostedZoneId: 'Z1', changeBatch: { changes } }, [
      zone,
      web,
      blue,
    ]).map(({ kind, resource, changes: told }) => [
      kind,
      resource.address,
      ...told.filter(({ verdict }) => verdict !== 'equals_desired').map(({ path }) => path),
    ]);

  it('are deleted by the very values that code says', () => {
    expect(changed(change('DELETE', 'www.example.com', '1.2.3.4'))).toEqual([
      ['deleted', web.address],
    ]);
  });

  it('are changed where one call takes the old one away and makes another', () => {
    expect(
      changed(
        change('DELETE', 'www.example.com', '1.2.3.4'),
        change('CREATE', 'www.example.com', '6.6.6.6'),
      ),
    ).toEqual([['changed', web.address, 'records']]);
  });

  it('are not restored by values of code beside what no row reads', () => {
    const policy = { trafficPolicyInstanceId: 'traffic-1' };
    expect(changed(change('UPSERT', 'www.example.com', '1.2.3.4', policy))).toEqual([
      ['changed', web.address],
    ]);
    expect(changed(change('UPSERT', 'www.example.com', '1.2.3.4'))).toEqual([
      ['restored', web.address],
    ]);
  });

  it('are each told of where a call has some of a routing policy and some without', () => {
    const weighted = change('UPSERT', 'blue.example.com', '1.2.3.4', {
      setIdentifier: 'b',
      weight: 99,
    });
    const found = changed(change('UPSERT', 'www.example.com', '6.6.6.6'), weighted);
    expect(found.toSorted()).toEqual([
      ['changed', blue.address, 'weighted_routing_policy[0].weight'],
      ['changed', web.address, 'records'],
    ]);
  });
});

describe('a call that overwrites', () => {
  it('takes away what it leaves out: three of four blocks of public access', () => {
    const all = { block_public_acls: true, ignore_public_acls: true };
    const block = owned('aws_s3_bucket_public_access_block', {
      id: 'logs',
      bucket: 'logs',
      ...all,
      block_public_policy: true,
      restrict_public_buckets: true,
    });
    const candidate = only(
      's3:PutBucketPublicAccessBlock',
      { bucketName: 'logs', PublicAccessBlockConfiguration: { BlockPublicAcls: true } },
      [block],
    );
    expect(candidate.kind).toBe('changed');
    expect(verdicts(candidate)).toEqual([
      ['block_public_acls', 'set', 'equals_desired'],
      ['ignore_public_acls', 'set', 'differs'],
      ['block_public_policy', 'set', 'differs'],
      ['restrict_public_buckets', 'set', 'differs'],
    ]);
  });

  it('takes away what it leaves out: whom an alarm tells', () => {
    const alarm = owned('aws_cloudwatch_metric_alarm', {
      id: 'cpu',
      alarm_name: 'cpu',
      threshold: 1,
      alarm_actions: ['arn:aws:sns:eu-west-1:111122223333:page'],
      actions_enabled: true,
    });
    const candidate = only('monitoring:PutMetricAlarm', { alarmName: 'cpu', threshold: 1 }, [
      alarm,
    ]);
    expect(verdicts(candidate)).toContainEqual(['alarm_actions', 'set', 'differs']);
  });
});

describe('what code leaves open until its deployment', () => {
  const open = { $unknown: true };

  it.each([
    ['ec2:AuthorizeSecurityGroupIngress', 'add'],
    ['ec2:RevokeSecurityGroupIngress', 'remove'],
  ])('is unknown, never restored: %s', (operation, action) => {
    const rules = owned('aws_security_group', { id: 'sg-0aa11bb2', name: 'web', ingress: open });
    const ssh = { ipProtocol: 'tcp', fromPort: 22, toPort: 22 };
    const items = [{ ...ssh, ipRanges: { items: [{ cidrIp: '10.1.0.0/16' }] } }];
    const request = { groupId: 'sg-0aa11bb2', ipPermissions: { items } };
    const candidate = only(operation, request, [rules]);
    expect(candidate.kind).toBe('changed');
    expect(verdicts(candidate)).toEqual([['ingress', action, 'unknown']]);
  });

  it('is unknown of tags, too, and takes none away', () => {
    const bucket = owned('aws_s3_bucket', { id: 'logs', bucket: 'logs', tags: open });
    const request = {
      bucketName: 'logs',
      Tagging: { TagSet: { Tag: { Key: 'env', Value: 'prod' } } },
    };
    const candidate = only('s3:PutBucketTagging', request, [bucket]);
    expect(verdicts(candidate)).toEqual([['tags.env', 'set', 'unknown']]);
  });
});

describe('a call that sets what the tables do not read', () => {
  const code = owned('aws_lambda_function', { id: 'f', function_name: 'f', timeout: 3 });
  const update = (more: JsonObject) =>
    only('lambda:UpdateFunctionConfiguration', { functionName: 'f', timeout: 3, ...more }, [code])
      .kind;

  it('is no restoration, whatever it sets beside', () => {
    expect(update({ fileSystemConfigs: [{ arn: 'arn:aws:elasticfilesystem:x' }] })).toBe('changed');
  });

  it('is one where the rest is empty, or says how the call is made', () => {
    expect(update({})).toBe('restored');
    expect(update({ snapStart: {}, revisionId: 'x', clientToken: 'x' })).toBe('restored');
  });
});

describe('a call whose parameters lie within another', () => {
  const volume = owned('aws_ebs_volume', { id: 'vol-1', size: 20 });
  const modified = (parameters: JsonObject): string =>
    only(
      'ec2:ModifyVolume',
      { ModifyVolumeRequest: { VolumeId: 'vol-1', tag: 1, xmlns: 'x', ...parameters } },
      [volume],
    ).kind;

  it('restores by what the row reads of them, not beside what it does not read', () => {
    expect(modified({ Size: 20 })).toBe('restored');
    expect(modified({ Size: 20, MultiAttachEnabled: true })).toBe('changed');
  });
});
