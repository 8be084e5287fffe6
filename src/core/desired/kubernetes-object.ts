import { base64 } from '../model/base64.ts';
import {
  isJsonObject,
  ownString,
  ownValue,
  type JsonObject,
  type JsonValue,
} from '../model/json.ts';
import { isRedacted, redactedValue, type SecretHash } from '../model/redacted-value.ts';
import type { FoundResource } from './found-resource.ts';
import { kubernetesType, type ServedKind } from '../model/kubernetes-kinds.ts';
import { objectIdentity } from '../model/object-reference.ts';
import type { SecretPath } from './secret-paths.ts';

export interface ObjectPlace {
  readonly namespace: string;
  /** The name of the cluster. */
  readonly cluster?: string | undefined;
  readonly secretHash: SecretHash | undefined;
}

/** An object of a cluster as a resource, but for its address. */
export const kubernetesResource = (
  object: JsonObject,
  served: ServedKind,
  { namespace, cluster, secretHash }: ObjectPlace,
): Omit<FoundResource, 'address' | 'configuration'> => {
  const metadata = ownValue(object, 'metadata');
  const name = ownString(metadata, 'name') ?? '';
  const mark = ownershipMark(metadata);
  return {
    type: kubernetesType(served),
    provider: 'kubernetes',
    ...(mark === undefined ? {} : { module: mark, owner: mark }),
    attributes: declared(object, served, secretHash),
    sensitivePaths: secretPaths(served),
    identities: [
      objectIdentity(
        {
          group: served.group,
          resource: served.plural,
          namespace: served.cluster ? undefined : namespace,
        },
        name,
      ),
    ],
    ...(cluster === undefined ? {} : { scope: { account: cluster } }),
  };
};

/**
 * Who applies the object, as its tool marks it: `argocd:<application>` (annotation `argocd.argoproj.io/tracking-id`
 * `app:group/Kind:ns/name`, or label `argocd.argoproj.io/instance`), `flux:<namespace>/<name>` of the Kustomization or
 * HelmRelease, `helm:<namespace>/<release>`. The outer tool comes first: Argo CD and Flux render Helm charts too.
 */
const ownershipMark = (metadata: JsonValue | undefined): string | undefined => {
  const annotations = ownValue(metadata, 'annotations');
  const labels = ownValue(metadata, 'labels');
  const tracked = ownString(annotations, 'argocd.argoproj.io/tracking-id')?.split(':')[0];
  const application = tracked ?? ownString(labels, 'argocd.argoproj.io/instance');
  if (application !== undefined && application !== '') return `argocd:${application}`;
  for (const tool of ['kustomize', 'helm']) {
    const name = ownString(labels, `${tool}.toolkit.fluxcd.io/name`);
    const namespace = ownString(labels, `${tool}.toolkit.fluxcd.io/namespace`);
    if (name !== undefined) return `flux:${namespace ?? 'default'}/${name}`;
  }
  const release = ownString(annotations, 'meta.helm.sh/release-name');
  const namespace = ownString(annotations, 'meta.helm.sh/release-namespace');
  return release === undefined ? undefined : `helm:${namespace ?? 'default'}/${release}`;
};

/** What the API server writes into an object, which no code declares. */
const SERVER_FIELDS = new Set([
  ...['uid', 'resourceVersion', 'generation', 'creationTimestamp', 'managedFields', 'selfLink'],
  ...['deletionTimestamp', 'deletionGracePeriodSeconds'],
]);

/** The object applied last, with the secrets of a Secret in clear. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

const declared = (
  object: JsonObject,
  served: ServedKind,
  secretHash: SecretHash | undefined,
): JsonObject => {
  const { status: _status, ...rest } = object;
  const metadata = ownValue(object, 'metadata');
  const kept = isJsonObject(metadata) ? { ...rest, metadata: declaredMetadata(metadata) } : rest;
  return isSecret(served) ? withSecretData(kept, secretHash) : kept;
};

const declaredMetadata = (metadata: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(metadata).flatMap(([key, value]) => {
      if (SERVER_FIELDS.has(key)) return [];
      if (key !== 'annotations' || !isJsonObject(value)) return [[key, value] as const];
      const { [LAST_APPLIED]: _applied, ...annotations } = value;
      return [[key, annotations] as const];
    }),
  );

const isSecret = ({ group, kind }: ServedKind): boolean => group === '' && kind === 'Secret';

const secretPaths = (served: ServedKind): readonly SecretPath[] =>
  isSecret(served) ? [['data'], ['stringData']] : [];

/**
 * Each value of a Secret by itself, so that a change of one is told. `stringData` becomes `data` as the API server
 * makes it, so that the hash is that of the base64 text which an audit event would hold.
 */
const withSecretData = (object: JsonObject, hash: SecretHash | undefined): JsonObject => {
  const { data, stringData, ...rest } = object;
  if (data === undefined && stringData === undefined) return rest;
  // A tool has hidden all of it already.
  if (isRedacted(data)) return { ...rest, data };
  if (isRedacted(stringData)) return { ...rest, data: stringData };
  const members = [
    ...Object.entries(isJsonObject(data ?? null) ? (data as JsonObject) : {}),
    ...Object.entries(isJsonObject(stringData ?? null) ? (stringData as JsonObject) : {}).map(
      ([key, value]) => [key, typeof value === 'string' ? base64(value) : value] as const,
    ),
  ];
  const concealed = members.map(
    ([key, value]) => [key, isRedacted(value) ? value : redactedValue(value, hash)] as const,
  );
  return { ...rest, data: Object.fromEntries(concealed) };
};
