import type { DesiredResource } from '../model/desired-resource.ts';
import type { Scope } from '../model/identity.ts';
import {
  isJsonObject,
  ownString,
  ownValue,
  type JsonObject,
  type JsonValue,
} from '../model/json.ts';
import type { ResourceTypeTable } from '../model/provider-tables.ts';
import type { SecretHash } from '../model/redacted-value.ts';
import { identitiesOf } from './identities.ts';
import { parseJsonText } from './json-text.ts';
import { redactAttributes } from './redact.ts';
import { ownScope } from './resource-scope.ts';
import { SECRET_ATTRIBUTES } from './secret-names.ts';
import { parseAttributePath } from './secret-paths.ts';
import type { StateFailure, StateFailureReason } from './state-failure.ts';
import { readInstances, type InstanceProblem, type StateInstance } from './terraform-instances.ts';

/** What a state does not tell of its resources. */
export interface StateContext {
  /** File name or URL without credentials. */
  readonly source: string;
  readonly environment: string;
  readonly repository?: string;
  readonly owner?: string;
  readonly commit?: string;
  /** Milliseconds since the epoch. */
  readonly publishedTime: number;
  /** By provider; a provider without a table has ids and ARNs only. */
  readonly resourceTypes: ReadonlyMap<string, ResourceTypeTable>;
  /** Without it secrets are dropped: whether one has changed cannot be told. */
  readonly secretHash?: SecretHash;
}

export interface DesiredState {
  /** `<environment>/<lineage>`. */
  readonly scope: string;
  /** Absent in a state that no Terraform wrote: such a state cannot be published. */
  readonly lineage?: string;
  readonly serial: number;
  readonly resources: readonly DesiredResource[];
  /** Instances that are not desired resources: data sources, and deposed objects that await deletion. */
  readonly skipped: { readonly data: number; readonly deposed: number };
}

export type StateResult =
  | { readonly ok: true; readonly state: DesiredState }
  | { readonly ok: false; readonly failure: StateFailure };

/** Reads a Terraform or OpenTofu state, version 4, whole or not at all. */
export const readTerraformState = (
  content: string | Uint8Array,
  context: StateContext,
): StateResult => {
  const parsed = parseJsonText(content);
  if (!parsed.ok) {
    const { reason, position } = parsed.failure;
    return failed(context, reason, UNREADABLE[reason], position);
  }
  const root = parsed.value;
  const refusal = refuse(root);
  if (refusal !== undefined) return failed(context, refusal.reason, refusal.message);
  const instances = readInstances(ownValue(root, 'resources') ?? []);
  if (!instances.ok) return problem(context, instances.problem);
  const lineage = ownString(root, 'lineage');
  const serial = ownValue(root, 'serial');
  const head: StateHead = {
    scope: `${context.environment}/${lineage ?? '-'}`,
    ...(lineage === undefined ? {} : { lineage }),
    serial: typeof serial === 'number' ? serial : 0,
  };
  const resources = toResources(instances.instances, head, context);
  const twice = firstDuplicate(resources.map(({ address }) => address));
  if (twice !== undefined) {
    return problem(context, { position: twice, message: 'the address occurs twice' });
  }
  return { ok: true, state: { ...head, resources, skipped: instances.skipped } };
};

type StateHead = Pick<DesiredState, 'scope' | 'lineage' | 'serial'>;

const UNREADABLE = {
  empty: 'The file is empty. Write the state again, such as with `terraform state pull`.',
  truncated:
    'The file ends within the JSON. Write the state again, such as with `terraform state pull`.',
  not_json: 'The file is not JSON. A state is what `terraform state pull` prints.',
} as const;

/** Why a JSON value is no state that can be read; undefined for one that can. */
const refuse = (
  root: JsonValue,
): { readonly reason: StateFailureReason; readonly message: string } | undefined => {
  const notAState = (message: string) => ({ reason: 'not_a_state', message }) as const;
  if (!isJsonObject(root)) return notAState('The JSON is not an object, so it is no state.');
  if (
    ownString(root, 'encryption_version') !== undefined ||
    Object.hasOwn(root, 'encrypted_data')
  ) {
    return {
      reason: 'encrypted',
      message: 'The state is encrypted, cannot index. Publish what `tofu state pull` prints.',
    };
  }
  if (Object.hasOwn(root, 'format_version')) {
    return notAState(
      'This is output of `terraform show -json`. Publish what `terraform state pull` prints.',
    );
  }
  if (Object.hasOwn(root, 'backend') && !Object.hasOwn(root, 'lineage')) {
    return notAState(
      'This file only points to a backend. Publish what `terraform state pull` prints.',
    );
  }
  const version = ownValue(root, 'version');
  if (typeof version !== 'number')
    return notAState('The JSON has no number `version`, so it is no state.');
  if (version < 4) {
    return {
      reason: 'unsupported_version',
      message: `State version ${version} is not read, only 4. Upgrade it: run \`terraform init\` and \`terraform apply\` with Terraform 0.12 or later, or \`terraform state push\`.`,
    };
  }
  if (version > 4) {
    return {
      reason: 'unsupported_version',
      message: `State version ${version} is newer than 4, which this release of Driftline reads. Upgrade Driftline.`,
    };
  }
  // Without this a foreign JSON file with a version would read as a state that owns nothing.
  if (!Object.hasOwn(root, 'resources') || !Object.hasOwn(root, 'serial')) {
    return notAState('The JSON lacks `serial` or `resources`, so it is no state.');
  }
  return undefined;
};

const toResources = (
  instances: readonly StateInstance[],
  head: StateHead,
  context: StateContext,
): readonly DesiredResource[] => {
  const scopes = instances.map(({ provider, attributes, identity }) =>
    ownScope(provider.provider, attributes, identity),
  );
  const accounts = accountsByConfiguration(instances, scopes);
  return instances.map((instance, position) => {
    const scope = scopes[position] ?? {};
    const account = scope.account ?? accounts.get(instance.configuration);
    return toResource(instance, { ...scope, account }, head, context);
  });
};

/** The account of each provider configuration whose resources all agree on one. */
const accountsByConfiguration = (
  instances: readonly StateInstance[],
  scopes: readonly Scope[],
): ReadonlyMap<string, string | undefined> => {
  const accounts = new Map<string, string | undefined>();
  for (const [position, { configuration }] of instances.entries()) {
    const account = scopes[position]?.account;
    if (account === undefined) continue;
    const agrees = !accounts.has(configuration) || accounts.get(configuration) === account;
    accounts.set(configuration, agrees ? account : undefined);
  }
  return accounts;
};

const toResource = (
  instance: StateInstance,
  { account, region }: Scope,
  head: StateHead,
  context: StateContext,
): DesiredResource => {
  const { type, address, module, provider, tainted } = instance;
  const table = context.resourceTypes.get(provider.provider) ?? {};
  const attributes = redacted(instance, table, context.secretHash);
  return {
    key: `${head.scope}/${address}`,
    scope: head.scope,
    address,
    type,
    provider: provider.provider,
    ...(provider.source === undefined ? {} : { provider_source: provider.source }),
    ...(module === undefined ? {} : { module }),
    ...(account === undefined ? {} : { account }),
    ...(region === undefined ? {} : { region }),
    identities: identitiesOf({ type, attributes, identity: instance.identity }, table),
    attributes,
    environment: context.environment,
    ...(context.repository === undefined ? {} : { repository: context.repository }),
    ...(context.owner === undefined ? {} : { owner: context.owner }),
    ...(context.commit === undefined ? {} : { commit: context.commit }),
    source: context.source,
    ...(head.lineage === undefined ? {} : { lineage: head.lineage }),
    serial: head.serial,
    ...(tainted ? { tainted } : {}),
    published_time: context.publishedTime,
  };
};

const redacted = (
  { type, attributes, sensitivePaths }: StateInstance,
  table: ResourceTypeTable,
  secretHash: SecretHash | undefined,
): JsonObject => {
  const named = [
    ...((Object.hasOwn(table, type) ? table[type]?.secrets : undefined) ?? []),
    ...((Object.hasOwn(SECRET_ATTRIBUTES, type) ? SECRET_ATTRIBUTES[type] : undefined) ?? []),
  ];
  return redactAttributes(
    attributes,
    [...sensitivePaths, ...named.map(parseAttributePath)],
    secretHash,
  );
};

const firstDuplicate = (texts: readonly string[]): string | undefined => {
  const seen = new Set<string>();
  return texts.find((text) => seen.size === seen.add(text).size);
};

const problem = (context: StateContext, { position, message }: InstanceProblem): StateResult =>
  failed(context, 'invalid_resource', message, position);

const failed = (
  { source }: StateContext,
  reason: StateFailureReason,
  message: string,
  position?: string,
): StateResult => ({
  ok: false,
  failure: { reason, source, ...(position === undefined ? {} : { position }), message },
});
