import { describe, expect, it } from 'vitest';
import type { DesiredResource } from '../../../../src/core/model/desired-resource.ts';
import { readState } from '../../../support/read-state.ts';
import { context, managed, stateText } from '../../core/desired/state-fixture.ts';
import { runDesired } from '../desired-run.ts';

const ONE = stateText([managed(), managed({ name: 'b' })]);

const heldOf = (
  environment: string,
  state: string,
): readonly (readonly [string, DesiredResource])[] => {
  const read = readState(state, { ...context(), environment, source: 'a' });
  if (!read.ok) throw new Error(read.failure.message);
  return read.state.resources.map((resource) => [resource.key, resource] as const);
};

describe('a state that was published under the wrong environment', () => {
  it('is warned of when it is published under another, and when a diff tells of that', async () => {
    const held = new Map(heldOf('staging', ONE));
    for (const command of ['publish', 'diff']) {
      const { err } = await runDesired([command, 'a', '--env', 'prod'], { a: ONE }, held);
      expect(err).toBe(
        'driftline: warning: a: 2 resources are published as staging/l-1, too, of another environment; where that was a mistake: driftline desired withdraw staging/l-1\n',
      );
    }
  });

  it('is not warned of where only the name of the lineage is the same, as of a unit', async () => {
    const other = stateText([managed({ instances: [{ attributes: { id: 'vpc-0f9e8d7c' } }] })]);
    const { err } = await runDesired(
      ['publish', 'a', '--env', 'prod'],
      { a: ONE },
      new Map(heldOf('staging', other)),
    );
    expect(err).toBe('');
  });

  it('is taken back whole, and nothing else with it', async () => {
    const held = new Map([...heldOf('staging', ONE), ...heldOf('prod', ONE)]);
    const { out, written, exit, calls } = await runDesired(['withdraw', 'staging/l-1'], {}, held);
    expect(out).toBe('staging/l-1: 2 removed\n');
    expect(written).toEqual([
      { upserts: [], tombstones: ['staging/l-1/aws_vpc.main', 'staging/l-1/aws_vpc.b'] },
    ]);
    expect(calls).toEqual(['open', 'begin staging/l-1', 'catchUp', 'end', 'close']);
    expect(exit).toEqual([0]);
    const dry = await runDesired(['withdraw', 'staging/l-1', '--dry-run'], {}, held);
    expect([dry.out, dry.written]).toEqual([
      'staging/l-1: 2 removed (dry run, nothing written)\n',
      [],
    ]);
  });

  it('is refused where the topic holds nothing of one of the scopes', async () => {
    const held = new Map(heldOf('staging', ONE));
    const args = ['withdraw', 'staging/l-1', 'prod/l-1'];
    const { err, written, exit } = await runDesired(args, {}, held);
    expect(err).toContain('the topic holds nothing of prod/l-1;');
    expect([written, exit]).toEqual([[], [2]]);
  });
});
