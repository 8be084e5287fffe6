import {
  isJsonObject,
  ownString,
  ownValue,
  type JsonObject,
  type JsonValue,
} from '../model/json.ts';
import type { StateProblem } from './desired-state.ts';
import { nestFlatAttributes } from './flat-attributes.ts';
import { isDeeperThan, MAX_ATTRIBUTE_DEPTH } from './redact.ts';
import { parseSensitivePaths, type SecretPath } from './secret-paths.ts';
import { instanceAddress } from './terraform-address.ts';
import { parseProviderConfiguration, type TerraformProvider } from './terraform-provider.ts';

/** One managed, current instance of `resources[].instances[]`. */
export interface StateInstance {
  readonly address: string;
  readonly type: string;
  readonly module?: string;
  readonly provider: TerraformProvider;
  /** The provider configuration as the state names it, with module and alias. */
  readonly configuration: string;
  readonly attributes: JsonObject;
  readonly sensitivePaths: readonly SecretPath[];
  readonly identity: JsonValue | undefined;
  readonly tainted: boolean;
}

export type InstancesResult =
  | {
      readonly ok: true;
      readonly instances: readonly StateInstance[];
      readonly skipped: { readonly data: number; readonly deposed: number };
    }
  | { readonly ok: false; readonly problem: StateProblem };

/** Reads `resources` of a state, version 4; stops at the first problem. */
export const readInstances = (resources: JsonValue): InstancesResult => {
  if (!Array.isArray(resources)) return invalid('resources', 'not an array');
  const instances: StateInstance[] = [];
  const skipped = { data: 0, deposed: 0 };
  for (const [number, resource] of (resources as readonly JsonValue[]).entries()) {
    const position = `resources[${number}]`;
    const members = ownValue(resource, 'instances') ?? [];
    if (!Array.isArray(members)) return invalid(position, 'instances is not an array');
    const mode = ownValue(resource, 'mode');
    if (mode === 'data') {
      skipped.data += members.length;
      continue;
    }
    if (mode !== 'managed') return invalid(position, 'mode is neither managed nor data');
    for (const [index, member] of (members as readonly JsonValue[]).entries()) {
      if (ownString(member, 'deposed') !== undefined) {
        skipped.deposed += 1;
        continue;
      }
      const instance = readInstance(resource, member);
      if (typeof instance === 'string') return invalid(`${position}.instances[${index}]`, instance);
      instances.push(instance);
    }
  }
  return { ok: true, instances, skipped };
};

/** A text says what is wrong. */
const readInstance = (resource: JsonValue, member: JsonValue): StateInstance | string => {
  const type = ownString(resource, 'type');
  const name = ownString(resource, 'name');
  if (type === undefined || name === undefined) return 'type or name is missing';
  // OpenTofu names the provider at the instance where its configuration has for_each.
  const configuration = ownString(member, 'provider') ?? ownString(resource, 'provider');
  const provider =
    configuration === undefined ? undefined : parseProviderConfiguration(configuration);
  if (configuration === undefined || provider === undefined)
    return 'provider is missing or not understood';
  const indexKey = ownValue(member, 'index_key') ?? undefined;
  if (indexKey !== undefined && typeof indexKey !== 'string' && typeof indexKey !== 'number') {
    return 'index_key is neither a number nor a text';
  }
  const attributes = attributesOf(member);
  if (attributes === undefined) return 'attributes are missing or not an object';
  if (isDeeperThan(attributes, MAX_ATTRIBUTE_DEPTH)) {
    return `attributes are nested deeper than ${MAX_ATTRIBUTE_DEPTH}`;
  }
  const sensitivePaths = parseSensitivePaths(ownValue(member, 'sensitive_attributes'));
  if (sensitivePaths === undefined) {
    return 'sensitive_attributes have an unknown form, so secrets cannot be told; please report it';
  }
  const module = ownString(resource, 'module');
  return {
    address: instanceAddress({ module, type, name, indexKey }),
    type,
    ...(module === undefined ? {} : { module }),
    provider,
    configuration,
    attributes,
    sensitivePaths,
    identity: ownValue(member, 'identity'),
    tainted: ownValue(member, 'status') === 'tainted',
  };
};

const attributesOf = (member: JsonValue): JsonObject | undefined => {
  const attributes = ownValue(member, 'attributes');
  if (isJsonObject(attributes)) return attributes;
  const flat = ownValue(member, 'attributes_flat');
  if (!isJsonObject(flat)) return undefined;
  const texts = Object.entries(flat).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return nestFlatAttributes(Object.fromEntries(texts));
};

const invalid = (position: string, message: string): InstancesResult => ({
  ok: false,
  problem: { position, message },
});
