import { isArn, typedIdentity } from '../model/identity.ts';
import { ownString, type JsonObject, type JsonValue } from '../model/json.ts';
import { compileTemplate, expandTemplate } from '../model/path-template.ts';
import type { ResourceTypeTable } from '../model/provider-tables.ts';
import { pathIdentity } from '../model/resource-path.ts';
import type { KubernetesKinds } from '../model/kubernetes-kinds.ts';
import { terraformKubernetesIdentities } from './terraform-kubernetes.ts';

/** Identity values that one template makes of a resource: a rule has one for each of its sources. */
const MAX_VALUES = 200;

export interface IdentitySource {
  readonly type: string;
  /** Attributes after redaction, so that no secret becomes an identity. */
  readonly attributes: JsonObject;
  /** The state's own `identity` object (Terraform 1.12 and later). */
  readonly identity?: JsonValue | undefined;
}

/** All keys that denote the resource, each once, the most exact first. Empty where the state gives it no id. */
export const identitiesOf = (
  source: IdentitySource,
  table: ResourceTypeTable,
  kinds: KubernetesKinds = {},
): readonly string[] => {
  const row = Object.hasOwn(table, source.type) ? table[source.type] : undefined;
  const type = row?.sameAs ?? source.type;
  const shared = Object.hasOwn(table, type) ? table[type] : undefined;
  const templates = row?.identities ?? shared?.identities ?? [];
  const id = ownString(source.attributes, 'id');
  const values = [
    ...(id === undefined ? [] : [id]),
    ...templates.flatMap((template) =>
      expandTemplate(compileTemplate(template), source.attributes, MAX_VALUES).map(
        ({ text }) => text,
      ),
    ),
    ...identityValues(source.identity),
  ];
  const names = ['arn', 'self_link'].flatMap((name) => ownString(source.attributes, name) ?? []);
  return [
    ...new Set([
      ...[...names, ...values].flatMap(globalIdentity),
      ...values.map((value) => typedIdentity(type, value)),
      ...(/^kube(rnetes|ctl)_/.test(type)
        ? terraformKubernetesIdentities(type, source.attributes, kinds)
        : []),
    ]),
  ];
};

/**
 * Identities of values that denote a resource whatever its type: an ARN as it is, and as `id:<value>` an AWS id
 * (`sg-0a1b2c3d`), an ARM id in lower case, the path of a Google self link without host and version.
 */
const globalIdentity = (value: string): readonly string[] => {
  if (isArn(value)) return [value];
  if (/^[a-z]+(?:-[a-z]+)*-(?=[a-zA-Z]*\d)[0-9a-zA-Z]{8,}$/.test(value))
    return [typedIdentity('id', value)];
  const path = pathIdentity(value);
  return path === undefined ? [] : [path];
};

/** An `arn`, `id` or `name`; or the only value that is left beside account and region. */
const identityValues = (identity: JsonValue | undefined): readonly string[] => {
  const named = ['arn', 'id', 'name'].flatMap((name) => ownString(identity, name) ?? []);
  if (named.length > 0) return named;
  const rest = Object.entries(
    typeof identity === 'object' && identity !== null ? identity : {},
  ).filter(
    ([key, value]) =>
      !['account_id', 'region', 'project', 'location'].includes(key) && value !== null,
  );
  const only = rest.length === 1 ? rest[0]?.[1] : undefined;
  return typeof only === 'string' && only !== '' ? [only] : [];
};
