import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { DesiredResource } from '../../../src/core/model/desired-resource.ts';
import { readState } from '../../support/read-state.ts';
import { context, managed, stateText } from '../core/desired/state-fixture.ts';
import { runDesired as run } from './desired-run.ts';

const good = stateText([managed(), managed({ name: 'b\u001b[31m' })]);

describe('driftline desired read', () => {
  it('prints one resource a line, with the names of the model', async () => {
    const { out, exit, calls } = await run(['read', 'a', '--env', 'prod'], { a: good });
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as DesiredResource);
    const expected = readState(good, { ...context(), source: 'a' });
    expect(lines).toEqual(expected.ok && expected.state.resources);
    expect([exit, calls]).toEqual([[0], []]);
  });

  it('prints a table whose values cannot steer a terminal', async () => {
    const { out } = await run(['read', 'a', '--format', 'table'], { a: good });
    expect(out).toMatch(
      /^ADDRESS +PROVIDER +ACCOUNT +REGION +IDENTITY\naws_vpc.main +aws +- +- +id:vpc-0a1b2c3d\n/,
    );
    expect(out).not.toContain('\u001b');
  });

  it('prints the good files, tells of each bad one, and ends with 2', async () => {
    const { out, err, exit } = await run(['read', 'a', 'b', 'c'], {
      a: good,
      b: '',
      c: '{"version": 3}',
    });
    expect(out.trim().split('\n')).toHaveLength(2);
    expect(err).toMatch(/^driftline: b: .*\(empty\)\ndriftline: c: .*\(unsupported_version\)\n$/);
    expect(exit).toEqual([2]);
  });

  it('ends quietly where the reader of its output goes away', async () => {
    const closed = new Writable({
      write: (_chunk, _encoding, done) =>
        done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
    });
    const many = stateText(
      Array.from({ length: 2_000 }, (_, number) => managed({ name: `v${number}` })),
    );
    const { exit, err } = await run(['read', 'a'], { a: many }, new Map(), closed);
    expect([exit, err]).toEqual([[0], '']);
  });
});

describe('driftline desired publish', () => {
  it.each([
    ['a value', 'hunter2-hunter2'],
    ['a JSON text', JSON.stringify({ a: JSON.stringify({ password: 'hunter2' }) })],
  ])('says once that secrets are dropped without a hash key: %s', async (_, secret) => {
    const attributes = secret.startsWith('{') ? { settings: secret } : { password: secret };
    const a = stateText([managed({ instances: [{ attributes }] }), managed({ name: 'b' })]);
    const args = ['publish', 'a', '--env', 'prod'];
    const { err, exit } = await run(args, { a }, new Map(), undefined, false);
    expect(err).toMatch(
      /^driftline: warning: secrets were dropped.*DRIFTLINE_DESIRED_HASH_KEY.*\n$/,
    );
    expect(exit).toEqual([0]);
    expect((await run(args, { a })).err).toBe('');
  });

  it('says nothing of a hash key where no secret was dropped', async () => {
    const args = ['publish', 'a', '--env', 'prod'];
    const { err } = await run(args, { a: good }, new Map(), undefined, false);
    expect(err).toBe('');
  });

  it('writes what differs once the scope is its own, and says what', async () => {
    const { out, written, calls, exit } = await run(['publish', 'a', '--env', 'prod'], { a: good });
    expect(out).toBe('prod/l-1 serial 7: 2 added, 0 changed, 0 removed, 0 unchanged\n');
    expect(written.map(({ upserts }) => upserts.length)).toEqual([2]);
    expect(calls).toEqual(['open', 'begin prod/l-1', 'catchUp', 'end', 'close']);
    expect(exit).toEqual([0]);
  });

  it('writes nothing in a dry run', async () => {
    const { out, calls } = await run(['publish', 'a', '--env', 'prod', '--dry-run'], { a: good });
    expect(out).toContain('2 added');
    expect(calls).toEqual(['open', 'close']);
  });

  it('tells of every bad file and does not even connect', async () => {
    const { err, calls, exit } = await run(['publish', 'a', 'b', 'c', '--env', 'prod'], {
      a: good,
      b: '',
      c: 'x',
    });
    expect(err).toMatch(/ b: .*\n.* c: .*\n.*nothing was published\n$/);
    expect([calls, exit]).toEqual([[], [2]]);
  });

  it('writes nothing of any state where one is refused', async () => {
    const other = stateText([managed()], { lineage: 'l-2' });
    const before = readState(stateText([managed()], { serial: 9 }), context());
    const held = new Map(
      (before.ok ? before.state.resources : []).map((resource) => [
        resource.key,
        { ...resource, identities: [] },
      ]),
    );
    const { err, written, exit } = await run(
      ['publish', 'b', 'a', '--env', 'prod'],
      { a: good, b: other },
      held,
    );
    expect(err).toContain('(serial_went_back)');
    expect([written, exit]).toEqual([[], [2]]);
  });

  it('refuses the same state twice', async () => {
    const { err, exit } = await run(['publish', 'a', 'b', '--env', 'prod'], { a: good, b: good });
    expect(err).toContain('b: It holds the same state (lineage l-1) as a.');
    expect(exit).toEqual([2]);
  });

  it('takes no environment name with a slash, and asks for one', async () => {
    await expect(run(['publish', 'a', '--env', 'a/b'], { a: good })).rejects.toThrow('letters');
    await expect(run(['publish', 'a'], { a: good })).rejects.toThrow('--env');
  });
});
