import { describe, expect, it } from 'vitest';
import { readState } from '../../../support/read-state.ts';
import { AWS, context, managed, read, stateText } from './state-fixture.ts';

const failureOf = (content: string | Uint8Array) => {
  const result = readState(content, context());
  return result.ok ? undefined : result.failure;
};

describe('a state becomes desired resources', () => {
  it('with key, scope, origin and what the state tells', () => {
    expect(read([managed()])).toEqual({
      scope: 'prod/l-1',
      lineage: 'l-1',
      serial: 7,
      skipped: { data: 0, deposed: 0 },
      resources: [
        {
          key: 'prod/l-1/aws_vpc.main',
          scope: 'prod/l-1',
          address: 'aws_vpc.main',
          type: 'aws_vpc',
          provider: 'aws',
          provider_source: 'registry.terraform.io/hashicorp/aws',
          identities: ['id:vpc-0a1b2c3d', 'aws_vpc:vpc-0a1b2c3d'],
          attributes: { id: 'vpc-0a1b2c3d' },
          environment: 'prod',
          source: 'a.tfstate',
          lineage: 'l-1',
          serial: 7,
          published_time: 5,
        },
      ],
    });
  });

  it('takes no account that something is shared with for its owner', () => {
    const shared = read([
      managed({
        type: 'aws_snapshot_create_volume_permission',
        instances: [{ attributes: { id: 'snap-1-210987654321', account_id: '210987654321' } }],
      }),
    ]);
    expect(shared.resources[0]?.account).toBeUndefined();
  });

  it('leaves out data sources and deposed objects, and keeps tainted ones', () => {
    const state = read([
      managed({ mode: 'data' }),
      managed({
        instances: [
          { attributes: { id: 'vpc-1' }, deposed: '00000001' },
          { attributes: { id: 'vpc-2' }, status: 'tainted' },
        ],
      }),
    ]);
    expect(state.skipped).toEqual({ data: 1, deposed: 1 });
    expect(state.resources).toMatchObject([{ attributes: { id: 'vpc-2' }, tainted: true }]);
  });

  it('takes the account of a provider configuration where its resources agree, and no other', () => {
    const arn = (account: string) => `arn:aws:ec2:eu-west-3:${account}:vpc/vpc-1`;
    const at = (name: string, provider: string, attributes: { readonly [key: string]: string }) =>
      managed({ name, provider, instances: [{ attributes }] });
    const { resources } = read([
      at('a', AWS, { id: '1', arn: arn('111111111111') }),
      at('b', AWS, { id: '2' }),
      at('c', `${AWS}.two`, { id: '3', arn: arn('222222222222') }),
      at('d', `${AWS}.two`, { id: '4', arn: arn('333333333333') }),
      at('e', `${AWS}.two`, { id: '5' }),
      at('f', `module.x.${AWS}`, { id: '6', owner_id: '444444444444' }),
    ]);
    expect(resources.map(({ account }) => account)).toEqual([
      '111111111111',
      '111111111111',
      '222222222222',
      '333333333333',
      undefined,
      '444444444444',
    ]);
    expect(resources.map(({ region }) => region)).toEqual([
      'eu-west-3',
      undefined,
      'eu-west-3',
      'eu-west-3',
      undefined,
      undefined,
    ]);
  });

  it('reads the identity that Terraform 1.12 writes', () => {
    const instance = {
      attributes: { bucket: 'logs' },
      identity: { account_id: '111111111111', region: 'eu-west-1', bucket: 'logs' },
    };
    expect(
      read([managed({ type: 'aws_s3_bucket', instances: [instance] })]).resources,
    ).toMatchObject([
      { account: '111111111111', region: 'eu-west-1', identities: ['aws_s3_bucket:logs'] },
    ]);
  });

  it('nests the flat attributes of old providers', () => {
    const attributes_flat = {
      id: 'sg-1',
      'tags.%': '2',
      'tags.Name': 'x',
      'tags.a.b': 'y',
      'ingress.#': '1',
      'ingress.1403647648.from_port': '80',
      'ingress.1403647648.cidr_blocks.#': '2',
      'ingress.1403647648.cidr_blocks.0': '10.0.0.0/8',
      'ingress.1403647648.cidr_blocks.1': '0.0.0.0/0',
      'egress.#': '0',
    };
    expect(read([managed({ instances: [{ attributes_flat }] })]).resources[0]?.attributes).toEqual({
      id: 'sg-1',
      tags: { Name: 'x', 'a.b': 'y' },
      ingress: [{ from_port: '80', cidr_blocks: ['10.0.0.0/8', '0.0.0.0/0'] }],
      egress: [],
    });
  });

  it('keeps integers past 2^53 as text', () => {
    const text = stateText([managed()]).replace(
      '"vpc-0a1b2c3d"',
      '"1",  "n": 9007199254740993, "m": 12',
    );
    const result = readState(text, context());
    expect(result.ok && result.state.resources[0]?.attributes).toEqual({
      id: '1',
      n: '9007199254740993',
      m: 12,
    });
  });

  it('takes the provider of an instance before that of the resource, as OpenTofu writes it', () => {
    const provider = 'provider["registry.opentofu.org/hashicorp/google"].by_region["a"]';
    const { resources } = read([
      managed({ instances: [{ provider, attributes: { project: 'p' } }] }),
    ]);
    expect(resources).toMatchObject([
      { provider: 'gcp', provider_source: 'registry.opentofu.org/hashicorp/google', account: 'p' },
    ]);
  });

  it.each([
    ['provider.aws', 'aws'],
    ['module.a.provider.aws.west', 'aws'],
    ['provider["registry.terraform.io/hashicorp/google-beta"]', 'gcp'],
    ['provider["registry.terraform.io/integrations/github"].org', 'github'],
    ['provider.random', 'random'],
  ])('reads the provider %s as %s', (provider, name) => {
    expect(read([managed({ provider })]).resources[0]?.provider).toBe(name);
  });
});

describe('a file that is no state is refused', () => {
  it.each([
    ['', 'empty'],
    [' \n', 'empty'],
    [stateText([managed()]).slice(0, -30), 'truncated'],
    ['{"version": 4, "lineage": "ab', 'truncated'],
    ['{"version": 4,, }', 'not_json'],
    [Uint8Array.of(0x7b, 0xff, 0x7d), 'not_json'],
    ['[]', 'not_a_state'],
    ['{"a": 1}', 'not_a_state'],
    ['{"version": 4}', 'not_a_state'],
    ['{"version": 3, "backend": {}, "serial": 1}', 'not_a_state'],
    ['{"version": 3, "serial": 1, "lineage": "l", "modules": []}', 'unsupported_version'],
    ['{"version": 5, "serial": 1, "lineage": "l", "resources": []}', 'unsupported_version'],
    [
      '{"serial":1,"lineage":"l","meta":{},"encrypted_data":"eA==","encryption_version":"v0"}',
      'encrypted',
    ],
  ])('%j as %s', (content, reason) => {
    expect(failureOf(content)).toMatchObject({ reason, source: 'a.tfstate' });
  });

  it.each([
    [[7], 'resources[0]'],
    [
      [managed(), managed({ name: 'b', instances: [{ attributes: { id: '1' } }, {}] })],
      'resources[1].instances[1]',
    ],
    [[managed({ provider: 'nonsense' })], 'resources[0].instances[0]'],
    [[managed(), managed()], 'aws_vpc.main'],
    [
      [managed({ instances: [{ attributes: {}, sensitive_attributes: ['id'] }] })],
      'resources[0].instances[0]',
    ],
    [[managed({ instances: [{ attributes: {}, index_key: [] }] })], 'resources[0].instances[0]'],
  ])('where a resource is invalid, with its position', (resources, position) => {
    expect(failureOf(stateText(resources))).toMatchObject({ reason: 'invalid_resource', position });
  });

  it('where attributes are nested without end, instead of overflowing the stack', () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const text = stateText([managed()]).replace('"vpc-0a1b2c3d"', deep);
    expect(failureOf(text)?.reason).toBe('invalid_resource');
  });

  it('tells line and column, and quotes nothing of the content', () => {
    const failure = failureOf('{\n  "password": hunter2\n}');
    expect(failure).toMatchObject({ reason: 'not_json', position: 'line 2, column 15' });
    expect(JSON.stringify(failure)).not.toContain('hunter');
  });
});
