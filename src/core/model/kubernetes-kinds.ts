import type { KubernetesKindRow } from './format-tables.ts';
import { snakeCase } from './snake-case.ts';

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
 * The resource type of a kind: for kinds of Kubernetes itself Terraform's, `kubernetes_config_map`; for others the
 * name of their definition, `certificates.cert-manager.io`.
 */
export const kubernetesType = ({ group, kind, plural }: ServedKind): string =>
  !group.includes('.') || group.endsWith('.k8s.io')
    ? `kubernetes_${snakeCase(kind)}`
    : `${plural}.${group}`;

/** The kind by the resource in a call, such as `deployments`, in the group that serves it now; undefined without a row. */
export const kindOfResource = (
  group: string,
  plural: string,
  kinds: KubernetesKinds,
): ServedKind | undefined => {
  const { byResource } = indexOf(kinds);
  return byResource.get(resourceKey(plural, group));
};

/** The kind that a Terraform type is about, by its name without version: `configmap` of `kubernetes_config_map_v1`. */
export const kindOfTerraformName = (name: string, kinds: KubernetesKinds): ServedKind | undefined =>
  indexOf(kinds).byTerraformName.get(name);

const resourceKey = (plural: string, group: string): string => `${group}/${plural}`;

interface KindIndex {
  /** Group that serves now, by kind and former group. */
  readonly former: ReadonlyMap<string, string>;
  /** By the kind in lower case, as the name of a Terraform type has it. */
  readonly byTerraformName: ReadonlyMap<string, ServedKind>;
  /** By group and plural, the former groups too. */
  readonly byResource: ReadonlyMap<string, ServedKind>;
}

const indices = new WeakMap<KubernetesKinds, KindIndex>();

const indexOf = (kinds: KubernetesKinds): KindIndex => {
  const known = indices.get(kinds);
  if (known !== undefined) return known;
  const rows = Object.entries(kinds).map(([key, row]) => {
    const dot = key.indexOf('.');
    const [kind, group] = dot === -1 ? [key, ''] : [key.slice(0, dot), key.slice(dot + 1)];
    const served: ServedKind = {
      group,
      kind,
      plural: row.plural ?? pluralOf(kind),
      cluster: row.cluster ?? false,
      known: true,
    };
    return { served, groups: [group, ...(row.formerly ?? [])] };
  });
  const made: KindIndex = {
    former: new Map(
      rows.flatMap(({ served: { kind, group }, groups }) =>
        groups.slice(1).map((old) => [kindKey(kind, old), group] as const),
      ),
    ),
    byTerraformName: new Map(rows.map(({ served }) => [served.kind.toLowerCase(), served])),
    byResource: new Map(
      rows.flatMap(({ served, groups }) =>
        groups.map((group) => [resourceKey(served.plural, group), served] as const),
      ),
    ),
  };
  indices.set(kinds, made);
  return made;
};
