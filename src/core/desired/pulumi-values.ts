import {
  isJsonObject,
  ownString,
  ownValue,
  type JsonObject,
  type JsonValue,
} from '../model/json.ts';
import { redactedValue, type SecretHash } from '../model/redacted-value.ts';
import { parseJsonText } from './json-text.ts';

// pulumi/pulumi sdk/go/common/resource: sig.Key and what it marks; plugin.UnknownStringValue.
const SIGNATURE = '4dabf18193072939515e22adb298388d';
const SECRET = '1b47061264138c4ac30d75fd1eb44270';
const RESOURCE = '5cf8f73096256a8f31e491e813e4eb8e';
const OUTPUT = 'd0e6a833031e9bbcd3f4e8bde6ca49a4';
const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

/**
 * Inputs or outputs as plain values: secrets replaced by markers, a reference by the id that it refers to, a file by
 * its hash; what is not known yet is left out.
 */
export const plainProperties = (properties: JsonObject, hash: SecretHash | undefined): JsonObject =>
  Object.fromEntries(
    Object.entries(properties).flatMap(([key, value]) => {
      const plain = plainValue(value, hash);
      return plain === undefined ? [] : [[key, plain] as const];
    }),
  );

const plainValue = (value: JsonValue, hash: SecretHash | undefined): JsonValue | undefined => {
  if (value === UNKNOWN) return undefined;
  if (Array.isArray(value)) {
    const members = (value as readonly JsonValue[]).map((member) => plainValue(member, hash));
    return members.every((member) => member !== undefined) ? members : undefined;
  }
  if (!isJsonObject(value)) return value;
  switch (ownValue(value, SIGNATURE)) {
    case undefined:
      return plainProperties(value, hash);
    case SECRET:
      return secretValue(value, hash);
    case RESOURCE:
      return ownString(value, 'id');
    case OUTPUT: {
      const inner = ownValue(value, 'value');
      if (inner === undefined) return undefined;
      return ownValue(value, 'secret') === true
        ? redactedValue(inner, hash)
        : plainValue(inner, hash);
    }
    default: {
      // An asset or archive, whose text or path is not the content that was deployed.
      const content = ownString(value, 'hash');
      return content === undefined ? undefined : { hash: content };
    }
  }
};

/** With `--show-secrets` the secret's JSON stands as `plaintext`. A cipher text differs each time it is made. */
const secretValue = (value: JsonObject, hash: SecretHash | undefined): JsonValue => {
  const text = ownValue(value, 'plaintext');
  if (typeof text !== 'string') return redactedValue(null, undefined);
  const parsed = parseJsonText(text);
  return redactedValue(parsed.ok ? parsed.value : text, hash);
};
