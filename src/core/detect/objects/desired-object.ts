import type { DesiredResource } from '../../model/desired-resource.ts';
import { isJsonObject, ownValue, type JsonObject, type JsonValue } from '../../model/json.ts';

/** The object that a desired resource says should exist, and how it is written. */
export interface DesiredObject {
  readonly value: JsonObject;
  /** Where the object is in the resource's attributes; empty for these themselves. */
  readonly path: string;
  /** In blocks of Terraform's own, with everything that code may say. */
  readonly terraform: boolean;
}

const isManifest = (value: JsonValue | undefined): boolean =>
  ['apiVersion', 'api_version'].some((name) => ownValue(value, name) !== undefined) &&
  ownValue(value, 'kind') !== undefined;

/** Undefined where the resource holds it in a form that is not read here, such as the YAML text of `kubectl_manifest`. */
export const desiredObject = ({ type, attributes }: DesiredResource): DesiredObject | undefined => {
  const manifest = ownValue(attributes, 'manifest');
  const value = ownValue(manifest, 'value');
  if (isManifest(value) && isJsonObject(value)) {
    return { value, path: 'manifest.value', terraform: false };
  }
  if (isManifest(manifest) && isJsonObject(manifest)) {
    return { value: manifest, path: 'manifest', terraform: false };
  }
  if (type === 'kubectl_manifest') return undefined;
  return { value: attributes, path: '', terraform: !isManifest(attributes) };
};

/** The labels of a desired object; undefined where they cannot be told. */
export const desiredLabels = (owner: DesiredResource): JsonObject | undefined => {
  const object = desiredObject(owner);
  if (object === undefined) return undefined;
  const metadata = ownValue(object.value, 'metadata');
  const block = Array.isArray(metadata) ? (metadata[0] as JsonValue | undefined) : metadata;
  const labels = ownValue(block, 'labels');
  return isJsonObject(labels) ? labels : {};
};
