import { isDeepStrictEqual } from 'node:util';
import {
  isJsonObject,
  ownString,
  ownValue,
  type JsonObject,
  type JsonValue,
} from '../../src/core/model/json.ts';
import type { EventLabel } from './detection-labels.ts';
import { namedManifest, namedResources } from './named-resources.ts';
import { valueAt, type SourceRecord } from './source-records.ts';

/**
 * Code for a file of events: a resource for each that a label says was touched, with the attributes that the label gives
 * it, and one for each identifier that any event of the file names, touched or only referred to. Knows nothing of
 * detection: no table, no identity, no operation.
 */
export interface DesiredForEvents {
  /** Terraform states and manifests, as files of their names. */
  readonly files: readonly { readonly name: string; readonly content: string }[];
  /** Addresses that were left out: what no code owns. */
  readonly leftOut: ReadonlySet<string>;
  readonly kept: ReadonlySet<string>;
  /** Addresses by `type:name`, for every name that the resource's attributes give it. */
  readonly byName: ReadonlyMap<string, string>;
}

interface Planned {
  readonly address: string;
  readonly type: string;
  readonly state: JsonObject;
}

const PROVIDER_OF: readonly (readonly [prefix: string, source: string])[] = [
  ['aws_', 'hashicorp/aws'],
  ['azurerm_', 'hashicorp/azurerm'],
  ['azuread_', 'hashicorp/azuread'],
  ['google_', 'hashicorp/google'],
  ['tfe_', 'hashicorp/tfe'],
];

const providerOf = (type: string): string | undefined =>
  PROVIDER_OF.find(([prefix]) => type.startsWith(prefix))?.[1];

/** The type under which a label or an event's object is planned as a manifest. */
const MANIFEST = 'manifest';

/** FNV-1a: the same third in every run. */
const thirdOf = (address: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < address.length; index += 1) {
    hash = Math.imul(hash ^ address.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % 3;
};

/** Values that a label takes from the record: `{"$at": "requestParameters.policyDocument"}`, as JSON text. */
export const resolved = (value: JsonValue, act: JsonValue): JsonValue => {
  const path = ownString(value, '$at');
  if (path !== undefined) return valueAt(act, path) ?? null;
  if (Array.isArray(value)) return value.map((item: JsonValue) => resolved(item, act));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, resolved(inner, act)]),
  );
};

/** Two labels of one resource may each tell some of its attributes, and must not contradict each other. */
const merged = (address: string, one: JsonObject, other: JsonObject): JsonObject => {
  const both: Record<string, JsonValue> = { ...one };
  for (const [key, value] of Object.entries(other)) {
    const known = both[key];
    if (known === undefined || isDeepStrictEqual(known, value)) both[key] = value;
    else if (isJsonObject(known) && isJsonObject(value)) {
      both[key] = merged(`${address}.${key}`, known, value);
    } else if (Array.isArray(known) && Array.isArray(value) && known.length === value.length) {
      const items = value as readonly JsonValue[];
      both[key] = (known as readonly JsonValue[]).map((item, index) => {
        const next = items[index] ?? null;
        if (isJsonObject(item) && isJsonObject(next)) {
          return merged(`${address}.${key}[${index}]`, item, next);
        }
        if (isDeepStrictEqual(item, next)) return item;
        throw new Error(`Labels of ${address} contradict each other at ${key}[${index}].`);
      });
    } else throw new Error(`Labels of ${address} contradict each other at ${key}.`);
  }
  return both;
};

const labelledPlans = (
  records: readonly SourceRecord[],
  labels: ReadonlyMap<number, EventLabel>,
): ReadonlyMap<string, Planned> => {
  const plans = new Map<string, Planned>();
  for (const { line, act } of records) {
    for (const { address, type, state } of labels.get(line)?.resources ?? []) {
      const own = resolved(state, act);
      if (!isJsonObject(own)) continue;
      const known = plans.get(address);
      plans.set(address, {
        address,
        type,
        state: known === undefined ? own : merged(address, known.state, own),
      });
    }
  }
  return plans;
};

/** What a thing is called, whichever part of the file calls it so. */
const nameOf = (type: string, state: JsonObject): string =>
  `${type}:${ownString(state, 'arn') ?? ownString(state, 'id') ?? ''}`;

const namesOf = ({ type, state }: Planned): readonly string[] =>
  type === MANIFEST
    ? [manifestAddress(state)]
    : Object.values(state).flatMap((value) =>
        typeof value === 'string' ? [`${type}:${value}`] : [],
      );

const CLUSTER_WIDE = new Set(['ClusterRole', 'ClusterRoleBinding', 'Namespace', 'Node']);

const manifestAddress = (manifest: JsonObject): string => {
  const metadata = ownValue(manifest, 'metadata');
  const kind = ownString(manifest, 'kind') ?? '';
  const namespace = CLUSTER_WIDE.has(kind) ? '' : (ownString(metadata, 'namespace') ?? 'default');
  return `${kind}/${namespace}/${ownString(metadata, 'name') ?? ''}`;
};

/**
 * So that code owns something in every account, project and namespace of the file, whatever third is left out: only
 * there a creation outside code is unmanaged.
 */
const anchors = (records: readonly SourceRecord[]): readonly Planned[] => {
  const found = new Map<string, Planned>();
  const add = (address: string, type: string, state: JsonObject): void => {
    found.set(address, { address, type, state });
  };
  // A namespace that is deleted takes what is in it along.
  const acted = new Set(
    records.flatMap(({ act }) =>
      valueAt(act, 'objectRef.resource') === 'namespaces'
        ? (valueAt(act, 'objectRef.name') ?? [])
        : [],
    ),
  );
  for (const { act } of records) {
    const account =
      ownString(act, 'recipientAccountId') ??
      ownString(ownValue(act, 'userIdentity'), 'accountId') ??
      '';
    if (/^\d{12}$/.test(account)) {
      const arn = `arn:aws:sns:us-east-1:${account}:bench-anchor`;
      add(`aws_sns_topic.anchor_${account}`, 'aws_sns_topic', { id: arn, arn });
    }
    const project = valueAt(act, 'resource.labels.project_id');
    if (typeof project === 'string' && project !== '') {
      const id = `projects/${project}/topics/bench-anchor`;
      add(`google_pubsub_topic.anchor_${project}`, 'google_pubsub_topic', { id, project });
    }
    const namespace = valueAt(act, 'objectRef.namespace');
    if (typeof namespace === 'string' && namespace !== '' && !acted.has(namespace)) {
      const metadata = { name: 'bench-anchor', namespace };
      const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata };
      add(`configmaps/${namespace}/bench-anchor`, MANIFEST, manifest);
    }
  }
  return [...found.values()];
};

const namedPlans = (
  records: readonly SourceRecord[],
  labelled: ReadonlyMap<string, Planned>,
): readonly Planned[] => {
  const taken = new Set<string>();
  // Whatever name of a thing the events use, it is the same thing.
  for (const plan of labelled.values()) for (const name of namesOf(plan)) taken.add(name);
  const plans: Planned[] = [];
  const add = (name: string, type: string, state: JsonObject): void => {
    if (taken.has(name)) return;
    taken.add(name);
    plans.push({ address: `${type}.named_${plans.length}`, type, state });
  };
  const labelledIds = new Set(
    [...labelled.values()].flatMap(({ state }) => ownString(state, 'id')?.toLowerCase() ?? []),
  );
  for (const { act } of records) {
    for (const { type, attributes } of namedResources(act)) {
      const plan = { address: '', type, state: attributes };
      // An id such as ami-0a1b or an ARM id denotes one thing, whatever the type that code has for it.
      const isLabelled =
        labelledIds.has(ownString(attributes, 'id')?.toLowerCase() ?? '') ||
        namesOf(plan).some((name) => taken.has(name));
      if (!isLabelled) add(nameOf(type, attributes), type, attributes);
    }
    const manifest = namedManifest(act);
    if (manifest !== undefined) add(manifestAddress(manifest), MANIFEST, manifest);
  }
  return plans;
};

const terraformState = (provider: string, plans: readonly Planned[]): string =>
  JSON.stringify({
    version: 4,
    terraform_version: '1.9.8',
    serial: 1,
    lineage: `bench-${provider.replace('/', '-')}`,
    outputs: {},
    resources: plans.map(({ address, type, state }) => ({
      mode: 'managed',
      type,
      name: address.slice(address.indexOf('.') + 1),
      provider: `provider["registry.terraform.io/${provider}"]`,
      instances: [{ schema_version: 0, attributes: state, sensitive_attributes: [] }],
    })),
  });

/**
 * The desired resources of an event file, without one third of them.
 * @param leftOut which third: 0, 1 or 2. Over all three each resource is owned twice and left out once.
 */
export const desiredForEvents = (
  records: readonly SourceRecord[],
  labels: ReadonlyMap<number, EventLabel>,
  leftOut: number,
): DesiredForEvents => {
  const labelled = labelledPlans(records, labels);
  const plans = [...labelled.values(), ...namedPlans(records, labelled)];
  const kept = [
    ...anchors(records),
    ...plans.filter(({ address }) => thirdOf(address) !== leftOut),
  ];
  const states = new Map<string, Planned[]>();
  const manifests: JsonObject[] = [];
  for (const plan of kept) {
    const provider = providerOf(plan.type);
    if (plan.type === MANIFEST) manifests.push(plan.state);
    else if (provider !== undefined) {
      states.set(provider, [...(states.get(provider) ?? []), plan]);
    } else throw new Error(`No provider is known for the type ${plan.type}.`);
  }
  return {
    files: [
      ...[...states].map(([provider, some]) => ({
        name: `${provider.replace('/', '-')}.tfstate`,
        content: terraformState(provider, some),
      })),
      ...(manifests.length === 0
        ? []
        : [
            {
              name: 'manifests.json',
              content: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests }),
            },
          ]),
    ],
    kept: new Set(kept.map(({ address }) => address)),
    byName: new Map(kept.flatMap((plan) => namesOf(plan).map((name) => [name, plan.address]))),
    leftOut: new Set(
      plans.flatMap(({ address }) => (thirdOf(address) === leftOut ? [address] : [])),
    ),
  };
};
