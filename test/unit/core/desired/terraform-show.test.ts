import { describe, expect, it } from 'vitest';
import { failuresOf, readOne, resourceAt } from './reading.ts';

const resource = (change: object = {}): object => ({
  address: 'aws_vpc.main',
  mode: 'managed',
  type: 'aws_vpc',
  name: 'main',
  provider_name: 'registry.terraform.io/hashicorp/aws',
  values: { id: 'vpc-0a1b2c3d' },
  ...change,
});
const module = (...resources: readonly object[]): object => ({ root_module: { resources } });
const state = (...resources: readonly object[]): object => ({
  format_version: '1.0',
  values: module(...resources),
});
const plan = (resources: readonly object[], more: object = {}): object => ({
  format_version: '1.2',
  planned_values: module(...resources),
  ...more,
});

describe('terraform show -json of a state', () => {
  it('gives the managed resources of all modules, with address and module', () => {
    const inner = {
      address: 'module.a["x"].module.b',
      resources: [resource({ address: 'module.a["x"].module.b.aws_vpc.main[0]', index: 0 })],
    };
    const read = readOne({
      f: {
        format_version: '1.0',
        values: {
          root_module: {
            resources: [
              resource(),
              resource({ mode: 'data', address: 'data.aws_vpc.x' }),
              resource({ deposed_key: 'abc' }),
            ],
            child_modules: [{ address: 'module.a["x"]', child_modules: [inner] }],
          },
        },
      },
    });
    expect(read).toMatchObject({
      format: 'terraform-show',
      serial: 0,
      skipped: { data: 1, deposed: 1 },
    });
    expect(read.resources.map(({ address, module }) => [address, module])).toEqual([
      ['aws_vpc.main', undefined],
      ['module.a["x"].module.b.aws_vpc.main[0]', 'module.a["x"].module.b'],
    ]);
    expect(read.resources[0]).toMatchObject({
      provider: 'aws',
      provider_source: 'registry.terraform.io/hashicorp/aws',
      identities: ['id:vpc-0a1b2c3d', 'aws_vpc:vpc-0a1b2c3d'],
    });
  });

  it('redacts each member of a list of which one is marked: marks of a set have another order', () => {
    const { resources } = readOne({
      f: state(
        resource({
          values: {
            a: 'x',
            set: [
              { n: 'p', m: 1 },
              { n: 'q', m: 2 },
            ],
          },
          sensitive_values: { a: true, set: [{}, { n: true }] },
        }),
      ),
    });
    expect(resources[0]?.attributes).toEqual({
      a: { $redacted: 'hmac-sha256:h1' },
      set: [
        { n: { $redacted: 'hmac-sha256:h1' }, m: 1 },
        { n: { $redacted: 'hmac-sha256:h1' }, m: 2 },
      ],
    });
  });

  it('takes the identity object, and publishes as the unit that is named', () => {
    const identity = { account_id: '111111111111', region: 'eu-west-1', bucket: 'logs' };
    const read = readOne(
      { f: state(resource({ type: 'aws_s3_bucket', identity, tainted: true })) },
      { unit: 'web' },
    );
    expect(read).toMatchObject({ scope: 'prod/web', lineage: 'web' });
    expect(read.resources[0]).toMatchObject({
      account: '111111111111',
      tainted: true,
      identities: expect.arrayContaining(['aws_s3_bucket:logs']),
    });
  });

  it('has no lineage where no unit is named', () => {
    expect(readOne({ f: state(resource()) })).not.toHaveProperty('lineage');
  });
});

describe('terraform show -json of a plan', () => {
  it('gives the planned values, and leaves out what is unknown until apply', () => {
    const values = {
      name: 'x',
      id: null,
      list: ['a', null],
      blocks: [{ b: 1, c: null }],
      keep: null,
    };
    const { resources } = readOne({
      f: plan([resource({ values })], {
        resource_changes: [
          {
            address: 'aws_vpc.main',
            change: {
              actions: ['create'],
              after_unknown: { id: true, list: [false, true], blocks: [{ c: true }], arn: true },
            },
          },
        ],
      }),
    });
    expect(resources[0]?.attributes).toEqual({ name: 'x', blocks: [{ b: 1 }], keep: null });
  });

  it('takes nothing of resource_drift, and says how much there is', () => {
    const drifted = { address: 'aws_vpc.main', change: { before: { a: 1 }, after: { a: 2 } } };
    const read = readOne({
      f: plan([resource({ values: { a: 1 } })], { resource_drift: [drifted] }),
    });
    expect(read.resources[0]?.attributes).toEqual({ a: 1 });
    expect(read.warnings).toEqual([expect.stringContaining('1 resources that were changed')]);
  });

  it('warns where targets or deferred changes leave resources out', () => {
    expect(readOne({ f: plan([], { complete: false }) }).warnings).toEqual([
      expect.stringContaining('not complete'),
    ]);
  });

  it('of old releases has provider names without a registry', () => {
    const read = readOne({ f: plan([resource({ provider_name: 'google-beta' })]) });
    expect(read.resources[0]).toMatchObject({ provider: 'gcp' });
    expect(read.resources[0]).not.toHaveProperty('provider_source');
  });
});

describe('output of show -json is refused', () => {
  it.each([
    [{ format_version: '2.0', values: {} }, 'unsupported_version', undefined],
    [{ format_version: '1.0' }, 'empty', undefined],
    [plan([], { errored: true }), 'incomplete', undefined],
    [state(resource({ mode: 'x' })), 'invalid_resource', 'values.root_module.resources[0]'],
    [state(resource({ provider_name: '' })), 'invalid_resource', 'values.root_module.resources[0]'],
    [state(resource(), resource()), 'invalid_resource', 'aws_vpc.main'],
    [
      { format_version: '1.0', values: { root_module: { child_modules: [{ resources: 1 }] } } },
      'invalid_resource',
      'values.root_module.child_modules[0]',
    ],
  ])('%j', (content, reason, position) => {
    expect(failuresOf({ f: content })).toEqual([
      expect.objectContaining({
        reason,
        source: 'f',
        ...(position === undefined ? {} : { position }),
      }),
    ]);
  });

  it('where values are nested without end', () => {
    const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
    const text = JSON.stringify(state(resource({ values: { a: 'DEEP' } }))).replace('"DEEP"', deep);
    expect(failuresOf({ f: text })[0]?.reason).toBe('invalid_resource');
  });

  it('reads UTF-16 of either order and with a mark, as shells of Windows write it', () => {
    const text = JSON.stringify(state(resource()));
    const little = Buffer.from(`\ufeff${text}`, 'utf16le');
    const big = Buffer.from(little).swap16();
    const bare = Buffer.from(text, 'utf16le');
    for (const f of [little, big, bare, Buffer.from(`\ufeff${text}`)]) {
      expect(resourceAt(readOne({ f }), 'aws_vpc.main').type).toBe('aws_vpc');
    }
  });
});
