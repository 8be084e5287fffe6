import { describe, expect, it } from 'vitest';
import { identitiesOf } from '../../../../src/core/desired/identities.ts';
import { readProviderTables } from '../../../../src/config/provider-tables.ts';
import { failuresOf, readAll, readOne, resourceAt } from './reading.ts';

const kinds = readProviderTables('config').formats.kubernetesKinds;
const object = (
  apiVersion: string,
  kind: string,
  metadata: object = {},
  more: object = {},
): object => ({
  apiVersion,
  kind,
  metadata: { name: 'x', ...metadata },
  ...more,
});
const identity = (value: object, change = {}): string | undefined =>
  readOne({ f: value }, change).resources[0]?.identities[0];

describe('a manifest', () => {
  it('gives all objects of all documents, lists and files, as one state of the unit', () => {
    const read = readOne(
      {
        'a.yaml':
          '# rendered\n---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\n---\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec: {replicas: 3}\n',
        'b.json': {
          apiVersion: 'v1',
          kind: 'List',
          items: [object('v1', 'ConfigMap'), object('v1', 'Namespace')],
        },
      },
      { unit: 'shop', cluster: 'eu-1' },
    );
    expect(read).toMatchObject({ scope: 'prod/kubernetes:eu-1:shop', serial: 0, warnings: [] });
    expect(read.resources.map(({ address, source }) => [address, source])).toEqual([
      ['services/default/web', 'a.yaml'],
      ['deployments.apps/shop/web', 'a.yaml'],
      ['configmaps/default/x', 'b.json'],
      ['namespaces/x', 'b.json'],
    ]);
    expect(read.resources[1]).toMatchObject({
      type: 'kubernetes_deployment',
      provider: 'kubernetes',
      account: 'eu-1',
      identities: [
        'kubernetes:apps/deployments/shop/web',
        'kubernetes-collection:apps/deployments/shop',
        'kubernetes-namespace:shop',
      ],
      attributes: { kind: 'Deployment', spec: { replicas: 3 } },
    });
  });

  it.each([
    [object('v1', 'Pod'), 'kubernetes:core/pods/default/x'],
    [object('v1', 'Pod', { namespace: 'n' }), 'kubernetes:core/pods/n/x'],
    [object('v1', 'Endpoints'), 'kubernetes:core/endpoints/default/x'],
    [object('v1', 'PersistentVolume', { namespace: 'n' }), 'kubernetes:core/persistentvolumes//x'],
    [
      object('rbac.authorization.k8s.io/v1', 'ClusterRole'),
      'kubernetes:rbac.authorization.k8s.io/clusterroles//x',
    ],
    [
      object('networking.k8s.io/v1', 'NetworkPolicy'),
      'kubernetes:networking.k8s.io/networkpolicies/default/x',
    ],
    [object('extensions/v1beta1', 'Ingress'), 'kubernetes:networking.k8s.io/ingresses/default/x'],
    [object('extensions/v1beta1', 'Deployment'), 'kubernetes:apps/deployments/default/x'],
    [object('own.io/v1', 'Gateway'), 'kubernetes:own.io/gateways/default/x'],
  ])('%j has the identity %s', (value, expected) => {
    expect(identity(value)).toBe(expected);
  });

  it('takes the namespace that the command gives', () => {
    expect(identity(object('v1', 'Pod'), { namespace: 'own' })).toBe('kubernetes:core/pods/own/x');
  });

  it('learns plural and scope of kinds from definitions in the same input, in any file', () => {
    const definition = object(
      'apiextensions.k8s.io/v1',
      'CustomResourceDefinition',
      { name: 'octopodes.sea.io' },
      {
        spec: {
          group: 'sea.io',
          scope: 'Cluster',
          names: { kind: 'Octopus', plural: 'octopodes' },
        },
      },
    );
    const read = readOne({ a: object('sea.io/v1', 'Octopus'), b: definition }, { cluster: 'c' });
    expect(resourceAt(read, 'octopodes.sea.io/x')).toMatchObject({
      type: 'octopodes.sea.io',
      identities: ['kubernetes:sea.io/octopodes//x', 'kubernetes-collection:sea.io/octopodes/'],
    });
    expect(read.warnings).toEqual([]);
    expect(readOne({ a: object('sea.io/v1', 'Octopus') }, { cluster: 'c' }).warnings).toEqual([
      expect.stringContaining('Octopus.sea.io'),
    ]);
  });

  it('hashes each value of a Secret, stringData as the data that it becomes', () => {
    const secret = object(
      'v1',
      'Secret',
      {},
      { data: { a: 'YWI=' }, stringData: { b: 'ä' }, type: 'Opaque' },
    );
    const hashed = readOne({ f: secret }, { secretHash: (text) => text }).resources[0];
    expect(hashed?.attributes).toMatchObject({
      type: 'Opaque',
      data: { a: { $redacted: 'hmac-sha256:YWI=' }, b: { $redacted: 'hmac-sha256:w6Q=' } },
    });
    expect(hashed?.attributes).not.toHaveProperty('stringData');
  });

  it('leaves out what the API server and kubectl wrote', () => {
    const live = object(
      'v1',
      'ConfigMap',
      {
        uid: 'u',
        resourceVersion: '1',
        annotations: { a: 'b', 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
      },
      { status: {} },
    );
    expect(readOne({ f: live }).resources[0]?.attributes).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'x', annotations: { a: 'b' } },
    });
  });

  it.each([
    [
      { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:ns/x' } },
      'argocd:shop',
    ],
    [{ labels: { 'argocd.argoproj.io/instance': 'shop' } }, 'argocd:shop'],
    [
      {
        labels: {
          'kustomize.toolkit.fluxcd.io/name': 'apps',
          'kustomize.toolkit.fluxcd.io/namespace': 'flux',
        },
      },
      'flux:flux/apps',
    ],
    [
      { annotations: { 'meta.helm.sh/release-name': 'r', 'meta.helm.sh/release-namespace': 'n' } },
      'helm:n/r',
    ],
  ])('%j marks its owner', (metadata, mark) => {
    const f = object('v1', 'ConfigMap', metadata);
    expect(readOne({ f }).resources[0]).toMatchObject({ owner: mark, module: mark });
    expect(readOne({ f }, { owner: 'team' }).resources[0]).toMatchObject({ owner: 'team' });
  });

  it('leaves out hooks, which run and go, and objects that are named when made', () => {
    const read = readOne({
      a: object('batch/v1', 'Job', { annotations: { 'helm.sh/hook': 'pre-install' } }),
      b: { apiVersion: 'batch/v1', kind: 'Job', metadata: { generateName: 'x-' } },
    });
    expect(read).toMatchObject({ resources: [], skipped: { hook: 1, absent: 1 } });
  });

  it('warns where no cluster is named', () => {
    expect(readOne({ f: object('v1', 'Pod') }).warnings).toEqual([
      expect.stringContaining('--cluster'),
    ]);
  });
});

describe('a manifest is refused', () => {
  it.each([
    [
      'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n---\nfoo: 1\n',
      'invalid_resource',
      'document 2 (line 5)',
    ],
    ['apiVersion: v1\nkind: Pod\nmetadata: {}\n', 'invalid_resource', 'document 1 (line 1)'],
    [
      'apiVersion: v1\nkind: Pod\nmetadata: {name: "{{ x }}"}\n',
      'invalid_resource',
      'document 1 (line 1)',
    ],
    [
      'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n',
      'not_a_state',
      'document 1 (line 1)',
    ],
    ['{{ if .Values.x }}\napiVersion: v1\n{{ end }}\n', 'not_yaml', undefined],
    ['a: 1\n---\nb: 2\n', 'not_a_state', undefined],
    ['# nothing\n', 'empty', undefined],
    [
      '{"apiVersion":"v1","kind":"List","items":[{}]}',
      'invalid_resource',
      'document 1 (line 1), items[0]',
    ],
  ])('%j', (content, reason, position) => {
    const [failure] = failuresOf({ f: content });
    expect(failure).toMatchObject({ reason, ...(position === undefined ? {} : { position }) });
  });

  it('where the same object occurs twice, naming both places', () => {
    const results = readAll({ a: object('v1', 'Pod'), b: object('v1', 'Pod') });
    expect(results).toMatchObject([
      { ok: false, failure: { source: 'b', message: expect.stringContaining('occurs in a') } },
    ]);
  });
});

describe('objects of the Kubernetes providers of Terraform', () => {
  it.each([
    [
      'kubernetes_deployment_v1',
      { metadata: [{ name: 'w', namespace: 's' }] },
      'apps/deployments/s/w',
    ],
    ['kubernetes_daemonset', { metadata: [{ name: 'w', namespace: 's' }] }, 'apps/daemonsets/s/w'],
    [
      'kubernetes_cluster_role_v1',
      { metadata: [{ name: 'w' }] },
      'rbac.authorization.k8s.io/clusterroles//w',
    ],
    [
      'kubernetes_manifest',
      { manifest: { value: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'w' } }, type: [] } },
      'core/pods/default/w',
    ],
    [
      'kubectl_manifest',
      { api_version: 'apps/v1', kind: 'Deployment', name: 'w', namespace: 's' },
      'apps/deployments/s/w',
    ],
  ])('%s is found as the object that it makes', (type, attributes, expected) => {
    expect(identitiesOf({ type, attributes }, {}, kinds)).toContain(`kubernetes:${expected}`);
  });
});
