import { isArn } from '../model/identity.ts';
import { isJsonObject, ownValue, type JsonObject, type JsonValue } from '../model/json.ts';
import { isRedacted, redactedValue, type SecretHash } from '../model/redacted-value.ts';
import { isUnknown } from '../model/unknown-value.ts';
import { hasRepeatedKeys, parseJsonText } from './json-text.ts';
import { isSecretName, isSecretScalarName } from './secret-names.ts';
import { pathsBelowKey, pathsBelowPosition, type SecretPath } from './secret-paths.ts';
import { decodeBase64, isSecretFlag, isSecretText } from './secret-text.ts';

/** Deepest nesting of attribute values; providers stay below 30. */
export const MAX_ATTRIBUTE_DEPTH = 64;

/**
 * Replaces what is secret by markers (see `redacted-value.ts`): values at or under the paths, values under a secret
 * name, values that are secret by their form, also within JSON texts and base64. Null and the empty text stay: they say that
 * no secret is set. The attributes must not be deeper than `MAX_ATTRIBUTE_DEPTH`.
 */
export const redactAttributes = (
  attributes: JsonObject,
  paths: readonly SecretPath[],
  hash: SecretHash | undefined,
): JsonObject => redactObject(attributes, paths, hash);

export const isDeeperThan = (value: JsonValue, limit: number): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  if (limit === 0) return true;
  if (Array.isArray(value)) {
    return value.some((member: JsonValue) => isDeeperThan(member, limit - 1));
  }
  const object = value as JsonObject;
  for (const key of Object.keys(object)) {
    if (isDeeperThan(object[key] ?? null, limit - 1)) return true;
  }
  return false;
};

/** The value itself where nothing in it is secret. */
const redact = (
  value: JsonValue,
  paths: readonly SecretPath[],
  hash: SecretHash | undefined,
): JsonValue => {
  if (paths.length > 0 && paths.some((path) => path.length === 0)) return conceal(value, hash);
  if (typeof value === 'string') return redactText(value, paths, hash);
  if (Array.isArray(value)) return redactList(value, paths, hash);
  return isJsonObject(value) && !isRedacted(value) ? redactObject(value, paths, hash) : value;
};

const redactList = (
  members: readonly JsonValue[],
  paths: readonly SecretPath[],
  hash: SecretHash | undefined,
): JsonValue => {
  let changed: JsonValue[] | undefined;
  let before: JsonValue = null;
  for (let position = 0; position < members.length; position += 1) {
    const member = members[position] ?? null;
    // An argument list: `["--password", "…"]`.
    const after =
      typeof member === 'string' && typeof before === 'string' && isSecretFlag(before)
        ? conceal(member, hash)
        : redact(member, pathsBelowPosition(paths, position), hash);
    before = member;
    if (after === member) continue;
    changed ??= [...members];
    changed[position] = after;
  }
  return changed ?? members;
};

const redactObject = (
  value: JsonObject,
  paths: readonly SecretPath[],
  hash: SecretHash | undefined,
): JsonObject => {
  const pair = pairOf(value);
  let changed: Map<string, JsonValue> | undefined;
  for (const key of Object.keys(value)) {
    const member = value[key] ?? null;
    const named =
      isSecretMember(key, member) || (pair?.value === key && isSecretMember(pair.name, member));
    const after = named ? conceal(member, hash) : redact(member, pathsBelowKey(paths, key), hash);
    if (after === member) continue;
    changed ??= new Map(Object.entries(value));
    changed.set(key, after);
  }
  return changed === undefined ? value : Object.fromEntries(changed);
};

/** As a member of an object under a name that is in no pair; without a name as the member of a list. */
export const redactMember = (
  name: string | undefined,
  value: JsonValue,
  paths: readonly SecretPath[],
  hash: SecretHash | undefined,
): JsonValue =>
  name !== undefined && isSecretMember(name, value)
    ? conceal(value, hash)
    : redact(value, paths, hash);

/** A flag such as manage_master_user_password tells no secret, nor does the ARN of one. */
const isSecretMember = (name: string, value: JsonValue): boolean => {
  if (typeof value === 'boolean') return false;
  if (typeof value === 'object') return isSecretName(name);
  return isSecretScalarName(name) && !(typeof value === 'string' && isArn(value));
};

const PAIR_NAMES = ['name', 'key', 'Name', 'Key'];
const PAIR_VALUES = ['value', 'Value'];

/** An entry of a list of pairs, such as `{name: DB_PASSWORD, value: …}` in a container definition: its name, and the member that holds the value. */
const pairOf = (
  object: JsonObject,
): { readonly name: string; readonly value: string } | undefined => {
  const value = PAIR_VALUES.find((each) => Object.hasOwn(object, each));
  if (value === undefined) return undefined;
  const name = PAIR_NAMES.map((each) => ownValue(object, each)).find(
    (each) => typeof each === 'string',
  );
  return name === undefined ? undefined : { name, value };
};

const MAY_BE_JSON = /^\s*[[{"]/;

const redactText = (
  text: string,
  paths: readonly SecretPath[],
  hash: SecretHash | undefined,
): JsonValue => {
  // A quote: JSON within JSON within a text.
  if (MAY_BE_JSON.test(text)) {
    const parsed = parseJsonText(text);
    if (parsed.ok) {
      if (isDeeperThan(parsed.value, MAX_ATTRIBUTE_DEPTH)) return conceal(text, hash);
      const redacted = redact(parsed.value, paths, hash);
      // Without a secret the text stays as code wrote it, unless it has values that were not looked at.
      return redacted === parsed.value && !hasRepeatedKeys(text, parsed.value)
        ? text
        : JSON.stringify(redacted);
    }
  }
  return isSecretText(text) || encodesSecret(text, hash) ? conceal(text, hash) : text;
};

/** Base64 of a text with a secret. Compressed data, such as user data, may hold anything. */
const encodesSecret = (text: string, hash: SecretHash | undefined): boolean => {
  const encoded = decodeBase64(text);
  if (encoded === undefined) return false;
  return encoded === 'compressed' || redactText(encoded.text, [], hash) !== encoded.text;
};

const conceal = (value: JsonValue, hash: SecretHash | undefined): JsonValue =>
  value === null || value === '' || isRedacted(value) || isUnknown(value) || holdsMarkersOnly(value)
    ? value
    : redactedValue(value, hash);

/** Values that a reader has replaced one by one, as those of a Kubernetes Secret. */
const holdsMarkersOnly = (value: JsonValue): boolean =>
  isJsonObject(value) &&
  Object.keys(value).length > 0 &&
  Object.values(value).every((member) => isRedacted(member));
