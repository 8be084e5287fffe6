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

/**
 * The object that a value is; undefined for any other. Its members are then read by names in the code, `['cloud']`: none
 * of these is a name that a prototype has, and each place in the code keeps the few shapes that it sees, which a reader
 * of any member by any name cannot.
 */
export const objectOf = (value: JsonValue | undefined): JsonObject | undefined =>
  isJsonObject(value) ? value : undefined;

/** The text that a value is; undefined for any other, and for an empty one. */
export const textOf = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** The text of a value that is neither list nor object, undefined for these and for null. */
export const scalarText = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'object' || value === undefined ? undefined : String(value);

/** The own string property of an object; undefined for any other type, and for an empty string. */
export const ownString = (value: JsonValue | undefined, key: string): string | undefined =>
  textOf(ownValue(value, key));
