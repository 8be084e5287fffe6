import type { DesiredResource } from '../model/desired-resource.ts';
import type { Scope } from '../model/identity.ts';
import type { JsonObject, JsonValue } from '../model/json.ts';
import { collectionsOf } from '../model/object-reference.ts';
import type { ResourceTypeTable } from '../model/provider-tables.ts';
import type { SecretHash } from '../model/redacted-value.ts';
import {
  stateFailed,
  type SkippedEntries,
  type StateContext,
  type StateFormat,
  type StateResult,
} from './desired-state.ts';
import { identitiesOf } from './identities.ts';
import { isDeeperThan, MAX_ATTRIBUTE_DEPTH, redactAttributes } from './redact.ts';
import { ownScope } from './resource-scope.ts';
import { SECRET_ATTRIBUTES } from './secret-names.ts';
import { parseAttributePath, type SecretPath } from './secret-paths.ts';

/** A resource as a reader finds it in its format, secrets still in clear. */
export interface FoundResource {
  readonly address: string;
  /** Where it is in the file, for failures; default the address. */
  readonly position?: string;
  readonly type: string;
  readonly module?: string;
  readonly provider: string;
  readonly providerSource?: string;
  /** What resources of one account share, such as the provider configuration with module and alias. */
  readonly configuration: string;
  readonly attributes: JsonObject;
  readonly sensitivePaths: readonly SecretPath[];
  /** The state's own `identity` object. */
  readonly identity?: JsonValue | undefined;
  /** Identity keys beyond those that type and attributes make. */
  readonly identities?: readonly string[];
  /** Where the format tells it; otherwise attributes and ARNs tell. */
  readonly scope?: Scope;
  /** Where the resource itself names its owner and the command does not. */
  readonly owner?: string;
  /** Default the source of the state. */
  readonly source?: string;
  readonly tainted?: boolean;
}

export interface FoundState {
  readonly format: StateFormat;
  readonly lineage?: string | undefined;
  readonly serial: number;
  readonly found: readonly FoundResource[];
  readonly skipped: SkippedEntries;
  readonly warnings?: readonly string[];
}

/** Makes desired resources of what was found, redacted and with their identities; whole or not at all. */
export const toDesiredState = (state: FoundState, context: StateContext): StateResult => {
  const lineage = state.lineage ?? context.unit;
  const head: StateHead = {
    scope: `${context.environment}/${lineage ?? '-'}`,
    ...(lineage === undefined ? {} : { lineage }),
    serial: state.serial,
  };
  const tooDeep = state.found.find(({ attributes }) =>
    isDeeperThan(attributes, MAX_ATTRIBUTE_DEPTH),
  );
  if (tooDeep !== undefined) {
    return stateFailed(tooDeep.source ?? context.source, {
      position: tooDeep.position ?? tooDeep.address,
      message: `attributes are nested deeper than ${MAX_ATTRIBUTE_DEPTH}`,
    });
  }
  const twice = firstDuplicate(state.found);
  if (twice !== undefined) {
    return stateFailed(twice.source ?? context.source, {
      position: twice.address,
      message: 'the address occurs twice',
    });
  }
  const resources = toResources(state.found, head, context);
  return {
    ok: true,
    format: state.format,
    state: { ...head, resources, skipped: state.skipped },
    warnings: state.warnings ?? [],
  };
};

interface StateHead {
  readonly scope: string;
  readonly lineage?: string;
  readonly serial: number;
}

const toResources = (
  found: readonly FoundResource[],
  head: StateHead,
  context: StateContext,
): readonly DesiredResource[] => {
  const scopes = found.map((resource): Scope => {
    const own = ownScope(resource, resource.attributes, resource.identity);
    return {
      account: resource.scope?.account ?? own.account,
      region: resource.scope?.region ?? own.region,
    };
  });
  const accounts = accountsByConfiguration(found, scopes);
  return found.map((resource, position) => {
    const scope = scopes[position] ?? {};
    const account = scope.account ?? accounts.get(resource.configuration);
    return toResource(resource, { ...scope, account }, head, context);
  });
};

/** The account of each provider configuration whose resources all agree on one. */
const accountsByConfiguration = (
  found: readonly FoundResource[],
  scopes: readonly Scope[],
): ReadonlyMap<string, string | undefined> => {
  const accounts = new Map<string, string | undefined>();
  for (const [position, { configuration }] of found.entries()) {
    const account = scopes[position]?.account;
    if (account === undefined) continue;
    const agrees = !accounts.has(configuration) || accounts.get(configuration) === account;
    accounts.set(configuration, agrees ? account : undefined);
  }
  return accounts;
};

const toResource = (
  resource: FoundResource,
  { account, region }: Scope,
  head: StateHead,
  context: StateContext,
): DesiredResource => {
  const { type, address, module, provider, providerSource } = resource;
  const table = context.resourceTypes.get(provider) ?? {};
  const attributes = redacted(resource, table, context.secretHash);
  const owner = context.owner ?? resource.owner;
  const made = identitiesOf(
    { type, attributes, identity: resource.identity },
    table,
    context.formats?.kubernetesKinds,
  );
  const identities = [...(resource.identities ?? []), ...made];
  return {
    key: `${head.scope}/${address}`,
    scope: head.scope,
    address,
    type,
    provider,
    ...(providerSource === undefined ? {} : { provider_source: providerSource }),
    ...(module === undefined ? {} : { module }),
    ...(account === undefined ? {} : { account }),
    ...(region === undefined ? {} : { region }),
    identities: [...new Set([...identities, ...collectionsOf(identities)])],
    attributes,
    environment: context.environment,
    ...(context.repository === undefined ? {} : { repository: context.repository }),
    ...(owner === undefined ? {} : { owner }),
    ...(context.commit === undefined ? {} : { commit: context.commit }),
    source: resource.source ?? context.source,
    ...(head.lineage === undefined ? {} : { lineage: head.lineage }),
    serial: head.serial,
    ...(resource.tainted === true ? { tainted: true } : {}),
    published_time: context.publishedTime,
  };
};

const redacted = (
  { type, attributes, sensitivePaths }: FoundResource,
  table: ResourceTypeTable,
  secretHash: SecretHash | undefined,
): JsonObject => {
  const row = Object.hasOwn(table, type) ? table[type] : undefined;
  const same = row?.sameAs;
  const named = [
    ...(row?.secrets ?? []),
    ...((same !== undefined && Object.hasOwn(table, same) ? table[same]?.secrets : undefined) ??
      []),
    ...((Object.hasOwn(SECRET_ATTRIBUTES, type) ? SECRET_ATTRIBUTES[type] : undefined) ?? []),
  ];
  return redactAttributes(
    attributes,
    [...sensitivePaths, ...named.map(parseAttributePath)],
    secretHash,
  );
};

const firstDuplicate = (found: readonly FoundResource[]): FoundResource | undefined => {
  const seen = new Set<string>();
  return found.find(({ address }) => seen.size === seen.add(address).size);
};
