import { isJsonObject, ownString, ownValue, type JsonObject } from '../model/json.ts';
import {
  kindOfTerraformName,
  servedKind,
  type KubernetesKinds,
  type ServedKind,
} from '../model/kubernetes-kinds.ts';
import { objectIdentity } from '../model/object-reference.ts';

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
  const kind = kindOfTerraformName(
    type
      .replace(/^kubernetes_/, '')
      .replace(/_v\d+((alpha|beta)\d+)?$/, '')
      .replaceAll('_', ''),
    kinds,
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

const named = ({ group, plural, cluster }: ServedKind, metadata: JsonObject): readonly string[] => {
  const name = ownString(metadata, 'name');
  const namespace = ownString(metadata, 'namespace') ?? 'default';
  const reference = { group, resource: plural, namespace: cluster ? undefined : namespace };
  return name === undefined ? [] : [objectIdentity(reference, name)];
};
