import { describe, expect, it } from 'vitest';
import { readState } from '../../../support/read-state.ts';
import { withPeerIdentity } from '../../../../src/core/desired/peer-identity.ts';
import type { DesiredResource } from '../../../../src/core/model/desired-resource.ts';
import { context, managed, stateText } from '../../core/desired/state-fixture.ts';
import { runDesired } from '../desired-run.ts';

const vpc = (name: string, attributes: Readonly<Record<string, unknown>> = {}) =>
  managed({
    name,
    instances: [{ schema_version: 1, attributes: { id: `vpc-0a1b2c3d${name}`, ...attributes } }],
  });

const holding = (state: string): ReadonlyMap<string, DesiredResource> => {
  const read = readState(state, { ...context(), environment: 'prod', source: 'a' });
  if (!read.ok) throw new Error(read.failure.message);
  return new Map(
    read.state.resources.map((resource) => [resource.key, withPeerIdentity(resource)]),
  );
};

const before = stateText([
  vpc('kept'),
  vpc('changed', { tags: { Name: 'old' }, password: 'first-secret' }),
  vpc('left'),
]);
const after = stateText(
  [vpc('kept'), vpc('changed', { tags: { Name: 'new' }, password: 'next-secret' }), vpc('added')],
  { serial: 8 },
);

const diff = (
  state: string,
  held: ReadonlyMap<string, DesiredResource>,
  ...options: readonly string[]
) => runDesired(['diff', 'a', '--env', 'prod', ...options], { a: state }, held);

describe('driftline desired diff', () => {
  it('shows what a publish would add, change and remove, with paths and no secret', async () => {
    const { out, exit, written, calls } = await diff(after, holding(before));
    expect(out.split('\n')).toEqual([
      'prod/l-1 serial 8: 1 to add, 1 to change, 1 to remove, 1 unchanged',
      '~ aws_vpc.changed',
      '    tags.Name: "old" → "new"',
      '    password: (secret) → (secret) (they differ in what is not shown: a secret, or the key of its hash)',
      '+ aws_vpc.added',
      '- aws_vpc.left',
      '',
    ]);
    expect([exit, written, calls]).toEqual([[1], [], ['open', 'close']]);
  });

  it('ends with 0 where a publish would write nothing', async () => {
    const { out, exit } = await diff(before, holding(before));
    expect(out).toBe('prod/l-1 serial 7: 0 to add, 0 to change, 0 to remove, 3 unchanged\n');
    expect(exit).toEqual([0]);
  });

  it('tells of a serial that a publish would record alone, and ends with 0', async () => {
    const { out, exit } = await diff(
      stateText([vpc('kept')], { serial: 9 }),
      holding(stateText([vpc('kept')])),
    );
    expect(out).toContain('(a publish records the serial alone)');
    expect(exit).toEqual([0]);
  });

  it('prints one resource a line, or one document, with markers for secrets', async () => {
    const { out } = await diff(after, holding(before), '--format', 'ndjson');
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(lines).toMatchObject([
      {
        scope: 'prod/l-1',
        serial: 8,
        change: 'changed',
        attributes: [
          { path: 'tags.Name', before: 'old', after: 'new' },
          { path: 'password', before: { $redacted: expect.any(String) as string } },
        ],
      },
      { change: 'added', address: 'aws_vpc.added', attributes: [] },
      { change: 'removed', key: 'prod/l-1/aws_vpc.left' },
    ]);
    const json = await diff(after, holding(before), '--format', 'json');
    expect(JSON.parse(json.out)).toMatchObject({
      scopes: [{ added: 1, changed: 1, removed: 1, differences: [{}, {}, {}] }],
    });
    for (const printed of [out, json.out]) expect(printed).not.toMatch(/(first|next)-secret/);
  });

  it('ends with 2 and says why where a publish would be refused', async () => {
    const older = stateText([vpc('kept')], { serial: 3 });
    const refused = await diff(older, holding(before));
    expect(refused.err).toContain('(serial_went_back)');
    expect(refused.exit).toEqual([2]);
    expect((await diff(older, holding(before), '--force')).exit).toEqual([1]);
    expect((await diff('', holding(before))).exit).toEqual([2]);
  });

  it('does not look at other environments', async () => {
    const { out } = await runDesired(
      ['diff', 'a', '--env', 'test'],
      { a: before },
      holding(before),
    );
    expect(out).toContain('3 to add, 0 to change, 0 to remove');
  });
});
