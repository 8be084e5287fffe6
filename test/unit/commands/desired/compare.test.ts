import { describe, expect, it } from 'vitest';
import type { DesiredResource } from '../../../../src/core/model/desired-resource.ts';
import { runDesired } from '../desired-run.ts';

const resource = (
  environment: string,
  name: string,
  attributes: DesiredResource['attributes'],
): DesiredResource => ({
  key: `${environment}/l/aws_db_instance.${name}`,
  scope: `${environment}/l`,
  address: `aws_db_instance.${name}`,
  type: 'aws_db_instance',
  provider: 'aws',
  identities: [],
  attributes,
  environment,
  source: 'a',
  published_time: 0,
});

const held = new Map(
  [
    resource('staging', 'main', { size: 1, multi_az: false, id: 'a' }),
    resource('prod', 'main', { size: 2, multi_az: true, id: 'b' }),
    resource('prod', 'audit', { password: { $redacted: 'hmac-sha256:00' } }),
  ].map((each) => [each.key, each]),
);

const compare = (args: readonly string[], files: Readonly<Record<string, string>> = {}) =>
  runDesired(['compare', ...args], files, held);

const BOTH = ['--env', 'staging', '--env', 'prod'];

describe('driftline desired compare', () => {
  it('lists what differs and what only one has, and ends with 1', async () => {
    const { out, exit } = await compare(BOTH);
    expect(out.split('\n')).toEqual([
      'aws_db_instance.audit',
      '    only in prod, not in staging',
      'aws_db_instance.main',
      '    size: staging 1 | prod 2',
      '    multi_az: staging false | prod true',
      '2 resources compared, 0 the same, 3 differences, 0 expected',
      '',
    ]);
    expect(exit).toEqual([1]);
  });

  it('shows where values differ that begin alike', async () => {
    const policy = (end: string) => `${'x'.repeat(200)}${end}`;
    const two = new Map(
      [
        resource('staging', 'main', { policy: policy('"deny"') }),
        resource('prod', 'main', { policy: policy('"allow"') }),
      ].map((each) => [each.key, each]),
    );
    const { out } = await runDesired(['compare', ...BOTH], {}, two);
    const lead = 'x'.repeat(18);
    expect(out).toContain(`policy: staging …${lead}\\"deny\\"" | prod …${lead}\\"allow\\""\n`);
  });

  it('ends with 0 where all that differs is expected', async () => {
    const { out, exit } = await compare([...BOTH, '--expect', 'e'], {
      e: '[{"type": "aws_db_instance", "reason": "prod is larger"}]',
    });
    expect(out).toBe('2 resources compared, 0 the same, 0 differences, 3 expected\n');
    expect(exit).toEqual([0]);
  });

  it('takes a mapping of addresses, and prints one difference a line', async () => {
    const { out } = await compare([...BOTH, '--map', 'm', '--format', 'ndjson'], {
      m: '[{"staging": "aws_db_instance.main", "prod": "aws_db_instance.audit"}]',
    });
    const lines = out.trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { difference: string }).difference)).toEqual([
      'attribute',
      'attribute',
      'attribute',
      'missing',
    ]);
  });

  it('asks for two environments that the topic holds', async () => {
    const one = await compare(['--env', 'prod']);
    expect(one.err).toContain('name two environments or more');
    const unknown = await compare(['--env', 'prod', '--env', 'qa']);
    expect(unknown.err).toContain('the topic holds no resource of qa (it has prod, staging)');
    expect([one.exit, unknown.exit]).toEqual([[2], [2]]);
  });
});
