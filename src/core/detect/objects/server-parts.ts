import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { ObjectTable } from '../../model/object-table.ts';
import { objectNames, oneOf } from './object-names.ts';

/** Members that say which object it is, or that only the server writes. */
const NOT_DECLARED = new Set(['apiVersion', 'kind', 'status']);

const isStrategyDirective = (key: string): boolean => key.startsWith('$');

/**
 * What code may declare of an object or a patch of one: without what says which object it is, its status, what the
 * server keeps in its metadata, and the marks that tools leave. Undefined where nothing is left.
 */
export const declaredPart = (body: JsonValue, table: ObjectTable): JsonObject | undefined => {
  if (!isJsonObject(body)) return undefined;
  const kept = Object.entries(body).flatMap(([key, value]): readonly [string, JsonValue][] => {
    if (NOT_DECLARED.has(key)) return [];
    if (key !== 'metadata') return [[key, value]];
    const block = oneOf(value);
    const metadata = isJsonObject(block) ? declaredMetadata(block, table) : undefined;
    if (metadata === undefined) return [];
    return [[key, Array.isArray(value) ? [metadata] : metadata]];
  });
  return kept.some(([key]) => !isStrategyDirective(key)) ? Object.fromEntries(kept) : undefined;
};

const declaredMetadata = (metadata: JsonObject, table: ObjectTable): JsonObject | undefined => {
  const { isToolMark } = objectNames(table);
  const kept = Object.entries(metadata).flatMap(([key, value]): readonly [string, JsonValue][] => {
    if (!table.metadata.includes(key)) return [];
    if (!isJsonObject(value)) return [[key, value]];
    const marks = Object.entries(value).filter(([name]) => !isToolMark(name));
    // A map that had nothing else in it says nothing; one that was empty before does.
    return marks.length === 0 && Object.keys(value).length > 0
      ? []
      : [[key, Object.fromEntries(marks)]];
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
};

/** Whether a JSON pointer is to a part that code may declare. */
export const isDeclaredPointer = (segments: readonly string[], table: ObjectTable): boolean => {
  const [first, second, third] = segments;
  if (first === undefined) return true;
  if (NOT_DECLARED.has(first)) return false;
  if (first !== 'metadata' || second === undefined) return true;
  return (
    table.metadata.includes(second) &&
    (third === undefined || !objectNames(table).isToolMark(third))
  );
};
