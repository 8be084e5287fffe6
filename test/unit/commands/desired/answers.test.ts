import { describe, expect, it } from 'vitest';
import type { DesiredResource } from '../../../../src/core/model/desired-resource.ts';
import { NOW, runDesired } from '../desired-run.ts';

const resource = (
  environment: string,
  address: string,
  fields: Partial<DesiredResource> = {},
): DesiredResource => ({
  key: `${environment}/l/${address}`,
  scope: `${environment}/l`,
  address,
  type: address.split('.')[0] ?? '',
  provider: 'aws',
  identities: [`id:${address}-0a1b2c3d`, `arn:aws:x:::${environment}/${address}`],
  attributes: { size: 'small', password: { $redacted: 'hmac-sha256:00' } },
  environment,
  source: `${environment}.tfstate`,
  serial: 4,
  published_time: NOW - 7_200_000,
  ...fields,
});

const held = new Map(
  [
    resource('prod', 'aws_vpc.main', { owner: 'net' }),
    resource('prod', 'aws_instance.web', { owner: 'web', published_time: NOW - 65_000, serial: 5 }),
    resource('test', 'aws_vpc.main', { owner: 'net' }),
  ].map((each) => [each.key, each]),
);

const run = (...args: readonly string[]) => runDesired(args, {}, held);

describe('driftline desired list', () => {
  it('lists what the topic holds, by key', async () => {
    const { out, exit, calls } = await run('list');
    expect(out.split('\n')).toEqual([
      'ENVIRONMENT  OWNER  ACCOUNT  REGION  SERIAL  ADDRESS',
      'prod         web    -        -       5       aws_instance.web',
      'prod         net    -        -       4       aws_vpc.main',
      'test         net    -        -       4       aws_vpc.main',
      '',
    ]);
    expect([exit, calls]).toEqual([[0], ['open', 'close']]);
  });

  it.each([
    [
      ['--env', 'prod'],
      ['prod/l/aws_instance.web', 'prod/l/aws_vpc.main'],
    ],
    [['--type', 'aws_v*', '--env', 'test'], ['test/l/aws_vpc.main']],
    [['--address', '*.web'], ['prod/l/aws_instance.web']],
    [['--owner', 'web'], ['prod/l/aws_instance.web']],
    [['--owner', 'nobody'], []],
  ])('takes %j', async (filters, keys) => {
    const { out } = await run('list', '--format', 'ndjson', ...filters);
    const listed = out
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as DesiredResource);
    expect(listed.map(({ key }) => key)).toEqual(keys);
    expect(listed).toEqual(keys.map((key) => held.get(key)));
  });
});

describe('driftline desired show', () => {
  it.each([
    ['an address', 'aws_vpc.main', 2],
    ['a key', 'test/l/aws_vpc.main', 1],
    ['an identity', 'id:aws_vpc.main-0a1b2c3d', 2],
    ['an id', 'aws_instance.web-0a1b2c3d', 1],
    ['an ARN', 'arn:aws:x:::prod/aws_vpc.main', 1],
  ])('finds by %s', async (_what, name, count) => {
    const { out, exit } = await run('show', name, '--format', 'json');
    expect(JSON.parse(out)).toHaveLength(count);
    expect(exit).toEqual([0]);
  });

  it('prints fields, identities and attributes, a secret as such', async () => {
    const { out } = await run('show', 'aws_vpc.main', '--env', 'test');
    expect(out).toContain('environment: test\n');
    expect(out).toContain('identities:\n  id:aws_vpc.main-0a1b2c3d\n');
    expect(out).toContain('attributes:\n  size: "small"\n  password: (secret)\n');
    expect(out).toMatch(/published_time: \d{4}-\d\d-\d\dT/);
  });

  it('ends with 1 where nothing is denoted', async () => {
    const { out, err, exit } = await run('show', 'aws_vpc.none', '--env', 'prod');
    expect([out, exit]).toEqual(['', [1]]);
    expect(err).toContain('no desired resource in prod has the address, identity or key');
  });
});

describe('driftline desired stats', () => {
  it('counts by scope, with the newest serial and age, and by type', async () => {
    const { out } = await run('stats');
    expect(out.split('\n')).toEqual([
      'ENVIRONMENT  RESOURCES  SERIAL  AGE    SCOPE   SOURCE',
      'prod         2          5       1 min  prod/l  prod.tfstate',
      'test         1          4       2 h    test/l  test.tfstate',
      '',
      'RESOURCES  TYPE',
      '2          aws_vpc',
      '1          aws_instance',
      '',
      '3 resources in 2 scopes',
      '',
    ]);
  });

  it('gives the same as one document', async () => {
    const { out, exit } = await run('stats', '--format', 'json');
    expect(JSON.parse(out)).toMatchObject({
      resources: 3,
      scopes: [
        { scope: 'prod/l', resources: 2, serial: 5, age_seconds: 65 },
        { scope: 'test/l', resources: 1, serial: 4, age_seconds: 7200 },
      ],
    });
    expect(exit).toEqual([0]);
  });
});
