import { ownString, ownValue, type JsonValue } from '../model/json.ts';
import { embeddedJson } from './embedded-json.ts';

const pythonName = (name: string): string =>
  name.replace(/[A-Z]/g, (each) => `_${each.toLowerCase()}`);

/** A member under its REST name or, in records that the Python SDK wrote, in snake case. */
export const azureValue = (record: JsonValue | undefined, name: string): JsonValue | undefined =>
  ownValue(record, name) ?? ownValue(record, pythonName(name));

/** A text that REST writes as `{value, localizedValue}` and Event Hub as it is. */
export const azureText = (record: JsonValue | undefined, name: string): string | undefined => {
  const value = azureValue(record, name);
  return typeof value === 'string' ? value || undefined : ownString(value, 'value');
};

/** A member of an object that some exports write as JSON text, such as `properties`, `claims`, `authorization`. */
export const azureObject = (record: JsonValue | undefined, name: string): JsonValue | undefined =>
  embeddedJson(azureValue(record, name));

const isCapital = (name: string): boolean => /^[A-Z][a-z]/.test(name);
const lowerFirst = (name: string): string =>
  isCapital(name) ? name[0]!.toLowerCase() + name.slice(1) : name;

/** Members whose keys are the user's own words. */
const FREE_KEYS = new Set([
  'tags',
  'userassignedidentities',
  'appsettings',
  'connectionstrings',
  'metadata',
]);
const DEEPEST = 32;

const camel = (value: JsonValue, depth: number): JsonValue => {
  if (depth > DEEPEST || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: JsonValue) => camel(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      lowerFirst(name),
      FREE_KEYS.has(name.toLowerCase()) ? member : camel(member, depth + 1),
    ]),
  );
};

/** A request body as the REST API spells it: some services log it with capital first letters (`Properties`). */
export const azureBody = (body: JsonValue | undefined): JsonValue | undefined => {
  const value = embeddedJson(body);
  const written = typeof value === 'object' && value !== null && Object.keys(value).some(isCapital);
  return written ? camel(value, 0) : value;
};
