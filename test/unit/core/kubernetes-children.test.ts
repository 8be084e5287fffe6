import { describe, expect, it } from 'vitest';
import { processEvent } from '../../../src/core/process-event.ts';
import { kubernetesEventWith } from '../../support/kubernetes-records.ts';
import { desiredResource, webResource } from './detect/objects/owned-object.ts';
import { contextOf } from './sample-context.ts';

const OPERATOR = { username: 'system:serviceaccount:operators:databases' };
const OWNER = {
  apiVersion: 'example.org/v1',
  kind: 'Database',
  name: 'orders',
  uid: '7d0f1a52-6f0c-4b58-9a35-0c1e3f2f4c11',
  controller: true,
};
const database = desiredResource('kubernetes:example.org/databases/shop/orders', {});
const tenant = desiredResource('kubernetes:example.org/tenants//shop', {});

const role = desiredResource('kubernetes:rbac.authorization.k8s.io/clusterroles//view', {});
const ingress = desiredResource('kubernetes:networking.k8s.io/ingresses/shop/front', {});

const outcomeOf = (
  ownerReference: object,
  user: object = OPERATOR,
  objectRef?: object,
  spec?: object,
): string => {
  const event = kubernetesEventWith({
    verb: 'create',
    user,
    userAgent: 'databases/1.0',
    responseStatus: { code: 201 },
    objectRef: objectRef ?? { resource: 'pods', namespace: 'shop', name: 'orders-0' },
    requestObject: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'orders-0', ownerReferences: [ownerReference] },
      ...(spec === undefined ? {} : { spec }),
    },
  });
  return processEvent(event, contextOf([webResource, database, tenant, role, ingress])).outcome;
};

describe('an object that says that another controls it', () => {
  it.each<[string, object]>([
    ['in its namespace', OWNER],
    ['of the cluster', { ...OWNER, kind: 'Tenant', name: 'shop' }],
  ])('is no drift where a service account makes it for what code owns %s', (_case, reference) => {
    expect(outcomeOf(reference)).toBe('unresolved');
  });

  it.each<[string, object]>([
    ['of the host', { hostPID: true }],
    ['of the host in a template', { template: { spec: { hostNetwork: true } } }],
    ['of a privileged container', { containers: [{ securityContext: { privileged: true } }] }],
    ['with a path of the host', { volumes: [{ name: 'root', hostPath: { path: '/' } }] }],
    [
      'with a capability to take the node',
      { initContainers: [{ securityContext: { capabilities: { add: ['SYS_ADMIN'] } } }] },
    ],
  ])('is drift where it is a pod %s, whatever of code it claims to belong to', (_case, spec) => {
    expect(outcomeOf(OWNER, OPERATOR, undefined, spec)).toBe('candidate');
  });

  it('is no drift with what any pod may have', () => {
    const securityContext = { privileged: false, capabilities: { add: ['NET_BIND_SERVICE'] } };
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'orders' } }];
    const spec = { hostPID: false, containers: [{ securityContext }], volumes };
    expect(outcomeOf(OWNER, OPERATOR, undefined, spec)).toBe('unresolved');
  });

  it.each<[string, object, object?]>([
    ['what controls it is not of code', { ...OWNER, name: 'made-up' }],
    ['it names nothing', {}],
    ['it is only owned, not controlled', { ...OWNER, controller: false }],
    [
      'controllers of Kubernetes itself would make it',
      { ...OWNER, apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    ],
    [
      'a role of code is said to control it',
      { ...OWNER, apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'view' },
    ],
    [
      'an ingress of code is said to control it',
      { ...OWNER, apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', name: 'front' },
    ],
    ['a person makes it', OWNER, { username: 'erin@example.com' }],
  ])('is unmanaged where %s', (_case, reference, user) => {
    expect(outcomeOf(reference, user)).toBe('candidate');
  });

  it.each([
    ['rbac.authorization.k8s.io', 'rolebindings'],
    ['admissionregistration.k8s.io', 'validatingwebhookconfigurations'],
  ])('is unmanaged where it gives rights: %s %s', (apiGroup, resource) => {
    const objectRef = { apiGroup, resource, namespace: 'shop', name: 'orders-0' };
    expect(outcomeOf(OWNER, OPERATOR, objectRef)).toBe('candidate');
  });
});
