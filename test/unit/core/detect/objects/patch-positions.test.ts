import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../../../src/core/model/json.ts';
import { desiredResource, patchChanges } from './owned-object.ts';

const web = desiredResource(
  'kubernetes:apps/deployments/shop/web',
  {
    id: 'shop/web',
    metadata: [{ name: 'web', namespace: 'shop', labels: { '0': 'zero' } }],
    spec: [{ template: [{ spec: [{ container: [{ name: 'web', image: 'web:1' }] }] }] }],
  },
  { type: 'kubernetes_deployment_v1' },
);
const binding = desiredResource(
  'kubernetes:rbac.authorization.k8s.io/clusterrolebindings/admins',
  { id: 'admins', metadata: [{ name: 'admins' }], subject: [{ kind: 'User', name: 'alice' }] },
  { type: 'kubernetes_cluster_role_binding' },
);
const hook = desiredResource('kubernetes:core/hooks/guard', {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: 'guard' },
  webhooks: [{ name: 'guard.example.org', failurePolicy: 'Fail' }],
});

const containers = '/spec/template/spec/containers';
const told = (patch: JsonValue, owner = web, fields: object = {}) =>
  patchChanges(patch, fields as never, owner).map(({ path, action, verdict }) => [
    path,
    action,
    verdict,
  ]);

describe('a position in a desired list of one', () => {
  it.each([
    [`${containers}/0`, web, 'spec[0].template[0].spec[0].container'],
    ['/subjects/0', binding, 'subject'],
    ['/webhooks/0', hook, 'webhooks'],
  ])('is no restoration where it is removed: %s', (path, owner, list) => {
    expect(told([{ op: 'remove', path }], owner)).toEqual([[list, 'set', 'unknown']]);
  });

  it('that is removed is told as code has it where the answer shows the list', () => {
    const responseObject = {
      kind: 'ClusterRoleBinding',
      subjects: [{ kind: 'User', name: 'eve' }],
    };
    const path = `${containers}/1`;
    const answer = {
      kind: 'Deployment',
      spec: { template: { spec: { containers: [{ name: 'sidecar' }] } } },
    };
    expect(told([{ op: 'remove', path }], web, { responseObject: answer })).toEqual([
      ['spec[0].template[0].spec[0].container', 'remove', 'differs'],
    ]);
    const empty = { kind: 'ValidatingWebhookConfiguration', webhooks: [] };
    expect(told([{ op: 'remove', path: '/webhooks/0' }], hook, { responseObject: empty })).toEqual([
      ['webhooks', 'remove', 'differs'],
    ]);
    const none = { ...responseObject, subjects: [] };
    expect(
      told([{ op: 'remove', path: '/subjects/0' }], binding, { responseObject: none }),
    ).toEqual([['subject', 'remove', 'differs']]);
  });

  it('is not known without an answer', () => {
    const path = `${containers}/0/image`;
    expect(told([{ op: 'replace', path, value: 'web:1' }])).toEqual([
      ['spec[0].template[0].spec[0].container[0].image', 'set', 'unknown'],
    ]);
  });

  it('that is added is told by the key or the value', () => {
    const add = (list: string, value: JsonValue, owner = web) =>
      told([{ op: 'add', path: `${list}/-`, value }], owner);
    const list = 'spec[0].template[0].spec[0].container';
    expect(add(containers, { name: 'miner', image: 'm' })).toEqual([
      [list, 'add', 'not_in_desired'],
    ]);
    expect(add(containers, { name: 'web', image: 'evil' })).toEqual([
      [`${list}[0].name`, 'set', 'equals_desired'],
      [`${list}[0].image`, 'set', 'differs'],
    ]);
    expect(add('/subjects', { kind: 'User', name: 'eve' }, binding)).toEqual([
      ['subject', 'add', 'not_in_desired'],
    ]);
    expect(add('/subjects', { kind: 'User', name: 'alice' }, binding)).toEqual([
      ['subject', 'set', 'equals_desired'],
    ]);
  });

  it('that is counted from the end or has a sign is no restoration, as the server takes it', () => {
    for (const position of ['-1', '+1', '+0']) {
      expect(told([{ op: 'remove', path: `/webhooks/${position}` }], hook)).toEqual([
        ['webhooks', 'set', 'unknown'],
      ]);
      const path = `/webhooks/${position}/failurePolicy`;
      expect(told([{ op: 'replace', path, value: 'Ignore' }], hook)).toEqual([
        [`webhooks[${position === '+1' ? 1 : 0}].failurePolicy`, 'set', 'unknown'],
      ]);
    }
    const shown = (...names: readonly string[]) => ({
      responseObject: {
        kind: 'ValidatingWebhookConfiguration',
        webhooks: names.map((name) => ({ name })),
      },
    });
    const replace = { op: 'replace', path: '/webhooks/-1/failurePolicy', value: 'Ignore' };
    const now = shown('other', 'guard.example.org');
    expect(told([replace], hook, now)).toEqual([['webhooks[0].failurePolicy', 'set', 'differs']]);
    expect(told([{ op: 'remove', path: '/webhooks/-1' }], hook, shown('other'))).toEqual([
      ['webhooks', 'remove', 'differs'],
    ]);
    // Which element it was before another came is not known.
    const added = { op: 'add', path: '/webhooks/-', value: { name: 'other' } };
    expect(
      told(
        [
          { ...replace, path: '/webhooks/-2/failurePolicy' },
          { ...added, path: '/webhooks/0' },
        ],
        hook,
        now,
      )[0],
    ).toEqual(['webhooks[0].failurePolicy', 'set', 'unknown']);
  });

  it('is a key in a map, also one with a sign', () => {
    const keyed = {
      ...web,
      attributes: { ...web.attributes, metadata: [{ labels: { '-1': 'a' } }] },
    };
    expect(told([{ op: 'remove', path: '/metadata/labels/-1' }], keyed)).toEqual([
      ['metadata[0].labels.-1', 'remove', 'differs'],
    ]);
  });

  it('is a key in a map', () => {
    expect(told([{ op: 'remove', path: '/metadata/labels/0' }])).toEqual([
      ['metadata[0].labels.0', 'remove', 'differs'],
    ]);
  });
});

describe('a patch whose operations move positions', () => {
  const container = (name: string, image = `${name}:1`) => ({ name, image });
  const owner = desiredResource('kubernetes:apps/deployments/shop/many', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'many', labels: { '1': 'one' } },
    spec: {
      args: ['a', 'b'],
      template: { spec: { containers: ['a', 'b', 'c'].map((name) => container(name)) } },
    },
  });
  const list = 'spec.template.spec.containers';
  const answer = (...now: readonly object[]) => ({
    responseObject: {
      kind: 'Deployment',
      metadata: { labels: { '1': 'one' } },
      spec: { template: { spec: { containers: now } } },
    },
  });

  it('tells the element that an operation meant, not the one that came in its place', () => {
    const patch = [
      { op: 'replace', path: `${containers}/1/image`, value: 'evil' },
      { op: 'remove', path: `${containers}/0` },
    ];
    expect(told(patch, owner, answer(container('b', 'evil'), container('c')))).toEqual([
      [`${list}[1].image`, 'set', 'differs'],
      [list, 'remove', 'differs'],
    ]);
    const inserted = [
      { op: 'replace', path: `${containers}/0/image`, value: 'a:1' },
      { op: 'add', path: `${containers}/0`, value: container('x') },
    ];
    const now = answer(container('x'), container('a'), container('b'), container('c'));
    expect(told(inserted, owner, now)).toEqual([
      [`${list}[0].image`, 'set', 'equals_desired'],
      [list, 'add', 'not_in_desired'],
    ]);
  });

  it('tells nothing of what a later operation takes away', () => {
    const patch = [
      { op: 'replace', path: `${containers}/1/image`, value: 'evil' },
      { op: 'remove', path: `${containers}/1` },
    ];
    expect(told(patch, owner, answer(container('a'), container('c')))).toEqual([
      [list, 'remove', 'differs'],
    ]);
  });

  it('tells what an operation set in an element that a later one moved', () => {
    const value = { privileged: true };
    const set = { op: 'add', path: `${containers}/0/securityContext`, value };
    const move = (from: number, path: string) => ({
      op: 'move',
      from: `${containers}/${from}`,
      path: `${containers}/${path}`,
    });
    const [a, b, c] = [container('a'), container('b'), container('c')];
    const change = [`${list}[0].securityContext`, 'set', 'not_in_desired'];
    const seen = (patch: JsonValue, ...now: readonly object[]) =>
      told(patch, owner, answer(...now));
    expect(seen([set, move(0, '1')], b, a, c)).toContainEqual(change);
    expect(seen([set, move(0, '-')], b, c, a)).toContainEqual(change);
    expect(seen([set, move(0, '2'), move(0, '1')], c, b, a)).toContainEqual(change);
    expect(seen([set, move(0, '2'), move(2, '0')], a, b, c)).toContainEqual(change);
  });

  it('leaves numbers that are keys of a map as they are', () => {
    const patch = [
      { op: 'replace', path: '/metadata/labels/1', value: 'two' },
      { op: 'remove', path: '/metadata/labels/0' },
    ];
    expect(told(patch, owner, answer(container('a')))[0]).toEqual([
      'metadata.labels.1',
      'set',
      'differs',
    ]);
  });

  it('that replaces an element by another of code is no restoration: the one before is gone', () => {
    const scalar = [{ op: 'replace', path: '/spec/args/1', value: 'a' }];
    expect(told(scalar, owner)).toEqual([
      ['spec.args', 'set', 'unknown'],
      ['spec.args', 'set', 'equals_desired'],
    ]);
    const shown = { responseObject: { kind: 'Deployment', spec: { args: ['a', 'a'] } } };
    expect(told(scalar, owner, shown)).toEqual([
      ['spec.args', 'remove', 'differs'],
      ['spec.args', 'set', 'equals_desired'],
    ]);
    // The live list may stand in another order, so that the position of code's own element held another one.
    const same = [{ op: 'replace', path: '/spec/args/1', value: 'b' }];
    expect(told(same, owner)).toEqual([
      ['spec.args', 'set', 'unknown'],
      ['spec.args', 'set', 'equals_desired'],
    ]);
    const keyed = [{ op: 'replace', path: `${containers}/1`, value: container('a') }];
    expect(told(keyed, owner)[0]).toEqual([list, 'set', 'unknown']);
    expect(
      told(keyed, owner, answer(container('a'), container('a'), container('c'))),
    ).toContainEqual([list, 'remove', 'differs']);
  });
});

describe('a patch with many operations on a long list', () => {
  const LENGTH = 20_000;
  const names = Array.from({ length: LENGTH }, (_value, at) => ({ name: `hook-${at}` }));
  const long = desiredResource('kubernetes:core/hooks/long', {
    ...hook.attributes,
    webhooks: names,
  });
  const timed = (patch: JsonValue, responseObject: object, owner = long) => {
    const start = performance.now();
    const changes = told(patch, owner, { responseObject });
    return { changes, took: performance.now() - start };
  };
  const kind = 'ValidatingWebhookConfiguration';
  const many = (operation: JsonValue) => Array.from({ length: 1_000 }, () => operation);

  // One operation is the measure: a thousand of them took a thousand times as long.
  it.each<[string, JsonValue]>([
    ['removes', { op: 'remove', path: '/webhooks/0' }],
    ['replaces', { op: 'replace', path: '/webhooks/5/failurePolicy', value: 'Ignore' }],
    ['adds', { op: 'add', path: '/webhooks/-', value: { name: 'hook-7' } }],
  ])('takes no longer for each that %s', (_case, operation) => {
    const responseObject = { kind, webhooks: names };
    const { took: one } = timed([operation], responseObject);
    const { took } = timed(many(operation), responseObject);
    expect(took).toBeLessThan(20 * one + 500);
  });

  it('tells once what the list lost', () => {
    const responseObject = { kind, webhooks: names.slice(2) };
    const { changes } = timed(many({ op: 'remove', path: '/webhooks/0' }), responseObject);
    expect(changes).toEqual([
      ['webhooks', 'remove', 'differs'],
      ['webhooks', 'remove', 'differs'],
    ]);
  });
});
