/** A parsed JSON value. Integers past 2^53 are kept as text by the decoders, never rounded. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** A parsed JSON object, own keys only. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The own property of an object, or undefined: never one that a prototype lends. */
export const ownValue = (value: JsonValue | undefined, key: string): JsonValue | undefined =>
  isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;

/** The text of a value that is neither list nor object, undefined for these and for null. */
export const scalarText = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'object' || value === undefined ? undefined : String(value);

/** The own string property of an object; undefined for any other type, and for an empty string. */
export const ownString = (value: JsonValue | undefined, key: string): string | undefined => {
  const found = ownValue(value, key);
  return typeof found === 'string' && found !== '' ? found : undefined;
};
