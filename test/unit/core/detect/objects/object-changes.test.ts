import { describe, expect, it } from 'vitest';
import { kubernetesEventWith } from '../../../../support/kubernetes-records.ts';
import { changesOf, patchChanges, WEB, webResource } from './owned-object.ts';

describe('a merge patch or strategic merge patch', () => {
  it('differs, restores or adds by field', () => {
    expect(patchChanges({ spec: { replicas: 1 } })).toEqual([
      { path: 'spec.replicas', action: 'set', observed: 1, desired: 3, verdict: 'differs' },
    ]);
    expect(patchChanges({ spec: { replicas: 3 } })).toEqual([
      { path: 'spec.replicas', action: 'set', observed: 3, desired: 3, verdict: 'equals_desired' },
    ]);
    expect(patchChanges({ spec: { paused: true } })).toEqual([
      { path: 'spec.paused', action: 'set', observed: true, verdict: 'not_in_desired' },
    ]);
  });

  it('finds the element of a list by its key, wherever code has it', () => {
    const containers = [{ name: 'proxy', image: 'registry.example/proxy:evil' }];
    expect(patchChanges({ spec: { template: { spec: { containers } } } })).toEqual([
      {
        path: 'spec.template.spec.containers[1].image',
        action: 'set',
        observed: 'registry.example/proxy:evil',
        desired: 'registry.example/proxy:2.0',
        verdict: 'differs',
      },
    ]);
  });

  it('tells variables and ports by their keys', () => {
    const containers = [
      {
        name: 'web',
        env: [
          { name: 'REGION', value: 'us' },
          { name: 'DEBUG', value: '1' },
        ],
        ports: [{ containerPort: 8080, protocol: 'TCP', hostPort: 80 }],
      },
    ];
    expect(
      patchChanges({ spec: { template: { spec: { containers } } } }).map(
        ({ path, action, verdict }) => [path, action, verdict],
      ),
    ).toEqual([
      ['spec.template.spec.containers[0].env[1].value', 'set', 'differs'],
      ['spec.template.spec.containers[0].env', 'add', 'not_in_desired'],
      ['spec.template.spec.containers[0].ports[0].hostPort', 'set', 'not_in_desired'],
    ]);
  });

  it('takes an element away by directive, and tells no order', () => {
    const containers = [{ $patch: 'delete', name: 'proxy' }];
    const patch = {
      spec: {
        template: {
          spec: { containers, '$setElementOrder/containers': [{ name: 'web' }] },
        },
      },
    };
    expect(patchChanges(patch)).toMatchObject([
      {
        path: 'spec.template.spec.containers',
        action: 'remove',
        desired: { name: 'proxy' },
        verdict: 'differs',
      },
    ]);
  });

  it('tells what a merge patch left out of a list only where the answer shows it', () => {
    const containers = [{ name: 'web', image: 'registry.example/web:1.4.2' }];
    const patch = { spec: { template: { spec: { containers } } } };
    const verdicts = (fields = {}) =>
      patchChanges(patch, fields).map(({ path, action, verdict }) => [path, action, verdict]);
    const same = ['spec.template.spec.containers[0].image', 'set', 'equals_desired'];
    expect(verdicts()).toEqual([same]);
    expect(verdicts({ responseObject: patch })).toEqual([
      same,
      ['spec.template.spec.containers', 'remove', 'differs'],
    ]);
  });

  it('takes away with null: what code says, and what it does not', () => {
    expect(
      patchChanges({ metadata: { labels: { app: null, own: null } }, spec: { replicas: null } }),
    ).toEqual([
      { path: 'metadata.labels.app', action: 'remove', desired: 'web', verdict: 'differs' },
      { path: 'metadata.labels.own', action: 'remove', verdict: 'equals_desired' },
      { path: 'spec.replicas', action: 'remove', desired: 3, verdict: 'differs' },
    ]);
  });

  it('writes the key of a map as it is', () => {
    expect(
      patchChanges({ metadata: { labels: { 'app.kubernetes.io/part-of': 'other' } } })[0],
    ).toMatchObject({
      path: 'metadata.labels.app.kubernetes.io/part-of',
      desired: 'shop',
      verdict: 'differs',
    });
  });

  it('leaves out what the server keeps and tools mark', () => {
    const metadata = {
      resourceVersion: '7',
      managedFields: [],
      annotations: {
        'kubectl.kubernetes.io/last-applied-configuration': '{}',
        'deployment.kubernetes.io/revision': '4',
      },
    };
    expect(patchChanges({ metadata, status: { replicas: 1 }, spec: { replicas: 2 } })).toHaveLength(
      1,
    );
  });

  it('knows amounts in other spellings, and text only as it is', () => {
    const containers = [{ name: 'web', resources: { limits: { cpu: '0.5', memory: '1024Mi' } } }];
    const changes = patchChanges({
      spec: { template: { spec: { containers } } },
      metadata: { labels: { app: 'web ' } },
    });
    expect(changes.map(({ verdict }) => verdict)).toEqual([
      'equals_desired',
      'equals_desired',
      'differs',
    ]);
  });

  it('scales by its subresource', () => {
    const objectRef = {
      apiGroup: 'apps',
      resource: 'deployments',
      subresource: 'scale',
      namespace: 'shop',
      name: 'web',
    };
    const requestObject = { kind: 'Scale', apiVersion: 'autoscaling/v1', spec: { replicas: 0 } };
    expect(patchChanges(requestObject, { verb: 'update', objectRef })).toEqual([
      { path: 'spec.replicas', action: 'set', observed: 0, desired: 3, verdict: 'differs' },
    ]);
  });
});

describe('a JSON patch', () => {
  const after = {
    kind: 'Deployment',
    spec: {
      template: {
        spec: {
          containers: [
            { name: 'istio-proxy' },
            { name: 'web', image: 'registry.example/web:evil' },
            { name: 'proxy' },
          ],
        },
      },
    },
  };

  it('sets, adds and takes away by pointer', () => {
    expect(
      patchChanges([
        { op: 'test', path: '/spec/replicas', value: 3 },
        { op: 'replace', path: '/spec/replicas', value: 1 },
        { op: 'add', path: '/metadata/labels/app.kubernetes.io~1part-of', value: 'shop' },
        { op: 'remove', path: '/metadata/labels/app' },
        { op: 'add', path: '/spec/paused', value: true },
        { op: 'remove', path: '/status' },
        { op: 'add', path: '/metadata/managedFields', value: [] },
      ]),
    ).toEqual([
      { path: 'spec.replicas', action: 'set', observed: 1, desired: 3, verdict: 'differs' },
      {
        path: 'metadata.labels.app.kubernetes.io/part-of',
        action: 'set',
        observed: 'shop',
        desired: 'shop',
        verdict: 'equals_desired',
      },
      { path: 'metadata.labels.app', action: 'remove', desired: 'web', verdict: 'differs' },
      { path: 'spec.paused', action: 'set', observed: true, verdict: 'not_in_desired' },
    ]);
  });

  const image = '/spec/template/spec/containers/1/image';
  const replace = [{ op: 'replace', path: image, value: 'registry.example/web:evil' }];

  it('turns a position in the cluster into that in code by the answer', () => {
    expect(patchChanges(replace, { responseObject: after })).toEqual([
      {
        path: 'spec.template.spec.containers[0].image',
        action: 'set',
        observed: 'registry.example/web:evil',
        desired: 'registry.example/web:1.4.2',
        verdict: 'differs',
      },
    ]);
  });

  it('guesses no position where there is no answer', () => {
    expect(patchChanges(replace)).toEqual([
      {
        path: 'spec.template.spec.containers[1].image',
        action: 'set',
        observed: 'registry.example/web:evil',
        verdict: 'unknown',
      },
    ]);
  });

  it('adds an element that code does not have, and one that it has', () => {
    const path = '/spec/template/spec/containers/-';
    const sidecar = { name: 'miner', image: 'miner' };
    expect(patchChanges([{ op: 'add', path, value: sidecar }])).toEqual([
      {
        path: 'spec.template.spec.containers',
        action: 'add',
        observed: sidecar,
        verdict: 'not_in_desired',
      },
    ]);
    const own = { name: 'proxy', image: 'registry.example/proxy:2.0' };
    expect(
      patchChanges([{ op: 'add', path, value: own }]).map(({ path: at, verdict }) => [at, verdict]),
    ).toEqual([
      ['spec.template.spec.containers[1].name', 'equals_desired'],
      ['spec.template.spec.containers[1].image', 'equals_desired'],
    ]);
  });

  it('tells an element that is gone by what is left in the answer', () => {
    const patch = [{ op: 'remove', path: '/spec/template/spec/containers/0' }];
    const containers = [{ name: 'web', image: 'registry.example/web:1.4.2' }];
    const responseObject = { kind: 'Deployment', spec: { template: { spec: { containers } } } };
    expect(patchChanges(patch, { responseObject })).toMatchObject([
      { path: 'spec.template.spec.containers', action: 'remove', verdict: 'differs' },
    ]);
    expect(patchChanges(patch)).toEqual([
      { path: 'spec.template.spec.containers', action: 'set', verdict: 'unknown' },
    ]);
  });

  it('tells the place alone of what it copies and moves', () => {
    const changes = patchChanges([
      { op: 'move', from: '/metadata/labels/app', path: '/metadata/labels/name' },
    ]);
    expect(changes.map(({ path, action, verdict }) => [path, action, verdict])).toEqual([
      ['metadata.labels.app', 'remove', 'differs'],
      ['metadata.labels', 'set', 'unknown'],
    ]);
  });
});

describe('a whole object', () => {
  const defaulted = {
    ...WEB,
    metadata: {
      ...(WEB['metadata'] as object),
      uid: 'u',
      resourceVersion: '9',
      creationTimestamp: null,
    },
    spec: {
      ...(WEB['spec'] as object),
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' },
      },
    },
    status: { replicas: 3 },
  };
  const put = { verb: 'update', requestObject: defaulted };

  it('has what code says, with the defaults of the server', () => {
    const changes = changesOf(kubernetesEventWith(put));
    expect(changes).toContainEqual({
      path: 'spec.replicas',
      action: 'set',
      observed: 3,
      desired: 3,
      verdict: 'equals_desired',
    });
    expect(changes.filter(({ verdict }) => verdict !== 'equals_desired')).toEqual([]);
  });

  it('tells what is otherwise, beyond code, and gone', () => {
    const spec = {
      ...defaulted.spec,
      replicas: 1,
      selector: undefined,
      template: {
        metadata: { labels: { app: 'web', debug: 'yes' } },
        spec: {
          hostNetwork: true,
          containers: [
            { name: 'web', image: 'registry.example/web:1.4.2', imagePullPolicy: 'Always' },
            { name: 'miner', image: 'miner' },
          ],
        },
      },
    };
    const changes = changesOf(
      kubernetesEventWith({ verb: 'update', requestObject: { ...defaulted, spec } }),
    );
    const drift = changes.filter(({ verdict }) => verdict !== 'equals_desired');
    expect(drift.map(({ path, action, verdict }) => [path, action, verdict])).toEqual([
      ['spec.replicas', 'set', 'differs'],
      ['spec.template.metadata.labels.debug', 'set', 'not_in_desired'],
      ['spec.template.spec.hostNetwork', 'set', 'not_in_desired'],
      ['spec.template.spec.containers[0].ports', 'remove', 'differs'],
      ['spec.template.spec.containers[0].env', 'remove', 'differs'],
      ['spec.template.spec.containers[0].resources', 'remove', 'differs'],
      ['spec.template.spec.containers', 'add', 'not_in_desired'],
      ['spec.template.spec.containers', 'remove', 'differs'],
      ['spec.selector', 'remove', 'differs'],
    ]);
  });

  it('leaves to others what an apply does not name', () => {
    const requestObject = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { replicas: 5 },
    };
    expect(patchChanges(requestObject)).toEqual([
      { path: 'spec.replicas', action: 'set', observed: 5, desired: 3, verdict: 'differs' },
    ]);
  });
});

it('is empty where the record carries no body', () => {
  expect(changesOf(kubernetesEventWith({ requestObject: undefined, level: 'Metadata' }))).toEqual(
    [],
  );
});

it('reads the manifest inside kubernetes_manifest', () => {
  const owner = { ...webResource, type: 'kubernetes_manifest', attributes: { manifest: WEB } };
  expect(patchChanges({ spec: { replicas: 1 } }, {}, owner)).toMatchObject([
    { path: 'manifest.spec.replicas', desired: 3, verdict: 'differs' },
  ]);
});
