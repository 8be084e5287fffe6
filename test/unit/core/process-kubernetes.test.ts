import { describe, expect, it } from 'vitest';
import { processEvent } from '../../../src/core/process-event.ts';
import type { DesiredResource } from '../../../src/core/model/desired-resource.ts';
import type { ProcessedEvent } from '../../../src/core/model/processed-event.ts';
import { kubernetesEventWith } from '../../support/kubernetes-records.ts';
import { desiredResource, secretHash, webResource } from './detect/objects/owned-object.ts';
import { contextOf } from './sample-context.ts';

const object = (
  kind: string,
  identity: string,
  labels: Readonly<Record<string, string>> = {},
): DesiredResource =>
  desiredResource(
    identity,
    { apiVersion: 'v1', kind, metadata: { name: 'x', labels } },
    { type: `kubernetes_${kind.toLowerCase()}` },
  );

const process = (
  fields: Readonly<Record<string, unknown>>,
  owned: readonly DesiredResource[] = [webResource],
  trustedPrincipals: readonly string[] = [],
): ProcessedEvent =>
  processEvent(kubernetesEventWith(fields), contextOf(owned, { secretHash, trustedPrincipals }));

const told = ({ outcome, reason, candidates }: ProcessedEvent) => [
  outcome,
  reason,
  ...candidates.map(({ kind, resource }) => `${kind} ${resource.identity}`),
];

const web = 'kubernetes:apps/deployments/shop/web';
const reference = (resource: string, fields = {}) => ({ resource, namespace: 'shop', ...fields });

describe('an act on an object that code owns', () => {
  it('is a candidate with address, change and a sentence', () => {
    const { candidates } = process({});
    expect(candidates).toMatchObject([
      {
        kind: 'changed',
        matched_by: 'stated',
        resource: {
          key: webResource.key,
          address: 'apps/deployments/shop/web',
          account: 'prod-eu',
        },
        changes: [{ path: 'spec.replicas', observed: 1, desired: 3, verdict: 'differs' }],
        actor: { class: 'cli_sdk', principal: 'erin@example.com' },
        summary:
          'erin@example.com changed spec.replicas of apps/deployments/shop/web (prod) through a command line or SDK: deployments.patch',
      },
    ]);
  });

  it('restores where it sets what code says', () => {
    expect(told(process({ requestObject: { spec: { replicas: 3 } } }))).toEqual([
      'candidate',
      'outside_code',
      `restored ${web}`,
    ]);
  });

  it('restores with the whole object, and changes where it makes it anew', () => {
    const whole = { requestObject: webResource.attributes };
    expect(told(process({ verb: 'update', ...whole })).at(-1)).toBe(`restored ${web}`);
    const objectRef = reference('deployments', { apiGroup: 'apps' });
    const made = { verb: 'create', objectRef, responseStatus: { code: 201 }, ...whole };
    expect(told(process(made)).at(-1)).toBe(`changed ${web}`);
    const other = { ...webResource.attributes, spec: { replicas: 9 } };
    expect(told(process({ ...made, requestObject: other })).at(-1)).toBe(`changed ${web}`);
  });

  it('is a candidate without a diff where the log carries no body', () => {
    const { candidates } = process({ level: 'Metadata', requestObject: undefined });
    expect(candidates).toMatchObject([{ kind: 'changed', changes: [] }]);
  });

  it('deletes', () => {
    const requestObject = { kind: 'DeleteOptions', propagationPolicy: 'Foreground' };
    const { candidates } = process({ verb: 'delete', requestObject });
    expect(candidates).toMatchObject([{ kind: 'deleted', changes: [] }]);
  });

  it('is found under a group that served the object before', () => {
    const objectRef = { ...reference('deployments', { name: 'web' }), apiGroup: 'extensions' };
    expect(told(process({ objectRef })).at(-1)).toBe(`changed ${web}`);
  });

  it('is found for a custom resource, and for Terraform', () => {
    const certificate = object('Certificate', 'kubernetes:cert-manager.io/certificates/shop/tls');
    const objectRef = reference('certificates', { apiGroup: 'cert-manager.io', name: 'tls' });
    const requestObject = { spec: { dnsNames: ['evil.example'] } };
    expect(told(process({ objectRef, requestObject }, [certificate])).at(-1)).toBe(
      'changed kubernetes:cert-manager.io/certificates/shop/tls',
    );
  });

  it('is not found in another cluster, and is in any where code names none', () => {
    expect(told(process({ cluster: 'prod-us' }))).toEqual(['unresolved', 'no_desired_resource']);
    const { account: _account, ...anywhere } = webResource;
    expect(told(process({ cluster: 'prod-us' }, [anywhere])).at(-1)).toBe(`changed ${web}`);
    expect(told(process({ cluster: undefined })).at(-1)).toBe(`changed ${web}`);
  });
});

describe('what is no drift', () => {
  it.each([
    [{ verb: 'get' }, 'read', 'read_only'],
    [{ requestURI: '/apis/apps/v1/x?dryRun=All' }, 'read', 'read_only'],
    [{ stage: 'RequestReceived', responseStatus: undefined }, 'runtime', 'record_type'],
    [{ stage: 'ResponseStarted' }, 'runtime', 'record_type'],
    [{ stage: 'Panic' }, 'failed', 'call_failed'],
    [{ responseStatus: { code: 422 } }, 'failed', 'call_failed'],
    [
      { verb: 'update', objectRef: reference('leases', { apiGroup: 'coordination.k8s.io' }) },
      'runtime',
      'runtime_operation',
    ],
    [
      {
        objectRef: reference('deployments', {
          apiGroup: 'apps',
          name: 'web',
          subresource: 'status',
        }),
      },
      'runtime',
      'runtime_operation',
    ],
    [
      { verb: 'create', objectRef: reference('pods', { name: 'p', subresource: 'exec' }) },
      'runtime',
      'runtime_operation',
    ],
    [
      { verb: 'create', objectRef: reference('pods', { name: 'p', subresource: 'eviction' }) },
      'runtime',
      'runtime_operation',
    ],
    [
      {
        verb: 'create',
        objectRef: { resource: 'tokenreviews', apiGroup: 'authentication.k8s.io' },
      },
      'runtime',
      'runtime_operation',
    ],
    [{ verb: 'create', objectRef: reference('events') }, 'runtime', 'runtime_operation'],
    [{ verb: 'post', objectRef: undefined }, 'runtime', 'runtime_operation'],
    [
      {
        requestObject: {
          metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' } },
          status: { replicas: 3 },
        },
      },
      'runtime',
      'server_parts',
    ],
    [
      { requestObject: [{ op: 'replace', path: '/metadata/managedFields', value: [{}] }] },
      'runtime',
      'server_parts',
    ],
  ])('%j', (fields, outcome, reason) => {
    expect(told(process(fields))).toEqual([outcome, reason]);
  });
});

describe('a deletion of many', () => {
  const pods = [
    object('Pod', 'kubernetes:core/pods/shop/a', { app: 'web' }),
    object('Pod', 'kubernetes:core/pods/shop/b', { app: 'db' }),
    object('Pod', 'kubernetes:core/pods/other/c', { app: 'web' }),
    object('Service', 'kubernetes:core/services/shop/a', { app: 'web' }),
  ];
  const call = (query: string, fields = {}) =>
    told(
      process(
        {
          verb: 'deletecollection',
          objectRef: reference('pods'),
          requestURI: `/api/v1/namespaces/shop/pods${query}`,
          requestObject: undefined,
          ...fields,
        },
        pods,
      ),
    ).slice(1);

  it('touches all of its kind in the namespace, or those with the labels', () => {
    const a = 'deleted kubernetes:core/pods/shop/a';
    const b = 'deleted kubernetes:core/pods/shop/b';
    expect(call('')).toEqual(['outside_code', a, b]);
    expect(call('?labelSelector=app%3Dweb')).toEqual(['outside_code', a]);
    expect(call('?labelSelector=app+in+%28db%2Ccache%29')).toEqual(['outside_code', b]);
    expect(call('?labelSelector=%21app')).toEqual(['no_identity']);
    expect(call('?fieldSelector=metadata.name%3Db')).toEqual(['outside_code', b]);
  });

  it('is what the answer lists', () => {
    const responseObject = {
      kind: 'PodList',
      items: [{ metadata: { name: 'b', namespace: 'shop' } }],
    };
    expect(call('', { responseObject })).toEqual([
      'outside_code',
      'deleted kubernetes:core/pods/shop/b',
    ]);
  });

  it('is unresolved where what it selects cannot be told', () => {
    expect(call('?fieldSelector=status.phase%3DFailed')).toEqual(['no_identity']);
    expect(call('?labelSelector=%28%28')).toEqual(['no_identity']);
    expect(call('', { requestURI: undefined })).toEqual(['no_identity']);
  });

  it('comes with the deletion of a namespace', () => {
    const namespace = object('Namespace', 'kubernetes:core/namespaces//shop');
    const objectRef = { resource: 'namespaces', namespace: 'shop', name: 'shop' };
    const { candidates } = process({ verb: 'delete', objectRef, requestObject: undefined }, [
      namespace,
      ...pods,
    ]);
    expect(candidates.map(({ kind, resource }) => `${kind} ${resource.identity}`)).toEqual([
      'deleted kubernetes:core/namespaces//shop',
      'deleted kubernetes:core/pods/shop/a',
      'deleted kubernetes:core/pods/shop/b',
      'deleted kubernetes:core/services/shop/a',
    ]);
  });
});

describe('an object that code does not own', () => {
  const create = (fields = {}) => ({
    verb: 'create',
    responseStatus: { code: 201 },
    objectRef: reference('configmaps', { name: 'own' }),
    requestObject: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'own', labels: { app: 'own' } },
      data: { DB_PASSWORD: 'hunter2', color: 'red' },
    },
    ...fields,
  });

  it('is unmanaged in a namespace that code covers, with what it was made with', () => {
    const [candidate] = process(create()).candidates;
    expect(candidate).toMatchObject({
      kind: 'unmanaged',
      resource: { type: 'kubernetes_config_map', identity: 'kubernetes:core/configmaps/shop/own' },
    });
    expect(candidate?.changes.map(({ path, verdict }) => [path, verdict])).toEqual([
      ['metadata', 'not_in_desired'],
      ['data', 'not_in_desired'],
    ]);
    expect(JSON.stringify(candidate)).not.toContain('hunter2');
    expect(JSON.stringify(candidate)).toContain('red');
  });

  it('is unresolved in a namespace that code does not cover', () => {
    const objectRef = { resource: 'configmaps', namespace: 'playground', name: 'own' };
    expect(told(process(create({ objectRef })))).toEqual(['unresolved', 'no_desired_resource']);
  });

  it('is unmanaged in the cluster where code owns anything in it', () => {
    const objectRef = {
      resource: 'clusterrolebindings',
      apiGroup: 'rbac.authorization.k8s.io',
      name: 'backdoor',
    };
    const [candidate] = process(create({ objectRef })).candidates;
    expect(candidate).toMatchObject({
      kind: 'unmanaged',
      resource: { type: 'kubernetes_cluster_role_binding' },
    });
    expect(process(create({ objectRef, cluster: 'prod-us' })).outcome).toBe('unresolved');
  });

  it('is unmanaged where an apply makes it, under the name that the server gave it', () => {
    const objectRef = reference('jobs', { apiGroup: 'batch' });
    const responseObject = { kind: 'Job', metadata: { name: 'run-x7k2p' } };
    expect(told(process(create({ objectRef, responseObject }))).at(-1)).toBe(
      'unmanaged kubernetes:batch/jobs/shop/run-x7k2p',
    );
    const applied = create({ verb: 'patch', objectRef: reference('configmaps', { name: 'own' }) });
    expect(told(process(applied)).at(-1)).toBe('unmanaged kubernetes:core/configmaps/shop/own');
  });

  it('shows no value of a Secret', () => {
    const objectRef = reference('secrets', { name: 'own' });
    const requestObject = { kind: 'Secret', stringData: { password: 'hunter2' } };
    const text = JSON.stringify(process(create({ objectRef, requestObject })).candidates);
    expect(text).toContain('$redacted');
    expect(text).not.toContain('hunter2');
    expect(text).not.toContain('aHVudGVyMg==');
  });
});
