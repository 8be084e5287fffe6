import type { DesiredResource } from '../model/desired-resource.ts';
import type { Scope } from '../model/identity.ts';
import type { JsonObject, JsonValue } from '../model/json.ts';
import { collectionsOf } from '../model/object-reference.ts';
import {
  stateFailed,
  type SkippedEntries,
  type StateContext,
  type StateProblem,
  type StateFormat,
  type StateResult,
} from './desired-state.ts';
import { identitiesOf } from './identities.ts';
import { isDeeperThan, MAX_ATTRIBUTE_DEPTH, redactAttributes } from './redact.ts';
import { ownScope } from './resource-scope.ts';
import { secretPathsOf } from './secret-attributes.ts';
import type { SecretPath } from './secret-paths.ts';

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

/** One entry of a state: a resource, one that is no desired resource, or what is wrong with it. */
export type FoundEntry =
  | { readonly found: FoundResource }
  | { readonly skipped: keyof SkippedEntries }
  | { readonly problem: StateProblem };

export interface FoundState {
  readonly format: StateFormat;
  readonly lineage?: string | undefined;
  readonly serial: number;
  /** All entries in their order, as often as it is called. */
  readonly entries: () => Iterable<FoundEntry>;
  /** The entries are read again each time, rather than held. Default false. */
  readonly isLarge?: boolean;
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
  const held = state.isLarge === true ? undefined : [...state.entries()];
  const entries = held === undefined ? state.entries : () => held;
  const survey = surveyOf(entries(), context.source);
  if ('failure' in survey) return survey;
  const resources: Iterable<DesiredResource> = {
    [Symbol.iterator]: () => resourcesOf(entries(), survey.accounts, head, context),
  };
  return {
    ok: true,
    format: state.format,
    state: {
      ...head,
      resources: held === undefined ? resources : [...resources],
      skipped: survey.skipped,
    },
    warnings: state.warnings ?? [],
  };
};

interface Survey {
  readonly skipped: SkippedEntries;
  /** The account of each provider configuration whose resources all agree on one. */
  readonly accounts: ReadonlyMap<string, string | undefined>;
}

/** Goes through all entries once: whether each can be used, and what only all of them tell. */
const surveyOf = (entries: Iterable<FoundEntry>, source: string): Survey | FailedState => {
  const skipped: { -readonly [Why in keyof SkippedEntries]: number } = { data: 0, deposed: 0 };
  const accounts = new Map<string, string | undefined>();
  const addresses = new Set<string>();
  for (const entry of entries) {
    if ('problem' in entry) return stateFailed(source, entry.problem);
    if ('skipped' in entry) {
      skipped[entry.skipped] = (skipped[entry.skipped] ?? 0) + 1;
      continue;
    }
    const { found } = entry;
    const from = found.source ?? source;
    if (isDeeperThan(found.attributes, MAX_ATTRIBUTE_DEPTH)) {
      return stateFailed(from, {
        position: found.position ?? found.address,
        message: `attributes are nested deeper than ${MAX_ATTRIBUTE_DEPTH}`,
      });
    }
    if (addresses.size === addresses.add(found.address).size) {
      return stateFailed(from, { position: found.address, message: 'the address occurs twice' });
    }
    const { account } = scopeOf(found);
    if (account === undefined) continue;
    const { configuration } = found;
    const agrees = !accounts.has(configuration) || accounts.get(configuration) === account;
    accounts.set(configuration, agrees ? account : undefined);
  }
  return { skipped, accounts };
};

type FailedState = ReturnType<typeof stateFailed>;

const scopeOf = (found: FoundResource): Scope => {
  const own = ownScope(found, found.attributes, found.identity);
  return {
    account: found.scope?.account ?? own.account,
    region: found.scope?.region ?? own.region,
  };
};

function* resourcesOf(
  entries: Iterable<FoundEntry>,
  accounts: Survey['accounts'],
  head: StateHead,
  context: StateContext,
): Generator<DesiredResource> {
  for (const entry of entries) {
    if (!('found' in entry)) continue;
    const scope = scopeOf(entry.found);
    const account = scope.account ?? accounts.get(entry.found.configuration);
    yield toResource(entry.found, { ...scope, account }, head, context);
  }
}

interface StateHead {
  readonly scope: string;
  readonly lineage?: string;
  readonly serial: number;
}

const toResource = (
  resource: FoundResource,
  { account, region }: Scope,
  head: StateHead,
  context: StateContext,
): DesiredResource => {
  const { type, address, module, provider, providerSource } = resource;
  const table = context.resourceTypes.get(provider) ?? {};
  const attributes = redactAttributes(
    resource.attributes,
    [...resource.sensitivePaths, ...secretPathsOf(type, table)],
    context.secretHash,
  );
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
