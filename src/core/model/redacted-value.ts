import { isJsonObject, type JsonValue } from './json.ts';

/**
 * What stands in a desired resource for a secret: `{"$redacted": "hmac-sha256:<64 hex>"}`, or
 * `{"$redacted": "dropped"}` where the publisher had no key. It may stand anywhere that a value may, also within a
 * JSON text.
 */
export interface RedactedValue {
  readonly $redacted: string;
}

/** HMAC-SHA-256 of a text under the configured key (`desired.hashKey`), lower-case hex. */
export type SecretHash = (text: string) => string;

const DROPPED = 'dropped';
const HASHED = 'hmac-sha256:';

export const isRedacted = (value: unknown): value is RedactedValue =>
  isJsonObject(value) && typeof value['$redacted'] === 'string' && Object.keys(value).length === 1;

/** The marker of a secret. Without a hash nothing of the secret is kept. */
export const redactedValue = (value: JsonValue, hash: SecretHash | undefined): JsonValue => ({
  $redacted: hash === undefined ? DROPPED : `${HASHED}${hash(secretText(value))}`,
});

/**
 * Whether an observed value is the secret behind a marker; undefined where it cannot be told: no key here, none at
 * the publisher, or another one (which cannot be seen and reads as false).
 */
export const isSameSecret = (
  redacted: RedactedValue,
  observed: JsonValue,
  hash: SecretHash | undefined,
): boolean | undefined =>
  hash === undefined || !redacted.$redacted.startsWith(HASHED)
    ? undefined
    : redacted.$redacted === `${HASHED}${hash(secretText(observed))}`;

/** A text keeps its words, a number or boolean is as its text, keys of objects are sorted. */
const secretText = (value: JsonValue): string =>
  typeof value === 'string' ? value : canonicalJson(value);

const canonicalJson = (value: JsonValue): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`);
  return `{${members.join(',')}}`;
};
