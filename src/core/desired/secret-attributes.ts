import type { ResourceTypeTable } from '../model/provider-tables.ts';
import { SECRET_ATTRIBUTES } from './secret-names.ts';
import { parseAttributePath, type SecretPath } from './secret-paths.ts';

/** Paths that hold secrets in resources of a type, by its table and by what is known of types without one. */
export const secretPathsOf = (type: string, table: ResourceTypeTable): readonly SecretPath[] => {
  const row = Object.hasOwn(table, type) ? table[type] : undefined;
  const same = row?.sameAs;
  const shared = same !== undefined && Object.hasOwn(table, same) ? table[same] : undefined;
  return [
    ...(row?.secrets ?? []),
    ...(shared?.secrets ?? []),
    ...((Object.hasOwn(SECRET_ATTRIBUTES, type) ? SECRET_ATTRIBUTES[type] : undefined) ?? []),
  ].map(parseAttributePath);
};
