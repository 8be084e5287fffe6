import {
  isJsonObject,
  ownString,
  ownValue,
  type JsonObject,
  type JsonValue,
} from '../model/json.ts';
import type { FoundEntry, FoundResource } from './found-resource.ts';
import { nestFlatAttributes } from './flat-attributes.ts';
import { isDeeperThan, MAX_ATTRIBUTE_DEPTH } from './redact.ts';
import { parseSensitivePaths } from './secret-paths.ts';
import { instanceAddress } from './terraform-address.ts';
import { parseProviderConfiguration } from './terraform-provider.ts';

/** Reads one of `resources` of a state, version 4: its instances, or what is wrong with the first bad one. */
export function* readInstances(resource: JsonValue, number: number): Generator<FoundEntry> {
  const position = `resources[${number}]`;
  const members = ownValue(resource, 'instances') ?? [];
  if (!Array.isArray(members)) {
    yield { problem: { position, message: 'instances is not an array' } };
    return;
  }
  const mode = ownValue(resource, 'mode');
  if (mode !== 'managed' && mode !== 'data') {
    yield { problem: { position, message: 'mode is neither managed nor data' } };
    return;
  }
  for (const [index, member] of (members as readonly JsonValue[]).entries()) {
    if (mode === 'data') yield { skipped: 'data' };
    else if (ownString(member, 'deposed') !== undefined) yield { skipped: 'deposed' };
    else {
      const found = readInstance(resource, member);
      yield typeof found === 'string'
        ? { problem: { position: `${position}.instances[${index}]`, message: found } }
        : { found };
    }
  }
}

/** A text says what is wrong. */
const readInstance = (resource: JsonValue, member: JsonValue): FoundResource | string => {
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
    provider: provider.provider,
    ...(provider.source === undefined ? {} : { providerSource: provider.source }),
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
