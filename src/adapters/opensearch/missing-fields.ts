import { isJsonObject } from '../../core/model/json.ts';
import type { JsonBody } from './setup-files.ts';

/** What becomes of a mapping when only what it lacks is added. */
export interface MissingFields {
  /** What to put, undefined where nothing is missing. */
  readonly properties: JsonBody | undefined;
  /** Added fields, by path. */
  readonly added: readonly string[];
  /** Fields that are there as another type: `source_ip (keyword, not ip)`. */
  readonly others: readonly string[];
}

const typeOf = (field: JsonBody): string =>
  typeof field['type'] === 'string'
    ? field['type']
    : field['enabled'] === false
      ? 'object, not looked into'
      : 'object';

const isLeaf = (field: JsonBody): boolean => !isJsonObject(field['properties']);

const pathsOf = (field: JsonBody, path: string): readonly string[] =>
  isLeaf(field)
    ? [path]
    : Object.entries(field['properties'] as JsonBody).flatMap(([name, inner]) =>
        pathsOf(inner as JsonBody, `${path}.${name}`),
      );

/** Fields that `wanted` has and `held` has not; what is there stays as it is. Both are `properties` of a mapping. */
export const missingFields = (held: JsonBody, wanted: JsonBody, parent = ''): MissingFields => {
  const properties: Record<string, unknown> = {};
  const added: string[] = [];
  const others: string[] = [];
  for (const [name, field] of Object.entries(wanted)) {
    if (!isJsonObject(field)) continue;
    const path = `${parent}${name}`;
    const there = held[name];
    if (!isJsonObject(there)) {
      properties[name] = field;
      added.push(...pathsOf(field, path));
    } else if (!isLeaf(field) && !isLeaf(there)) {
      const inner = missingFields(
        there['properties'] as JsonBody,
        field['properties'] as JsonBody,
        `${path}.`,
      );
      added.push(...inner.added);
      others.push(...inner.others);
      if (inner.properties !== undefined) properties[name] = { properties: inner.properties };
    } else if (typeOf(field) !== typeOf(there)) {
      others.push(`${path} (${typeOf(there)}, not ${typeOf(field)})`);
    } else if (isJsonObject(field['fields'])) {
      const { fields: names = {} } = there as { readonly fields?: JsonBody };
      const lacking = Object.entries(field['fields']).filter(([each]) => !(each in names));
      if (lacking.length === 0) continue;
      properties[name] = { ...there, fields: { ...names, ...Object.fromEntries(lacking) } };
      added.push(...lacking.map(([each]) => `${path}.${each}`));
    }
  }
  return {
    properties: Object.keys(properties).length === 0 ? undefined : properties,
    added,
    others,
  };
};

/** A mapping with what it lacked. */
export const withMissing = (held: JsonBody, missing: JsonBody): JsonBody =>
  Object.fromEntries([
    ...Object.entries(held),
    ...Object.entries(missing).map(([name, field]) => {
      const there = held[name];
      const deeper =
        isJsonObject(there) &&
        isJsonObject(field) &&
        isJsonObject(there['properties']) &&
        isJsonObject(field['properties']);
      return [
        name,
        deeper
          ? {
              ...there,
              properties: withMissing(
                there['properties'] as JsonBody,
                field['properties'] as JsonBody,
              ),
            }
          : field,
      ] as const;
    }),
  ]);
