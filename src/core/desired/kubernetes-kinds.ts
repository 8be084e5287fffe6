import type { KubernetesKindRow } from '../model/format-tables.ts';
import { isJsonObject, ownString, ownValue, type JsonObject } from '../model/json.ts';

export type KubernetesKinds = Readonly<Record<string, KubernetesKindRow>>;

/** A kind as the API server serves it. */
export interface ServedKind {
  /** Empty for the core group. */
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly cluster: boolean;
  /** False where rules made plural and scope. */
  readonly known: boolean;
}

/** The row's key: `Deployment.apps`, or `Pod` for the core group. */
export const kindKey = (kind: string, group: string): string =>
  group === '' ? kind : `${kind}.${group}`;

/** `apps` of `apps/v1`, nothing of `v1`. */
export const groupOf = (apiVersion: string): string => {
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? '' : apiVersion.slice(0, slash);
};

export const servedKind = (
  apiVersion: string,
  kind: string,
  kinds: KubernetesKinds,
): ServedKind => {
  const group = currentGroup(groupOf(apiVersion), kind, kinds);
  const key = kindKey(kind, group);
  const row = Object.hasOwn(kinds, key) ? kinds[key] : undefined;
  return {
    group,
    kind,
    plural: row?.plural ?? pluralOf(kind),
    cluster: row?.cluster ?? false,
    known: row !== undefined,
  };
};

/** The group that serves now what `extensions` did. */
const currentGroup = (group: string, kind: string, kinds: KubernetesKinds): string => {
  if (Object.hasOwn(kinds, kindKey(kind, group))) return group;
  const moved = indexOf(kinds).former.get(kindKey(kind, group));
  return moved ?? group;
};

/** As English and `kubectl` make it: `ingresses`, `networkpolicies`, `gateways`. */
const pluralOf = (kind: string): string => {
  const name = kind.toLowerCase();
  if (/(s|x|z|ch|sh)$/.test(name)) return `${name}es`;
  return /[^aeiou]y$/.test(name) ? `${name.slice(0, -1)}ies` : `${name}s`;
};

/**
 * The identity of an object: `kubernetes:<group>/<resource>/<namespace>/<name>`, the group without version and `core`
 * for the core group, the namespace empty for what belongs to the cluster. The cluster is the resource's account.
 */
export const kubernetesIdentity = (
  { group, plural, cluster }: ServedKind,
  namespace: string,
  name: string,
): string =>
  `kubernetes:${group === '' ? 'core' : group}/${plural}/${cluster ? '' : namespace}/${name}`;

/**
 * Identities of the objects that Terraform's Kubernetes providers make: `kubernetes_deployment_v1` by its metadata,
 * `kubernetes_manifest` and `kubectl_manifest` by their manifest.
 */
export const terraformKubernetesIdentities = (
  type: string,
  attributes: JsonObject,
  kinds: KubernetesKinds,
): readonly string[] => {
  if (type === 'kubectl_manifest') {
    const [apiVersion, kind] = [
      ownString(attributes, 'api_version'),
      ownString(attributes, 'kind'),
    ];
    return apiVersion === undefined || kind === undefined
      ? []
      : named(servedKind(apiVersion, kind, kinds), attributes);
  }
  if (type === 'kubernetes_manifest') return manifestIdentities(attributes, kinds);
  const kind = indexOf(kinds).byTerraformName.get(
    type
      .replace(/^kubernetes_/, '')
      .replace(/_v\d+((alpha|beta)\d+)?$/, '')
      .replaceAll('_', ''),
  );
  const metadata = ownValue(attributes, 'metadata');
  const first = Array.isArray(metadata) ? (metadata as readonly JsonObject[])[0] : metadata;
  return kind === undefined || !isJsonObject(first) ? [] : named(kind, first);
};

const manifestIdentities = (attributes: JsonObject, kinds: KubernetesKinds): readonly string[] => {
  const manifest = ownValue(attributes, 'manifest');
  // A dynamic attribute stands in a state as its value and its type.
  const inner = ownValue(manifest, 'value') ?? manifest;
  const [apiVersion, kind] = [ownString(inner, 'apiVersion'), ownString(inner, 'kind')];
  const metadata = ownValue(inner, 'metadata');
  return apiVersion === undefined || kind === undefined || !isJsonObject(metadata)
    ? []
    : named(servedKind(apiVersion, kind, kinds), metadata);
};

const named = (kind: ServedKind, metadata: JsonObject): readonly string[] => {
  const name = ownString(metadata, 'name');
  const namespace = ownString(metadata, 'namespace') ?? 'default';
  return name === undefined ? [] : [kubernetesIdentity(kind, namespace, name)];
};

interface KindIndex {
  /** Group that serves now, by kind and former group. */
  readonly former: ReadonlyMap<string, string>;
  /** By the kind in lower case, as the name of a Terraform type has it. */
  readonly byTerraformName: ReadonlyMap<string, ServedKind>;
}

const indices = new WeakMap<KubernetesKinds, KindIndex>();

const indexOf = (kinds: KubernetesKinds): KindIndex => {
  const known = indices.get(kinds);
  if (known !== undefined) return known;
  const rows = Object.entries(kinds).map(([key, row]) => {
    const dot = key.indexOf('.');
    const [kind, group] = dot === -1 ? [key, ''] : [key.slice(0, dot), key.slice(dot + 1)];
    return { kind, group, row };
  });
  const made: KindIndex = {
    former: new Map(
      rows.flatMap(({ kind, group, row }) =>
        (row.formerly ?? []).map((old) => [kindKey(kind, old), group] as const),
      ),
    ),
    byTerraformName: new Map(
      rows.map(({ kind, group, row }) => [
        kind.toLowerCase(),
        {
          group,
          kind,
          plural: row.plural ?? pluralOf(kind),
          cluster: row.cluster ?? false,
          known: true,
        },
      ]),
    ),
  };
  indices.set(kinds, made);
  return made;
};
