import { isJsonObject, type JsonObject } from './json.ts';

/**
 * What stands in a desired resource for an attribute that code sets to something that is not known before it is deployed:
 * `{"$unknown": true}`. Nothing can be told of a change of it: its verdict is `unknown`.
 */
export const UNKNOWN_VALUE: JsonObject = { $unknown: true };

export const isUnknown = (value: unknown): boolean =>
  isJsonObject(value) && value['$unknown'] === true && Object.keys(value).length === 1;
