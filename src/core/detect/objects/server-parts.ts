import { isJsonObject, ownValue, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { ObjectTable } from '../../model/object-table.ts';
import { objectNames, oneOf } from './object-names.ts';

/** Members that say which object it is, or that only the server writes. */
const NOT_DECLARED = new Set(['apiVersion', 'kind', 'status']);

type Member = readonly [string, JsonValue];

const isStrategyDirective = (key: string): boolean => key.startsWith('$');

/**
 * What code may declare of an object or a patch of one: without what says which object it is, its status, what the
 * server keeps in its metadata, and the marks that tools leave. Undefined where nothing is left.
 */
export const declaredPart = (body: JsonValue, table: ObjectTable): JsonObject | undefined => {
  if (!isJsonObject(body)) return undefined;
  const kept = Object.entries(body).flatMap(([key, value]): readonly Member[] => {
    if (NOT_DECLARED.has(key)) return [];
    if (key === 'spec') return declaredMember(key, value, (spec) => declaredSpec(spec, table));
    if (key !== 'metadata') return [[key, value]];
    const block = oneOf(value);
    const metadata = isJsonObject(block) ? declaredMetadata(block, table) : undefined;
    if (metadata === undefined) return [];
    return [[key, Array.isArray(value) ? [metadata] : metadata]];
  });
  return kept.some(([key]) => !isStrategyDirective(key)) ? Object.fromEntries(kept) : undefined;
};

/** A member that is an object, with what is kept of it; none where nothing is left that was there. */
const declaredMember = (
  key: string,
  value: JsonValue,
  keep: (value: JsonObject) => JsonObject | undefined,
): readonly Member[] => {
  if (!isJsonObject(value)) return [[key, value]];
  const kept = keep(value);
  return kept === undefined ? [] : [[key, kept]];
};

/** Marks that tools leave on a template of pods: `kubectl rollout restart` sets nothing else. */
const declaredSpec = (spec: JsonObject, table: ObjectTable): JsonObject | undefined => {
  const metadata = ownValue(ownValue(spec, 'template'), 'metadata');
  const annotations = ownValue(metadata, 'annotations');
  if (!isJsonObject(annotations)) return spec;
  const { isToolMark } = objectNames(table);
  if (!Object.keys(annotations).some(isToolMark)) return spec;
  return onlyMember(spec, 'template', (template) =>
    onlyMember(template, 'metadata', (each) =>
      onlyMember(each, 'annotations', (marks) => {
        const kept = Object.entries(marks).filter(([name]) => !isToolMark(name));
        return kept.length === 0 ? undefined : Object.fromEntries(kept);
      }),
    ),
  );
};

/** The object with one member replaced by what is kept of it; undefined where it had no other and nothing is kept. */
const onlyMember = (
  object: JsonObject,
  name: string,
  keep: (value: JsonObject) => JsonObject | undefined,
): JsonObject | undefined => {
  const kept = Object.entries(object).flatMap(([key, value]) =>
    key === name ? declaredMember(key, value, keep) : [[key, value] as const],
  );
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
};

const declaredMetadata = (metadata: JsonObject, table: ObjectTable): JsonObject | undefined => {
  const { isToolMark } = objectNames(table);
  const kept = Object.entries(metadata).flatMap(([key, value]): readonly Member[] => {
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
  const { isToolMark } = objectNames(table);
  if (first === 'spec' && second === 'template' && third === 'metadata') {
    const [name, mark] = segments.slice(3);
    return name !== 'annotations' || mark === undefined || !isToolMark(mark);
  }
  if (first !== 'metadata' || second === undefined) return true;
  return table.metadata.includes(second) && (third === undefined || !isToolMark(third));
};
