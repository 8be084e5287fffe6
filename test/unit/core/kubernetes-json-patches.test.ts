import { describe, expect, it } from 'vitest';
import { processEvent } from '../../../src/core/process-event.ts';
import type { JsonObject, JsonValue } from '../../../src/core/model/json.ts';
import { kubernetesEventWith } from '../../support/kubernetes-records.ts';
import { desiredResource, patchChanges, WEB } from './detect/objects/owned-object.ts';
import { contextOf } from './sample-context.ts';

const CONTAINERS = '/spec/template/spec/containers';

describe('a JSON patch whose record has no answer', () => {
  const set = (path: string, value: JsonValue, op = 'replace') =>
    patchChanges([{ op, path, value }]);

  it('tells what it sets in an element, and not that code says so', () => {
    for (const image of ['evil', 'registry.example/web:1.4.2']) {
      expect(set(`${CONTAINERS}/0/image`, image)).toEqual([
        {
          path: 'spec.template.spec.containers[0].image',
          action: 'set',
          observed: image,
          verdict: 'unknown',
        },
      ]);
    }
  });

  it('tells what it adds to a list of an element', () => {
    const value = { name: 'DEBUG', value: '1' };
    expect(set(`${CONTAINERS}/1/env/-`, value, 'add')).toEqual([
      {
        path: 'spec.template.spec.containers[1].env',
        action: 'add',
        observed: value,
        verdict: 'unknown',
      },
    ]);
  });

  it('tells no value of a variable, whose name it does not say', () => {
    const [change] = set(`${CONTAINERS}/0/env/1/value`, 'hunter2');
    expect(change?.path).toBe('spec.template.spec.containers[0].env[1].value');
    expect(JSON.stringify(change)).not.toContain('hunter2');
  });

  it('tells no value where code keeps one secret', () => {
    const secret = { name: 'TOKEN', value: { $redacted: 'abc' } };
    const owner = desiredResource('kubernetes:apps/deployments/shop/web', {
      ...WEB,
      spec: { template: { spec: { containers: [{ name: 'web', env: [secret] }] } } },
    });
    const patch = [{ op: 'replace', path: `${CONTAINERS}/0/command`, value: ['hunter2'] }];
    expect(patchChanges(patch, {}, owner)).toEqual([
      { path: 'spec.template.spec.containers[0]', action: 'set', verdict: 'unknown' },
    ]);
  });

  it('weighs what it sets', () => {
    const owner = desiredResource('kubernetes:apps/deployments/shop/web', WEB);
    const reasons = (path: string, value: JsonValue) =>
      processEvent(
        kubernetesEventWith({ requestObject: [{ op: 'add', path, value }] }),
        contextOf([owner]),
      ).candidates[0]?.severity.reasons.join();
    expect(reasons(`${CONTAINERS}/0/securityContext`, { privileged: true })).toContain(
      'a privileged container',
    );
  });
});

describe('a list without a key', () => {
  const rule = (resources: readonly string[], verbs: readonly string[] = ['get']): JsonObject => ({
    apiGroups: [''],
    resources,
    verbs,
  });
  const owner = desiredResource('kubernetes:rbac.authorization.k8s.io/clusterroles/reader', {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'reader' },
    rules: [rule(['pods']), rule(['nodes'])],
  });
  const told = (patch: JsonValue, ...rules: readonly JsonObject[]) =>
    patchChanges(patch, { responseObject: { kind: 'ClusterRole', rules } }, owner).map(
      ({ path, action, verdict }) => [path, action, verdict],
    );
  const grant = [{ op: 'add', path: '/rules/1/resources/-', value: 'secrets' }];

  it('has the element of code at the position where the answer has all others', () => {
    expect(told(grant, rule(['pods']), rule(['nodes', 'secrets']))).toEqual([
      ['rules[1].resources', 'add', 'not_in_desired'],
    ]);
    const back = [{ op: 'replace', path: '/rules/0/verbs', value: ['get'] }];
    expect(told(back, rule(['pods']), rule(['nodes']))).toEqual([
      ['rules[0].verbs', 'set', 'equals_desired'],
    ]);
  });

  it('has none that is known where the answer has another length or others', () => {
    const unknown = [['rules[1].resources', 'add', 'unknown']];
    const granted = rule(['nodes', 'secrets']);
    expect(told(grant, rule(['pods']), granted, rule(['events']))).toEqual(unknown);
    expect(told(grant, rule(['pods'], ['*']), granted)).toEqual(unknown);
  });
});
