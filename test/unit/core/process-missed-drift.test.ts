import { describe, expect, it } from 'vitest';
import type { DesiredResource } from '../../../src/core/model/desired-resource.ts';
import type { DriftCandidate } from '../../../src/core/model/drift-candidate.ts';
import type { JsonObject } from '../../../src/core/model/json.ts';
import { processEvent } from '../../../src/core/process-event.ts';
import { call, owned } from './detect/owned-resources.ts';
import { contextOf } from './sample-context.ts';

const GROUP = 'sg-0aa11bb2';
const ACCOUNT = '111122223333';

const run = (
  key: string,
  request: JsonObject,
  resources: readonly DesiredResource[],
  response?: JsonObject,
): readonly DriftCandidate[] =>
  processEvent(call(key, request, response), contextOf(resources)).candidates;

const only = (...args: Parameters<typeof run>): DriftCandidate => {
  const candidates = run(...args);
  expect(candidates).toHaveLength(1);
  return candidates[0] as DriftCandidate;
};

const verdicts = ({ changes }: DriftCandidate): readonly (readonly string[])[] =>
  changes.map(({ path, action, verdict }) => [path, action, verdict]);

const group = owned('aws_security_group', {
  id: GROUP,
  name: 'web',
  ingress: [{ protocol: 'tcp', from_port: 443, to_port: 443, cidr_blocks: ['10.0.0.0/8'] }],
});

const permission = (port: number, cidrIp: string): JsonObject => ({
  ipProtocol: 'tcp',
  fromPort: port,
  toPort: port,
  ipRanges: { items: [{ cidrIp }] },
});

describe('a rule changed by its id', () => {
  const modified = (rule: JsonObject): JsonObject => ({
    ModifySecurityGroupRulesRequest: { GroupId: GROUP, SecurityGroupRule: rule },
  });
  const open = { CidrIpv4: '0.0.0.0/0', FromPort: 443, ToPort: 443, IpProtocol: 'tcp' };

  it('in a group with inline rules is a rule that code does not hold, and critical', () => {
    const request = modified({ SecurityGroupRuleId: 'sgr-1', tag: 1, SecurityGroupRule: open });
    const candidate = only('ec2:ModifySecurityGroupRules', request, [group]);
    expect(candidate.changes).toMatchObject([
      {
        path: 'ingress',
        action: 'add',
        observed: { protocol: 'tcp', from_port: 443, to_port: 443, source: '0.0.0.0/0' },
        verdict: 'not_in_desired',
      },
    ]);
    expect(candidate.severity.level).toBe('critical');
  });

  it('stays a change of the rule where a rule resource owns it', () => {
    const rule = owned('aws_vpc_security_group_ingress_rule', {
      id: 'sgr-1',
      security_group_id: GROUP,
      cidr_ipv4: '10.0.0.0/8',
    });
    const request = modified({ SecurityGroupRuleId: 'sgr-1', tag: 1, SecurityGroupRule: open });
    const candidate = only('ec2:ModifySecurityGroupRules', request, [group, rule]);
    expect(candidate.resource.address).toBe('aws_vpc_security_group_ingress_rule.this');
  });
});

describe('an act that takes away what it does not name', () => {
  const bucket = owned('aws_s3_bucket', { id: 'b', bucket: 'b', tags: { a: '1', b: '2' } });
  const put = (...tags: readonly JsonObject[]): JsonObject => ({
    bucketName: 'b',
    Tagging: { TagSet: { Tag: tags } },
  });

  it('PutBucketTagging with one of two tags removes the other, so it restores nothing', () => {
    const candidate = only('s3:PutBucketTagging', put({ Key: 'a', Value: '1' }), [bucket]);
    expect(candidate.kind).toBe('changed');
    expect(verdicts(candidate)).toEqual([
      ['tags.a', 'set', 'equals_desired'],
      ['tags.b', 'remove', 'differs'],
    ]);
  });

  it('PutBucketTagging without a tag removes all, and with a hidden tag removes none for certain', () => {
    const empty = { bucketName: 'b', Tagging: { TagSet: '' } };
    expect(verdicts(only('s3:PutBucketTagging', empty, [bucket]))).toEqual([
      ['tags.a', 'remove', 'differs'],
      ['tags.b', 'remove', 'differs'],
    ]);
    const hidden = put({ Key: 'a', Value: 'HIDDEN_DUE_TO_SECURITY_REASONS' });
    expect(verdicts(only('s3:PutBucketTagging', hidden, [bucket]))).toEqual([
      ['tags', 'set', 'unknown'],
    ]);
  });

  it('PutBucketTagging with all that code says restores it', () => {
    const tags = put({ Key: 'a', Value: '1' }, { Key: 'b', Value: '2' });
    expect(only('s3:PutBucketTagging', tags, [bucket]).kind).toBe('restored');
  });

  it.each([
    { id: 'main', name: 'main' },
    { id: 'main', name: 'main', event_selector: [] },
  ])(
    'PutEventSelectors that ends management events is a change of a trail without selectors: %j',
    (attributes) => {
      const request = { trailName: 'main', eventSelectors: [{ includeManagementEvents: false }] };
      const trail = owned('aws_cloudtrail', attributes);
      const candidate = only('cloudtrail:PutEventSelectors', request, [trail]);
      expect(candidate.kind).toBe('changed');
      expect(verdicts(candidate)).toEqual([
        ['event_selector[0].include_management_events', 'set', 'not_in_desired'],
      ]);
    },
  );
});

describe('a resource under another of its names', () => {
  const db = owned('aws_db_instance', { id: 'db-AB', identifier: 'mydb', instance_class: 'a' });
  const fn = owned('aws_lambda_function', { id: 'fn', function_name: 'fn', timeout: 3 });
  const url = `https://sqs.us-east-1.amazonaws.com/${ACCOUNT}/jobs`;
  const queue = owned('aws_sqs_queue', { id: url, url, delay_seconds: 0 });
  const legacy = owned('aws_sqs_queue', {
    id: `https://queue.amazonaws.com/${ACCOUNT}/jobs`,
    delay_seconds: 0,
  });
  const delay = (queueUrl: string): JsonObject => ({ queueUrl, attributes: { DelaySeconds: '9' } });

  it.each<[string, JsonObject, DesiredResource]>([
    ['rds:ModifyDBInstance', { dBInstanceIdentifier: 'MyDB', dBInstanceClass: 'b' }, db],
    ['lambda:UpdateFunctionConfiguration', { functionName: `${ACCOUNT}:fn`, timeout: 9 }, fn],
    [
      'lambda:UpdateFunctionConfiguration',
      { functionName: `${ACCOUNT}:function:fn`, timeout: 9 },
      fn,
    ],
    ['lambda:UpdateFunctionConfiguration', { functionName: 'fn:$LATEST', timeout: 9 }, fn],
    ['sqs:SetQueueAttributes', delay(`https://queue.amazonaws.com/${ACCOUNT}/jobs`), queue],
    [
      'sqs:SetQueueAttributes',
      delay(`https://us-east-1.queue.amazonaws.com/${ACCOUNT}/jobs`),
      queue,
    ],
    ['sqs:SetQueueAttributes', delay(url), legacy],
  ])('%s %j is found', (key, request, resource) => {
    const candidate = only(key, request, [resource]);
    expect(candidate.resource.address).toBe(resource.address);
    expect(candidate.changes.map(({ verdict }) => verdict)).toEqual(['differs']);
  });

  it('is not found for a function of another account', () => {
    const mine = { ...fn, account: ACCOUNT };
    const request = { functionName: '999999999999:fn', timeout: 9 };
    expect(run('lambda:UpdateFunctionConfiguration', request, [mine])).toEqual([]);
  });

  it('is not found for a queue of another region', () => {
    const request = delay(`https://eu-west-1.queue.amazonaws.com/${ACCOUNT}/jobs`);
    expect(run('sqs:SetQueueAttributes', request, [queue])).toEqual([]);
  });

  const byName = {
    groupName: 'web',
    ipPermissions: { items: [permission(22, '0.0.0.0/0')] },
  };

  it.each<[string, JsonObject]>([
    ['that the answer gives the id of', { securityGroupRuleSet: { items: [{ groupId: GROUP }] } }],
    ['by its name alone', {}],
  ])('a group %s is found', (_, answer) => {
    const key = 'ec2:AuthorizeSecurityGroupIngress';
    const candidate = only(key, byName, [group], { _return: true, ...answer });
    expect(verdicts(candidate)).toEqual([['ingress', 'add', 'not_in_desired']]);
  });

  it('a group is not found by its name where the answer gives the id of another', () => {
    const answer = { securityGroupRuleSet: { items: [{ groupId: 'sg-0other' }] } };
    expect(run('ec2:AuthorizeSecurityGroupIngress', byName, [group], answer)).toEqual([]);
  });
});

describe('making again exactly what code says', () => {
  it.each<[string, JsonObject, DesiredResource]>([
    [
      'iam:AttachRolePolicy',
      { roleName: 'app', policyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
      owned('aws_iam_role_policy_attachment', {
        id: 'app-1',
        role: 'app',
        policy_arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
      }),
    ],
    [
      'ec2:AuthorizeSecurityGroupIngress',
      { groupId: GROUP, ipPermissions: { items: [permission(22, '10.1.0.0/16')] } },
      owned('aws_vpc_security_group_ingress_rule', {
        id: 'sgr-1',
        security_group_id: GROUP,
        ip_protocol: 'tcp',
        from_port: 22,
        to_port: 22,
        cidr_ipv4: '10.1.0.0/16',
      }),
    ],
    [
      'ec2:AuthorizeSecurityGroupEgress',
      {
        groupId: GROUP,
        ipPermissions: { items: [permission(80, '0.0.0.0/0'), permission(22, '10.1.0.0/16')] },
      },
      owned('aws_security_group_rule', {
        id: 'sgrule-1',
        security_group_id: GROUP,
        type: 'egress',
        protocol: 'tcp',
        from_port: 22,
        to_port: 22,
        cidr_blocks: ['10.1.0.0/16'],
      }),
    ],
  ])('%s restores it', (key, request, resource) => {
    const candidate = only(key, request, [resource]);
    expect(candidate.kind).toBe('restored');
    expect(candidate.changes).toMatchObject([{ verdict: 'equals_desired' }]);
  });
});

describe('an update of a function', () => {
  const fn = owned('aws_lambda_function', {
    id: 'fn',
    function_name: 'fn',
    publish: true,
    environment: [{ variables: { PASSWORD: { $redacted: 'hmac-sha256:0' } } }],
  });

  it('whose record withholds the environment leaves it unknown, and quotes no secret of code', () => {
    const request = { functionName: 'fn', environment: {} };
    const candidate = only('lambda:UpdateFunctionConfiguration', request, [fn]);
    expect(candidate.changes).toEqual([{ path: 'environment', action: 'set', verdict: 'unknown' }]);
    expect(candidate.kind).toBe('changed');
  });

  it('that tells the variables is compared by them alone', () => {
    const plain = owned('aws_lambda_function', {
      id: 'fn',
      function_name: 'fn',
      environment: [{ variables: { LOG: 'info' } }],
    });
    const request = { functionName: 'fn', environment: { variables: { LOG: 'debug' } } };
    const candidate = only('lambda:UpdateFunctionConfiguration', request, [plain]);
    expect(verdicts(candidate)).toEqual([['environment[0].variables', 'set', 'differs']]);
  });

  it('says nothing of `publish`, which asks the call for a version and is no attribute', () => {
    const request = { functionName: 'fn', publish: false };
    expect(only('lambda:UpdateFunctionCode', request, [fn]).changes).toEqual([]);
  });
});

describe('a bucket that is opened by the header of a call', () => {
  it('is critical, as one that is opened by its body', () => {
    const acl = owned('aws_s3_bucket_acl', { id: 'b', bucket: 'b', acl: 'private' });
    const header = 'uri="http://acs.amazonaws.com/groups/global/AllUsers"';
    const request = { bucketName: 'b', acl: '', 'x-amz-grant-read': [header] };
    const candidate = only('s3:PutBucketAcl', request, [acl]);
    expect(candidate.severity.level).toBe('critical');
    expect(candidate.changes).toMatchObject([
      { path: 'access_control_policy', observed: [header] },
    ]);
  });
});
