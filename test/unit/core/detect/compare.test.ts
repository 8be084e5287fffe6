import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareChange } from '../../../../src/core/detect/compare.ts';
import type { ObservedChange } from '../../../../src/core/model/detection.ts';
import type { JsonObject, JsonValue } from '../../../../src/core/model/json.ts';
import { redactedValue } from '../../../../src/core/model/redacted-value.ts';
import { awsTables, owned } from './owned-resources.ts';

const compared = (
  type: string,
  attributes: JsonObject,
  path: string,
  observed: JsonValue | undefined,
  action: ObservedChange['action'] = 'set',
) => compareChange({ path, action, observed }, owned(type, { id: 'x', ...attributes }), awsTables);

const verdict = (...args: Parameters<typeof compared>) => compared(...args).verdict;

describe('compareChange', () => {
  it.each<[JsonValue, JsonValue, string]>([
    ['443', 443, 'equals_desired'],
    [8443, 443, 'differs'],
    ['true', true, 'equals_desired'],
    [false, true, 'differs'],
    [false, 'true', 'differs'],
    [null, '', 'equals_desired'],
    [false, null, 'unknown'],
    [true, null, 'not_in_desired'],
    [null, 'x', 'differs'],
    [['b', 'a'], ['a', 'b'], 'equals_desired'],
    [['a'], ['a', 'b'], 'differs'],
    [[], null, 'equals_desired'],
    [{ a: 1 }, { a: '1' }, 'equals_desired'],
    [{ a: 1 }, { a: 1, b: 2 }, 'differs'],
  ])('observed %j, desired %j: %s', (observed, desired, expected) => {
    expect(verdict('aws_x', { v: desired }, 'v', observed)).toBe(expected);
  });

  it('takes off for what code leaves out only where the table says that it is the default', () => {
    expect(verdict('aws_vpc', {}, 'enable_dns_hostnames', false)).toBe('equals_desired');
    expect(verdict('aws_vpc', {}, 'enable_dns_support', false)).toBe('not_in_desired');
    expect(verdict('aws_vpc', {}, 'enable_dns_support', true)).toBe('equals_desired');
    expect(verdict('aws_vpc', {}, 'other', false)).toBe('unknown');
  });

  it('tells of values that it cannot translate whether there is anything at all', () => {
    const path = 'event_selector[0].data_resource';
    const trail = (data: JsonValue): JsonObject => ({ event_selector: [{ data_resource: data }] });
    const one = [{ type: 'AWS::S3::Object', values: [] }];
    expect(verdict('aws_cloudtrail', trail([]), path, one)).toBe('differs');
    expect(verdict('aws_cloudtrail', trail(one), path, [])).toBe('differs');
    expect(verdict('aws_cloudtrail', trail([]), path, [])).toBe('equals_desired');
    expect(verdict('aws_cloudtrail', trail(one), path, one)).toBe('unknown');
    expect(verdict('aws_cloudtrail', {}, path, one)).toBe('unknown');
    expect(verdict('aws_cloudtrail', trail([]), path, undefined)).toBe('unknown');
  });

  it('tells an attribute that code does not declare', () => {
    expect(compared('aws_x', {}, 'v', 'a')).toEqual({
      path: 'v',
      action: 'set',
      observed: 'a',
      verdict: 'not_in_desired',
    });
  });

  it('finds nested values with or without the index of a single block', () => {
    const bucket = { versioning: [{ enabled: true }] };
    expect(verdict('aws_s3_bucket', bucket, 'versioning[0].enabled', false)).toBe('differs');
    expect(verdict('aws_s3_bucket', bucket, 'versioning.enabled', true)).toBe('equals_desired');
  });

  it('takes no word for a value that the record lacks or hides', () => {
    expect(verdict('aws_x', { v: 'a' }, 'v', undefined)).toBe('unknown');
    expect(verdict('aws_x', { v: { a: 'b' } }, 'v', { a: '****' })).toBe('unknown');
  });

  it('looks tags up in tags, then in tags_all', () => {
    const tagged = { tags: { 'a.b': '1' }, tags_all: { 'a.b': '1', team: 'x' } };
    expect(verdict('aws_vpc', tagged, 'tags.a.b', '1')).toBe('equals_desired');
    expect(verdict('aws_vpc', tagged, 'tags.team', 'y')).toBe('differs');
    expect(verdict('aws_vpc', tagged, 'tags.new', 'y')).toBe('not_in_desired');
    expect(compared('aws_vpc', tagged, 'tags.team', undefined, 'remove')).toMatchObject({
      verdict: 'differs',
      desired: 'x',
    });
    expect(verdict('aws_vpc', tagged, 'tags.new', undefined, 'remove')).toBe('equals_desired');
  });

  it('compares members of lists', () => {
    const role = { managed_policy_arns: ['a', 'b'] };
    expect(verdict('aws_iam_role', role, 'managed_policy_arns', 'a', 'add')).toBe('equals_desired');
    expect(compared('aws_iam_role', role, 'managed_policy_arns', 'c', 'add')).toMatchObject({
      verdict: 'not_in_desired',
      desired: ['a', 'b'],
    });
    expect(compared('aws_iam_role', role, 'managed_policy_arns', 'b', 'remove')).toMatchObject({
      verdict: 'differs',
      desired: 'b',
    });
    expect(verdict('aws_iam_role', role, 'managed_policy_arns', 'c', 'remove')).toBe(
      'equals_desired',
    );
  });

  it('quotes at most twenty members of a desired list', () => {
    const v = Array.from({ length: 500 }, (_, index) => `m${index}`);
    expect(compared('aws_x', { v }, 'v', 'z', 'add').desired).toHaveLength(20);
  });

  it('takes an ARN and the name at its end for the same where the type says so', () => {
    const arn = 'arn:aws:iam::111122223333:instance-profile/team/web';
    const instance = { iam_instance_profile: 'web' };
    expect(verdict('aws_instance', instance, 'iam_instance_profile', arn)).toBe('equals_desired');
    expect(verdict('aws_instance', instance, 'iam_instance_profile', `${arn}2`)).toBe('differs');
  });

  it('tells nothing of what the tables do not translate', () => {
    const rules = { lifecycle_rule: [{ id: 'a' }] };
    expect(verdict('aws_s3_bucket', rules, 'lifecycle_rule', [{ ID: 'b' }])).toBe('unknown');
  });

  it('takes a list of more blocks than code has for another one', () => {
    const one = { rule: [{ id: 'a' }] };
    expect(verdict('aws_x', one, 'rule', [{ id: 'a' }])).toBe('equals_desired');
    expect(verdict('aws_x', one, 'rule', [{ id: 'a' }, { id: 'b' }])).toBe('differs');
  });

  it('takes what states write for a setting left out as left out', () => {
    const state = { rule: [{ id: 'a', days: 0, filter: [{ and: [], prefix: '', tag: [] }] }] };
    expect(verdict('aws_x', state, 'rule', [{ id: 'a' }])).toBe('equals_desired');
    expect(verdict('aws_x', state, 'rule', [{ id: 'a', days: 1 }])).toBe('differs');
    const chosen = { action: [{ allow: [{ handling: [] }], block: [] }] };
    expect(verdict('aws_x', chosen, 'action', [{ block: {} }])).toBe('differs');
  });

  it('tells entries of a network ACL apart by their number', () => {
    const entry = { rule_no: 100, action: 'allow', protocol: '6', from_port: 443, to_port: 443 };
    const acl = { ingress: [{ ...entry, icmp_code: 0, icmp_type: 0, ipv6_cidr_block: '' }] };
    const told = (observed: JsonValue, action: 'add' | 'remove') =>
      compared('aws_network_acl', acl, 'ingress', observed, action);
    expect(told({ ...entry, rule_no: '100' }, 'add').verdict).toBe('equals_desired');
    expect(told({ ...entry, action: 'deny' }, 'add')).toMatchObject({
      verdict: 'differs',
      desired: entry,
    });
    expect(told({ ...entry, rule_no: 99 }, 'add').verdict).toBe('not_in_desired');
    expect(told({ rule_no: 100 }, 'remove')).toMatchObject({ verdict: 'differs', desired: entry });
    expect(told({ rule_no: 99 }, 'remove').verdict).toBe('equals_desired');
  });

  it.each<[string, string, JsonValue, JsonValue, string]>([
    ['aws_own', 'cidr', '2001:db8::/32', '2001:DB8:0::1/32', 'equals_desired'],
    ['aws_own', 'cidr', '2001:db8::/32', '2001:db9::/32', 'differs'],
    ['aws_own', 'cidrs', ['::/0', '10.0.0.0/8'], ['10.1.0.0/8', '0:0::/0'], 'equals_desired'],
    [
      'aws_db_instance',
      'maintenance_window',
      'Mon:03:00-Mon:04:00',
      'mon:03:00-mon:04:00',
      'equals_desired',
    ],
    ['aws_db_instance', 'parameter_group_name', 'Own', 'other', 'differs'],
  ])(
    '%s.%s, desired %j, takes other spellings of it for the same: %j is %s',
    (type, path, desired, observed, expected) => {
      expect(verdict(type, { [path]: desired }, path, observed)).toBe(expected);
    },
  );

  it('takes the name and the number of a protocol for the same', () => {
    const protocol = (desired: JsonValue, observed: JsonValue) =>
      verdict('aws_network_acl_rule', { protocol: desired }, 'protocol', observed);
    expect(protocol('tcp', '6')).toBe('equals_desired');
    expect(protocol('-1', 'all')).toBe('equals_desired');
    expect(protocol('udp', '6')).toBe('differs');
  });
});

describe('compareChange, of policies', () => {
  const statement = (fields: JsonObject) => ({
    Effect: 'Allow',
    Action: 's3:GetObject',
    Resource: '*',
    ...fields,
  });
  const policy = (...Statement: readonly JsonObject[]): JsonObject => ({
    Version: '2012-10-17',
    Statement,
  });
  const same = (observed: JsonValue, desired: JsonValue) =>
    verdict('aws_iam_policy', { policy: JSON.stringify(desired) }, 'policy', observed);

  it('takes spellings of one policy for the same', () => {
    const one = policy(
      statement({ Sid: 'a' }),
      statement({ Action: ['s3:PutObject', 's3:ListBucket'] }),
    );
    const other = policy(statement({ Action: ['s3:listbucket', 's3:PutObject'] }), {
      Resource: ['*'],
      Action: ['s3:GetObject'],
      Effect: 'Allow',
      Sid: 'a',
    });
    expect(same(other, one)).toBe('equals_desired');
    expect(same(JSON.stringify(other), one)).toBe('equals_desired');
    expect(same({ Version: '2012-10-17', Statement: statement({}) }, policy(statement({})))).toBe(
      'equals_desired',
    );
  });

  it('takes spellings of one principal for the same', () => {
    const account = policy(statement({ Principal: { AWS: '111122223333' } }));
    const root = policy(statement({ Principal: { AWS: ['arn:aws:iam::111122223333:root'] } }));
    expect(same(root, account)).toBe('equals_desired');
    const china = policy(statement({ Principal: { AWS: 'arn:aws-cn:iam::111122223333:root' } }));
    expect(same(china, account)).toBe('equals_desired');
    const all = policy(statement({ Principal: { AWS: '*' } }));
    expect(same(policy(statement({ Principal: '*' })), all)).toBe('equals_desired');
    expect(same(policy(statement({ Principal: '*' })), account)).toBe('differs');
  });

  it('tells policies apart by what they permit', () => {
    expect(same(policy(statement({ Effect: 'Deny' })), policy(statement({})))).toBe('differs');
    expect(same(policy(statement({ Resource: 'a' })), policy(statement({ Resource: 'A' })))).toBe(
      'differs',
    );
    expect(same('not a policy', policy(statement({})))).toBe('differs');
    expect(same(null, policy(statement({})))).toBe('differs');
  });

  it('keeps the order of lists in JSON that is no policy', () => {
    const order = { command: ['a', 'b'] };
    expect(verdict('aws_ssm_document', { content: JSON.stringify(order) }, 'content', order)).toBe(
      'equals_desired',
    );
    expect(
      verdict('aws_ssm_document', { content: JSON.stringify(order) }, 'content', {
        command: ['b', 'a'],
      }),
    ).toBe('differs');
  });

  it('takes any order of keys and statements for the same', () => {
    const actions = fc.uniqueArray(
      fc.constantFrom('s3:GetObject', 's3:PutObject', 'ec2:RunInstances'),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(
        fc.array(actions, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        (lists, flip) => {
          const desired = policy(...lists.map((Action) => statement({ Action })));
          const turned = lists.map((list) => ({
            Resource: '*',
            Action: [...list].reverse(),
            Effect: 'Allow',
          }));
          const observed = policy(...(flip ? [...turned].reverse() : turned));
          expect(same(observed, desired)).toBe('equals_desired');
        },
      ),
    );
  });
});

describe('compareChange, of security group rules', () => {
  const block = {
    protocol: 'tcp',
    from_port: 443,
    to_port: 443,
    cidr_blocks: ['10.0.0.0/8', '192.168.0.0/16'],
    ipv6_cidr_blocks: [],
    security_groups: ['sg-2'],
    self: true,
    description: 'web',
  };
  const group = { id: 'sg-1', ingress: [block], egress: [] };
  const rule = (source: string, fields: JsonObject = {}) => ({
    protocol: 'tcp',
    from_port: 443,
    to_port: 443,
    source,
    ...fields,
  });

  it.each(['10.0.0.0/8', '10.9.9.9/8', '192.168.0.0/16', 'sg-2', 'sg-1'])(
    'knows %s of the block',
    (source) => {
      expect(verdict('aws_security_group', group, 'ingress', rule(source), 'add')).toBe(
        'equals_desired',
      );
      expect(verdict('aws_default_security_group', group, 'ingress', rule(source), 'remove')).toBe(
        'differs',
      );
    },
  );

  it('tells a rule that code does not have', () => {
    expect(verdict('aws_security_group', group, 'ingress', rule('0.0.0.0/0'), 'add')).toBe(
      'not_in_desired',
    );
    expect(
      verdict('aws_security_group', group, 'ingress', rule('10.0.0.0/8', { to_port: 444 }), 'add'),
    ).toBe('not_in_desired');
    expect(verdict('aws_security_group', group, 'egress', rule('10.0.0.0/8'), 'add')).toBe(
      'not_in_desired',
    );
    expect(verdict('aws_security_group', group, 'ingress', rule('0.0.0.0/0'), 'remove')).toBe(
      'equals_desired',
    );
  });

  it('takes all protocols for all, whatever the ports say', () => {
    const open = {
      id: 'sg-1',
      egress: [{ protocol: '-1', from_port: 0, to_port: 0, cidr_blocks: ['0.0.0.0/0'] }],
    };
    const observed = { protocol: '-1', from_port: -1, to_port: -1, source: '0.0.0.0/0' };
    expect(verdict('aws_security_group', open, 'egress', observed, 'add')).toBe('equals_desired');
  });
});

describe('compareChange, of secrets', () => {
  const hash = (text: string) => `h(${text})`;
  const change = (observed: JsonValue): ObservedChange => ({
    path: 'password',
    action: 'set',
    observed,
  });
  const database = owned('aws_db_instance', { id: 'x', password: redactedValue('old', hash) });

  it('tells whether a secret changed without telling the secret', () => {
    const told = compareChange(change('new'), database, awsTables, hash);
    expect(told).toEqual({ path: 'password', action: 'set', verdict: 'differs' });
    expect(compareChange(change('old'), database, awsTables, hash).verdict).toBe('equals_desired');
    expect(compareChange(change('old'), database, awsTables)).toEqual({
      path: 'password',
      action: 'set',
      verdict: 'unknown',
    });
  });

  it('keeps the value out where the type calls it secret and code does not set it', () => {
    const bare = owned('aws_db_instance', { id: 'x' });
    expect(JSON.stringify(compareChange(change('new'), bare, awsTables, hash))).not.toContain(
      'new',
    );
  });

  it('keeps values out beside a secret within a block', () => {
    const lambda = owned('aws_lambda_function', {
      id: 'x',
      environment: [{ variables: { KEY: redactedValue('s', hash) } }],
    });
    const told = compareChange(
      { path: 'environment[0].variables', action: 'set', observed: { KEY: 'leak' } },
      lambda,
      awsTables,
      hash,
    );
    expect(told.verdict).toBe('unknown');
    expect(JSON.stringify(told)).not.toContain('leak');
  });
});

describe('compareChange, on anything', () => {
  it('never throws', () => {
    const json = fc.jsonValue() as fc.Arbitrary<JsonValue>;
    const paths = fc.constantFrom('ingress', 'policy', 'tags.a', 'v[0].a', 'v', 'user_data');
    const actions = fc.constantFrom('set' as const, 'add' as const, 'remove' as const);
    const types = fc.constantFrom('aws_security_group', 'aws_s3_bucket', 'aws_instance');
    fc.assert(
      fc.property(types, paths, actions, json, json, (type, path, action, observed, desired) => {
        const attributes = { [path.split(/[.[]/)[0] ?? path]: desired };
        compareChange(
          { path, action, observed },
          owned(type, { id: 'x', ...attributes }),
          awsTables,
        );
      }),
      { numRuns: 500 },
    );
  });

  it('takes every value for equal to itself', () => {
    fc.assert(
      fc.property(fc.jsonValue() as fc.Arbitrary<JsonValue>, (value) => {
        expect(verdict('aws_x', { v: value }, 'v', value)).not.toBe('differs');
      }),
    );
  });
});
