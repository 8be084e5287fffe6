import { readFileSync } from 'node:fs';
import { sharedData } from './shared-data.ts';

const KINDS: Readonly<Record<string, readonly [apiVersion: string, kind: string]>> = {
  namespaces: ['v1', 'Namespace'],
  configmaps: ['v1', 'ConfigMap'],
  secrets: ['v1', 'Secret'],
  services: ['v1', 'Service'],
  serviceaccounts: ['v1', 'ServiceAccount'],
  deployments: ['apps/v1', 'Deployment'],
  clusterroles: ['rbac.authorization.k8s.io/v1', 'ClusterRole'],
  clusterrolebindings: ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'],
};

export const FALCO_EVENTS = sharedData('events/falco-k8s-audit.k8s.ndjson');

interface FalcoEvent {
  readonly auditID: string;
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef: {
    readonly resource: string;
    readonly namespace?: string;
    readonly name?: string;
  };
}

export const falcoEvents = (): readonly FalcoEvent[] =>
  readFileSync(FALCO_EVENTS, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as FalcoEvent);

/** The address that a manifest of the object has; undefined for objects that no code would have. */
export const falcoAddress = ({ objectRef }: FalcoEvent): string | undefined => {
  const { resource, namespace, name } = objectRef;
  const found = KINDS[resource];
  if (found === undefined || name === undefined) return undefined;
  const group = found[0].includes('/') ? `.${found[0].split('/')[0]}` : '';
  const isOfCluster = resource === 'namespaces' || resource.startsWith('cluster');
  return [`${resource}${group}`, ...(isOfCluster ? [] : [namespace]), name].join('/');
};

/** Manifests, as JSON, of the objects that people made or changed in the events: what code would have of them. */
export const falcoManifests = (): string => {
  const objects = new Map<string, object>();
  for (const event of falcoEvents()) {
    const address = falcoAddress(event);
    const [apiVersion, kind] = KINDS[event.objectRef.resource] ?? [];
    if (address === undefined || event.user.username.startsWith('system:serviceaccount:')) continue;
    const { name, namespace } = event.objectRef;
    const place = address.split('/').length === 3 ? { namespace } : {};
    objects.set(address, { apiVersion, kind, metadata: { name, ...place } });
  }
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [...objects.values()] });
};
