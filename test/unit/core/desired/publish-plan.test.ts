import { describe, expect, it } from 'vitest';
import {
  contentText,
  planPublish,
  type HeldResource,
  type PublishedState,
} from '../../../../src/core/desired/publish-plan.ts';
import type { DesiredResource } from '../../../../src/core/model/desired-resource.ts';

const resource = (address: string, change: Partial<DesiredResource> = {}): DesiredResource => ({
  key: `${change.scope ?? 'prod/l-1'}/${address}`,
  scope: 'prod/l-1',
  address,
  type: 'aws_vpc',
  provider: 'aws',
  identities: [`id:${address}`],
  attributes: { a: { b: 1, c: [2] } },
  environment: 'prod',
  source: 'a.tfstate',
  lineage: 'l-1',
  serial: 1,
  published_time: 1,
  ...change,
});

const state = (
  serial: number,
  resources: readonly DesiredResource[],
): PublishedState & { readonly resources: readonly DesiredResource[] } => ({
  scope: 'prod/l-1',
  lineage: 'l-1',
  serial,
  resources: resources.map((each) => ({ ...each, serial })),
  contents: new Map(resources.map((each) => [each.key, contentText(each)])),
});

const held = (...resources: readonly DesiredResource[]) =>
  new Map<string, HeldResource | undefined>(
    resources.map((each) => {
      const { key, scope, serial = -1, identities } = each;
      return [key, { scope, serial, content: contentText(each), identities }];
    }),
  );

const plan = (next: PublishedState, before: ReturnType<typeof held>, force = false) => {
  const decision = planPublish(next, before, force);
  return decision.ok
    ? {
        upserts: [...decision.plan.upserts].map(({ address }) => address),
        tombstones: decision.plan.tombstones,
        counts: decision.plan.counts,
      }
    : decision.refusal.reason;
};

describe('what a publish writes', () => {
  it('is what differs, and a tombstone for what left', () => {
    const before = held(resource('kept'), resource('changed'), resource('left'));
    const next = state(2, [
      resource('kept'),
      resource('changed', { attributes: {} }),
      resource('new'),
    ]);
    expect(plan(next, before)).toEqual({
      upserts: ['changed', 'new'],
      tombstones: ['prod/l-1/left'],
      counts: { added: 1, changed: 1, removed: 1, unchanged: 1 },
    });
  });

  it('is nothing for the same content, in any order of keys and however absence is written', () => {
    const same = resource('a', {
      attributes: { a: { c: [2], b: 1 } },
      published_time: 99,
      tainted: false,
    });
    expect(plan(state(1, [resource('a')]), held(same))).toMatchObject({
      upserts: [],
      tombstones: [],
    });
  });

  it('is nothing for the same content that was read from another place', () => {
    const elsewhere = resource('a', { source: '/tmp/download/a.tfstate' });
    expect(plan(state(1, [elsewhere]), held(resource('a')))).toMatchObject({ upserts: [] });
  });

  it('leaves other scopes alone', () => {
    const other = resource('b', { scope: 'prod/l-2', lineage: 'l-2' });
    expect(plan(state(1, [resource('a')]), held(resource('a'), other))).toMatchObject({
      tombstones: [],
    });
  });

  it('always leaves the newest serial with some resource, so that an older state is refused', () => {
    const topic = held(resource('a'), resource('b', { serial: 2 }));
    const removal = state(3, [resource('a')]);
    expect(plan(removal, topic)).toMatchObject({ upserts: ['a'], tombstones: ['prod/l-1/b'] });
    const after = held(...removal.resources);
    expect(plan(state(2, [resource('a'), resource('b')]), after)).toBe('serial_went_back');
  });

  it('lowers every serial when it is forced back, so that the next publish is taken', () => {
    const before = held(resource('a', { serial: 9 }), resource('b', { serial: 4 }));
    expect(plan(state(5, [resource('a'), resource('b')]), before, true)).toMatchObject({
      upserts: ['a'],
    });
  });

  it('writes a value that cannot be decoded anew, and removes it where code lacks it', () => {
    const before = new Map([
      ['prod/l-1/a', undefined],
      ['prod/l-1/gone', undefined],
      ['prod/l-2/other', undefined],
    ]);
    expect(plan(state(1, [resource('a')]), before)).toMatchObject({
      upserts: ['a'],
      tombstones: ['prod/l-1/gone'],
    });
  });

  it('takes resources over from another lineage only when forced', () => {
    const before = held(resource('a', { scope: 'prod/old', lineage: 'old' }));
    expect(plan(state(1, [resource('a')]), before)).toBe('other_lineage');
    expect(plan(state(1, [resource('a')]), before, true)).toMatchObject({
      upserts: ['a'],
      tombstones: ['prod/old/a'],
    });
  });

  it('does not take the same address of another resource or environment for a lineage begun anew', () => {
    const before = held(
      resource('a', { scope: 'prod/old', identities: ['id:other'] }),
      resource('a', { scope: 'test/old', environment: 'test' }),
    );
    expect(plan(state(1, [resource('a')]), before)).toMatchObject({
      upserts: ['a'],
      tombstones: [],
    });
  });

  it('refuses a state without lineage', () => {
    const { lineage: _lineage, ...rest } = state(1, []);
    expect(planPublish(rest, new Map(), true)).toMatchObject({ refusal: { reason: 'no_lineage' } });
  });
});
