import { describe, expect, it } from 'vitest';
import { readEnvironmentRules } from '../../../../src/config/environment-rules-file.ts';
import {
  compareEnvironments,
  type ComparisonSettings,
} from '../../../../src/core/desired/compare-environments.ts';
import { compileEnvironmentRules } from '../../../../src/core/desired/environment-words.ts';
import type { DesiredResource } from '../../../../src/core/model/desired-resource.ts';
import type { JsonObject } from '../../../../src/core/model/json.ts';

const rules = compileEnvironmentRules(readEnvironmentRules('config'));

const ACCOUNTS: Readonly<Record<string, string>> = {
  staging: '111111111111',
  prod: '222222222222',
};

const resource = (
  environment: string,
  attributes: JsonObject = {},
  fields: Partial<DesiredResource> = {},
): DesiredResource => {
  const address = fields.address ?? 'aws_instance.web';
  return {
    key: `${environment}/l/${address}`,
    scope: `${environment}/l`,
    address,
    type: 'aws_instance',
    provider: 'aws',
    account: ACCOUNTS[environment] ?? '333333333333',
    region: environment === 'prod' ? 'eu-central-1' : 'eu-west-1',
    identities: [],
    attributes,
    environment,
    source: `s3://states/${environment}/web.tfstate`,
    published_time: 0,
    ...fields,
  };
};

const compare = (resources: readonly DesiredResource[], fields: Partial<ComparisonSettings> = {}) =>
  compareEnvironments(resources, {
    environments: ['staging', 'prod'],
    rules,
    mapping: [],
    expected: [],
    ...fields,
  });

/** Paths that differ between the same resource in staging and prod. */
const paths = (staging: JsonObject, prod: JsonObject): readonly string[] =>
  compare([resource('staging', staging), resource('prod', prod)]).differences.map((each) =>
    each.difference === 'attribute' ? each.attribute : each.difference,
  );

describe('attributes of one resource in two environments', () => {
  it('are no difference where they are written alike and name one of the environments', () => {
    const same = { host: 'db.prod.example', hosts: ['db.prod.example'] };
    expect(paths(same, same)).toEqual([]);
    expect(paths(same, { ...same, hosts: ['db.staging.example'] })).toEqual(['hosts']);
  });

  it('are listed where they differ, with the value of each', () => {
    const { differences, counts } = compare([
      resource('prod', {
        instance_type: 'm5.large',
        monitoring: true,
        ami: 'ami-0123456789abcdef0',
      }),
      resource('staging', { instance_type: 't3.small', monitoring: true, ami: 'ami-11112222' }),
    ]);
    expect(differences).toEqual([
      {
        difference: 'attribute',
        type: 'aws_instance',
        attribute: 'instance_type',
        values: [
          { environment: 'staging', address: 'aws_instance.web', value: 't3.small' },
          { environment: 'prod', address: 'aws_instance.web', value: 'm5.large' },
        ],
      },
    ]);
    expect(counts).toEqual({ resources: 1, same: 0, expected: 0 });
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['ids', { id: 'i-1' }, { id: 'i-2' }],
    ['ARNs', { arn: 'arn:a' }, { arn: 'arn:b' }],
    ['ids of others', { subnet_id: 'subnet-1', sg_ids: ['a'] }, { subnet_id: 'b', sg_ids: ['c'] }],
    ['times', { created_at: '2024-01-01' }, { created_at: '2025-01-01' }],
    ['zones', { zone: 'eu-west-1a' }, { zone: 'eu-central-1b' }],
    ['names with the environment', { name: 'web-staging' }, { name: 'web-prod' }],
    ['other names of the environment', { name: 'stg_web' }, { name: 'production_web' }],
    [
      'ARNs in a text',
      { image: 'arn:aws:ecr:eu-west-1:111111111111:repository/web' },
      { image: 'arn:aws:ecr:eu-central-1:222222222222:repository/web' },
    ],
    ['accounts in a text', { bucket: 'logs-111111111111' }, { bucket: 'logs-222222222222' }],
    [
      'policies that name them, in any order of keys',
      { policy: '{"Action":"s3:*","Resource":"arn:aws:s3:::web-staging/*"}' },
      { policy: '{"Resource":"arn:aws:s3:::web-prod/*","Action":"s3:*"}' },
    ],
    ['what is empty in one way or another', { a: null, b: [], c: '' }, {}],
    ['sets in another order', { ports: [80, 443] }, { ports: [443, 80] }],
    [
      'blocks in another order',
      { ingress: [{ port: 1, sg_id: 'a' }, { port: 2 }] },
      { ingress: [{ port: 2 }, { port: 1, sg_id: 'b' }] },
    ],
    [
      'secrets',
      { password: { $redacted: 'hmac-sha256:aa' } },
      { password: { $redacted: 'hmac-sha256:bb' } },
    ],
  ])('are not listed for %s', (_what, staging, prod) => {
    expect(paths(staging, prod)).toEqual([]);
  });

  it.each<[string, JsonObject, JsonObject, string]>([
    ['an id that one lacks', { kms_key_id: null }, { kms_key_id: 'k' }, 'kms_key_id'],
    ['a secret that one lacks', {}, { password: { $redacted: 'dropped' } }, 'password'],
    ['a word that only begins as one', { name: 'product' }, { name: 'stagehand' }, 'name'],
    [
      'a tag',
      { tags: { Team: 'a', Env: 'staging' } },
      { tags: { Team: 'b', Env: 'prod' } },
      'tags.Team',
    ],
    [
      'a value within a block',
      { ingress: [{ port: 443 }, { port: 80, cidr: '10.0.0.0/8' }] },
      { ingress: [{ port: 443 }, { port: 80, cidr: '0.0.0.0/0' }] },
      'ingress[1].cidr',
    ],
    ['a list with one more', { ports: [80] }, { ports: [80, 22] }, 'ports'],
    ['a policy', { policy: '{"Action":"s3:Get*"}' }, { policy: '{"Action":"s3:*"}' }, 'policy'],
    ['false and true', { encrypted: false }, { encrypted: true }, 'encrypted'],
  ])('are listed for %s', (_what, staging, prod, path) => {
    expect(paths(staging, prod)).toEqual([path]);
  });
});

describe('resources of two environments', () => {
  it('are the same at one address, also where it names the environment', () => {
    const { counts } = compare([
      resource('staging', {}, { address: 'module.staging.aws_instance.web' }),
      resource('prod', {}, { address: 'module.prod.aws_instance.web' }),
    ]);
    expect(counts).toEqual({ resources: 1, same: 1, expected: 0 });
  });

  it('are told where one environment lacks them', () => {
    expect(compare([resource('staging')]).differences).toEqual([
      {
        difference: 'missing',
        type: 'aws_instance',
        present: [{ environment: 'staging', address: 'aws_instance.web' }],
        missing: ['prod'],
      },
    ]);
  });

  it('are the same where a mapping says so', () => {
    const blue = resource('prod', { size: 2 }, { address: 'aws_instance.blue' });
    const { differences } = compare([resource('staging', { size: 1 }), blue], {
      mapping: [{ staging: 'aws_instance.web', prod: 'aws_instance.blue' }],
    });
    expect(differences).toMatchObject([{ difference: 'attribute', attribute: 'size' }]);
  });

  it('are told apart by repository and source where an environment has several', () => {
    const ofDatabase = (environment: string) =>
      resource(environment, { size: 9 }, { source: `s3://states/${environment}/db.tfstate` });
    const { counts } = compare([
      resource('staging', { size: 1 }),
      ofDatabase('prod'),
      resource('prod', { size: 1 }),
      ofDatabase('staging'),
    ]);
    expect(counts).toEqual({ resources: 2, same: 2, expected: 0 });
  });

  it('are ambiguous where they cannot be told apart', () => {
    const { differences } = compare([resource('prod'), resource('prod'), resource('staging')]);
    expect(differences).toContainEqual(expect.objectContaining({ difference: 'ambiguous' }));
  });

  it('are compared in three environments as in two', () => {
    const { differences } = compare(
      [resource('staging', { n: 1 }), resource('prod', { n: 2 }), resource('dev', { n: 1 })],
      { environments: ['dev', 'staging', 'prod'] },
    );
    expect(differences).toMatchObject([
      { values: [{ environment: 'dev' }, { environment: 'staging' }, { environment: 'prod' }] },
    ]);
  });

  it('leave out what is expected, and count it', () => {
    const pair = [
      resource('staging', { instance_type: 'a', monitoring: false }),
      resource('prod', { instance_type: 'b', monitoring: true }),
      resource('prod', {}, { address: 'aws_instance.extra' }),
    ];
    const reason = 'sizes differ';
    const { differences, counts } = compare(pair, {
      expected: [
        { type: 'aws_instance', attribute: 'instance_*', reason },
        { address: '*.extra', reason },
      ],
    });
    expect(differences).toMatchObject([{ attribute: 'monitoring' }]);
    expect(counts.expected).toBe(2);
    const attributeOnly = [{ address: '*', attribute: '*', reason }];
    expect(compare(pair, { expected: attributeOnly }).differences).toMatchObject([
      { difference: 'missing' },
    ]);
  });
});
