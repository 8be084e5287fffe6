import { describe, expect, it } from 'vitest';
import { readEnvironmentRules } from '../../../src/config/environment-rules-file.ts';
import { withPeerIdentity } from '../../../src/core/desired/peer-identity.ts';
import type { DesiredResource } from '../../../src/core/model/desired-resource.ts';
import type { Change } from '../../../src/core/model/drift-candidate.ts';
import type { OperationRow } from '../../../src/core/model/provider-tables.ts';
import { processEvent } from '../../../src/core/process-event.ts';
import { contextOf, desired, withRows } from './sample-context.ts';
import { eventWith } from './sample-event.ts';

const TYPE = 'aws_db_instance';

const database = (
  environment: string,
  attributes: DesiredResource['attributes'],
  fields: Partial<DesiredResource> = {},
): DesiredResource =>
  withPeerIdentity(
    desired(TYPE, environment === 'prod' ? 'db' : `db-${environment}`, {
      key: `${environment}/l/${TYPE}.main`,
      scope: `${environment}/l`,
      address: `${TYPE}.main`,
      environment,
      attributes,
      ...fields,
    }),
  );

const row: OperationRow = {
  effect: 'update',
  targets: [
    {
      type: TYPE,
      id: 'db',
      changes: ['backup_retention_period', 'kms_key_id', 'password', 'parameter'].map((path) => ({
        path,
        from: `request.${path}`,
      })),
    },
  ],
};

/** Changes of the candidate of a call that sets these on the database in prod. */
const changesOf = (
  request: Readonly<Record<string, unknown>>,
  resources: readonly DesiredResource[],
  environments = readEnvironmentRules('config'),
): readonly Change[] => {
  const tables = withRows({ 'ec2:AuthorizeSecurityGroupIngress': row });
  const { candidates } = processEvent(
    eventWith({ requestParameters: request }),
    contextOf(resources, { tables, environments }),
  );
  expect(candidates).toHaveLength(1);
  return candidates[0]?.changes ?? [];
};

const set = { backup_retention_period: 1 };
const prod = database('prod', { backup_retention_period: 30 });

describe('peers of a change', () => {
  it('are what code says of the same resource in other environments', () => {
    const [change] = changesOf(set, [
      prod,
      database('test', {}),
      database('staging', { backup_retention_period: 1 }),
    ]);
    expect(change).toMatchObject({ verdict: 'differs', observed: 1, desired: 30 });
    expect(change?.peers).toEqual([
      { environment: 'staging', address: 'aws_db_instance.main', value: 1 },
      { environment: 'test', address: 'aws_db_instance.main' },
    ]);
  });

  it('are at most five, in order of environment', () => {
    const many = Array.from({ length: 8 }, (_, number) => database(`env-${number}`, set));
    const [change] = changesOf(set, [...many.toReversed(), prod]);
    expect(change?.peers?.map(({ environment }) => environment)).toEqual(
      ['0', '1', '2', '3', '4'].map((number) => `env-${number}`),
    );
  });

  it.each<[string, DesiredResource]>([
    ['the same environment', database('prod', set, { key: 'prod/other', identities: [] })],
    ['another repository', database('staging', set, { repository: 'other' })],
    ['another address', database('staging', set, { address: `${TYPE}.other` })],
  ])('are none in %s', (_what, other) => {
    expect(changesOf(set, [prod, other])[0]).not.toHaveProperty('peers');
  });

  it('leave out an environment that has several, and a value that is too long', () => {
    const [change] = changesOf(set, [
      prod,
      database('a', set),
      database('a', set, { key: 'a/second' }),
      database('b', { backup_retention_period: 'x'.repeat(5_000) }),
      database('c', set),
    ]);
    expect(change?.peers?.map(({ environment }) => environment)).toEqual(['c']);
  });

  it('are none for secrets, for what differs everywhere and for what cannot be compared', () => {
    const secret = { $redacted: 'hmac-sha256:aa' };
    const attributes = { kms_key_id: 'k', password: secret, parameter: 'p' };
    const changes = changesOf({ kms_key_id: 'x', password: 'hunter2', parameter: 'q' }, [
      database('prod', attributes),
      database('staging', attributes),
    ]);
    expect(changes.map(({ path }) => path)).toEqual(['kms_key_id', 'password', 'parameter']);
    for (const change of changes.slice(0, 2)) expect(change).not.toHaveProperty('peers');
    expect(JSON.stringify(changes)).not.toMatch(/hunter2|redacted/);
  });

  it('are none where the tables do not know the type', () => {
    const rows = { effect: 'update' as const, targets: [{ ...row.targets[0]!, type: 'aws_none' }] };
    const other = (environment: string) =>
      database(environment, set, { type: 'aws_none', identities: ['aws_none:db'] });
    const { candidates } = processEvent(
      eventWith({ requestParameters: { backup_retention_period: 5 } }),
      contextOf([other('prod'), other('staging')], {
        tables: withRows({ 'ec2:AuthorizeSecurityGroupIngress': rows }),
        environments: readEnvironmentRules('config'),
      }),
    );
    for (const { changes } of candidates) {
      for (const change of changes) expect(change).not.toHaveProperty('peers');
    }
    expect(candidates).not.toEqual([]);
  });
});
