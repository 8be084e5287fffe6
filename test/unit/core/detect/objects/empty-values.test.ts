import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../../src/core/model/json.ts';
import { desiredResource, patchChanges } from './owned-object.ts';

const told = (...[patch, fields, owner]: Parameters<typeof patchChanges>) =>
  patchChanges(patch, fields, owner).map(({ path, verdict }) => [
    path.slice(path.lastIndexOf('.') + 1),
    verdict,
  ]);

describe('what a state of Terraform has for what code leaves out', () => {
  const user = { run_as_user: '', run_as_non_root: true, privileged: false };
  const owner = desiredResource(
    'kubernetes:apps/deployments/shop/web',
    {
      id: 'shop/web',
      metadata: [{ name: 'web', namespace: 'shop' }],
      spec: [
        {
          min_ready_seconds: 0,
          template: [
            {
              spec: [
                {
                  priority: '',
                  host_network: false,
                  security_context: [user],
                  toleration: [{ key: 'a', operator: '', toleration_seconds: '' }],
                },
              ],
            },
          ],
        },
      ],
    },
    { type: 'kubernetes_deployment_v1' },
  );
  const pod = (spec: object) => ({ spec: { template: { spec } } });
  const context = '/spec/template/spec/securityContext';

  it('is not the zero that a call sets: a pod that is made to run as root is not restored', () => {
    expect(told(pod({ securityContext: { runAsUser: 0 } }) as never, {}, owner)).toEqual([
      ['run_as_user', 'differs'],
    ]);
    expect(told([{ op: 'add', path: `${context}/runAsUser`, value: 0 }], {}, owner)).toEqual([
      ['run_as_user', 'differs'],
    ]);
    const value = { runAsUser: 0, runAsNonRoot: true };
    const replaced = told([{ op: 'replace', path: context, value }], {}, owner);
    expect(replaced).toContainEqual(['run_as_user', 'not_in_desired']);
    const tolerations = [{ key: 'a', tolerationSeconds: 0 }];
    expect(told(pod({ tolerations }) as never, {}, owner)).toEqual([['toleration', 'differs']]);
  });

  it('is the same zero, `false` and nothing that a call sets, and what the server sets itself', () => {
    expect(told({ spec: { minReadySeconds: 0 } }, {}, owner)).toEqual([
      ['min_ready_seconds', 'equals_desired'],
    ]);
    expect(told(pod({ hostNetwork: false, priority: 0 }) as never, {}, owner)).toEqual([
      ['host_network', 'equals_desired'],
      ['priority', 'equals_desired'],
    ]);
    expect(told(pod({ tolerations: [{ key: 'a' }] }) as never, {}, owner)).toEqual([
      ['toleration', 'equals_desired'],
    ]);
    const value = { privileged: false, runAsNonRoot: true };
    const replaced = told([{ op: 'replace', path: context, value }], {}, owner);
    expect(replaced.map(([, verdict]) => verdict)).toEqual(['equals_desired']);
  });
});

describe('an empty object', () => {
  const api = { podSelector: { matchLabels: { app: 'api' } } };
  const policy = (from: JsonObject, more: JsonObject = {}) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'db', namespace: 'shop' },
    spec: { podSelector: {}, ingress: [{ from: [from] }], ...more },
  });
  const identity = 'kubernetes:networking.k8s.io/networkpolicies/shop/db';
  const owner = desiredResource(identity, policy(api));
  const drifts = (patch: unknown, fields: object = {}, of = owner) =>
    told(patch as never, fields as never, of).filter(([, verdict]) => verdict !== 'equals_desired');
  const put = { verb: 'update' };

  it('is no restoration where it is a selector that code has not: it means all', () => {
    const wide = policy({ ...api, namespaceSelector: {} });
    expect(drifts(wide, put)).toEqual([['ingress', 'differs']]);
    expect(drifts({ spec: { ingress: wide.spec.ingress } })).toEqual([['ingress', 'differs']]);
    const path = '/spec/ingress';
    expect(drifts([{ op: 'replace', path, value: wide.spec.ingress }])).toEqual([
      ['ingress', 'differs'],
    ]);
    const more = { namespaceSelector: {} };
    expect(drifts(policy(api, more), put)).toEqual([['namespaceSelector', 'not_in_desired']]);
    expect(drifts({ spec: more })).toEqual([['namespaceSelector', 'not_in_desired']]);
    expect(drifts({ spec: { namespaceSelector: { matchLabels: {} } } })).toEqual([
      ['namespaceSelector', 'not_in_desired'],
    ]);
  });

  it('is what code says where code has it', () => {
    expect(drifts(policy(api), put)).toEqual([]);
    expect(drifts({ spec: { podSelector: {} } })).toEqual([]);
  });

  it('that code declares is no restoration where it is taken away', () => {
    const more = { namespaceSelector: {} };
    const of = desiredResource(identity, policy(api, more));
    const gone = [['namespaceSelector', 'differs']];
    expect(drifts(policy(api), put, of)).toEqual(gone);
    expect(drifts({ spec: { namespaceSelector: null } }, {}, of)).toEqual(gone);
    const path = '/spec/namespaceSelector';
    expect(drifts([{ op: 'remove', path }], {}, of)).toEqual(gone);
    const all = desiredResource(identity, policy({ ...api, ...more }));
    expect(drifts(policy(api), put, all)).toEqual([['ingress', 'differs']]);
    const narrow = { namespaceSelector: { matchLabels: { team: 'a' } } };
    expect(drifts(policy(api, narrow), put, of)).toEqual([['matchLabels', 'not_in_desired']]);
  });

  it('that code declares and the server sets itself is nothing where a call leaves it out', () => {
    const pod = (volume: JsonObject, spec: JsonObject) =>
      desiredResource('kubernetes:core/pods/shop/web', {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'web', namespace: 'shop', annotations: {}, labels: {} },
        spec: { ...spec, volumes: [{ name: 'tmp', ...volume }] },
      });
    const whole = pod({}, {}).attributes;
    const of = pod({ emptyDir: {} }, { securityContext: {}, nodeSelector: {}, affinity: {} });
    expect(drifts(whole, put, of)).toEqual([]);
    const other = pod({ hostPath: { path: '/' } }, {}).attributes;
    expect(drifts(other, put, of)).toEqual([['hostPath', 'not_in_desired']]);
  });

  it('in the place of a selector of a Terraform state is no restoration: it means all', () => {
    const state = (selector: JsonObject) =>
      desiredResource(
        identity,
        {
          id: 'shop/db',
          metadata: [{ name: 'db', namespace: 'shop', labels: { team: 'a' } }],
          spec: [{ pod_selector: [selector], ingress: [], egress: [], policy_types: ['Ingress'] }],
        },
        { type: 'kubernetes_network_policy_v1' },
      );
    const named = { match_labels: { app: 'api' }, match_expressions: [] };
    const term = { key: 'app', operator: 'In', values: ['api'] };
    const of = state(named);
    const metadata = { name: 'db', namespace: 'shop', labels: { team: 'a' } };
    const body = (podSelector: JsonObject, more: JsonObject = metadata) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: more,
      spec: { podSelector, policyTypes: ['Ingress'] },
    });
    expect(drifts(body({}), put, of)).toEqual([['match_labels', 'differs']]);
    expect(drifts(body({}), put, state({ match_labels: null, match_expressions: [term] }))).toEqual(
      [['match_expressions', 'differs']],
    );
    expect(drifts(body({ matchLabels: { app: 'api' } }), put, of)).toEqual([]);
    for (const match_labels of [{}, null]) {
      expect(drifts(body({}), put, state({ match_labels, match_expressions: [] }))).toEqual([]);
    }
    const bare = { name: 'db', namespace: 'shop' };
    expect(drifts(body({ matchLabels: { app: 'api' } }, bare), put, of)).toEqual([
      ['metadata', 'differs'],
    ]);
  });

  it('is nothing where the server sets it by itself', () => {
    const hook = { name: 'guard.example.org', failurePolicy: 'Fail' };
    const config = (webhook: JsonObject) => ({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'guard' },
      webhooks: [webhook],
    });
    const guard = desiredResource('kubernetes:core/hooks/guard', config(hook));
    const block = { name: hook.name, failure_policy: 'Fail', namespace_selector: [] };
    const written = desiredResource(
      'kubernetes:core/hooks/guard',
      { id: 'guard', metadata: [{ name: 'guard' }], webhook: [block] },
      { type: 'kubernetes_validating_webhook_configuration_v1' },
    );
    const whole = config({ ...hook, namespaceSelector: {}, objectSelector: {} });
    for (const of of [guard, written]) expect(drifts(whole, put, of)).toEqual([]);
    expect(drifts({ spec: { resources: {}, securityContext: {} } })).toEqual([]);
  });
});
