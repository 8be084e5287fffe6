import {
  isJsonObject,
  ownString,
  ownValue,
  scalarText,
  type JsonObject,
  type JsonValue,
} from '../../model/json.ts';
import { isRedacted } from '../../model/redacted-value.ts';
import { elementPath, memberPath } from './attribute-path.ts';
import type { Comparison } from './comparison.ts';
import { listOf, matchElements } from './keyed-list.ts';
import { oneOf } from './object-names.ts';
import { compareWhole } from './whole-object.ts';

const MAX_DEPTH = 48;
/** An object that holds nothing, also not the taking away of a member: a merge makes it where there is none. */
const isHollow = (value: JsonValue, depth = 0): boolean =>
  Array.isArray(value)
    ? value.length === 0
    : isJsonObject(value) &&
      depth <= MAX_DEPTH &&
      Object.values(value).every((member) => isHollow(member, depth + 1));

const DELETE_FROM_LIST = '$deleteFromPrimitiveList/';

/**
 * Compares what a merge patch or strategic merge patch sets with what code says. Null takes a member away. Lists whose
 * elements have a key are merged by it, as the strategic patch does; a merge patch replaces them, which is told only
 * where the answer shows the list, since a record does not say which of the two it is.
 * @param after the object as it is now, at the same place; undefined where the record has no answer
 */
export const comparePatch = (
  comparison: Comparison,
  path: string,
  patch: JsonValue,
  desired: JsonValue | undefined,
  after: JsonValue | undefined,
  field = '',
  depth = 0,
): void => {
  if (patch === null) return comparison.remove(path, desired);
  if (depth > MAX_DEPTH) return comparison.unknown(path);
  if (isRedacted(desired) && typeof patch === 'object') {
    return comparison.setPart(path, patch, desired, after);
  }
  if (Array.isArray(patch)) {
    return comparePatchList(
      comparison,
      path,
      patch as readonly JsonValue[],
      desired,
      after,
      field,
      depth,
    );
  }
  const block = oneOf(desired);
  if (!isJsonObject(patch) || !isJsonObject(block)) {
    const isMap = isJsonObject(patch) && (desired === undefined || desired === null);
    if (!isMap || isHollow(patch)) return comparison.set(path, patch, desired);
    return comparePatchMembers(comparison, path, patch, {}, after, depth);
  }
  const blockPath = Array.isArray(desired) ? elementPath(path, 0) : path;
  const directive = ownString(patch, '$patch');
  if (directive === 'delete') return comparison.remove(path, desired);
  if (directive === 'replace') {
    const { $patch: _directive, ...whole } = patch;
    return compareWhole(comparison, blockPath, whole, block, { removes: true });
  }
  comparePatchMembers(comparison, blockPath, patch, block, after, depth);
};

const comparePatchMembers = (
  comparison: Comparison,
  path: string,
  patch: JsonObject,
  desired: JsonObject,
  after: JsonValue | undefined,
  depth: number,
): void => {
  for (const [key, value] of Object.entries(patch)) {
    if (key === '$retainKeys') {
      retainOnly(comparison, path, value, patch, desired);
      continue;
    }
    if (key.startsWith(DELETE_FROM_LIST)) {
      const name = key.slice(DELETE_FROM_LIST.length);
      const found = comparison.names.member(desired, name);
      const list = Array.isArray(found?.value) ? (found.value as readonly JsonValue[]) : [];
      if (isRedacted(found?.value)) {
        comparison.unknown(memberPath(path, found?.key ?? name));
        continue;
      }
      const gone = Array.isArray(value) ? (value as readonly JsonValue[]) : [];
      for (const each of gone) {
        const isDesired = list.some((one) => scalarText(one) === scalarText(each));
        if (isDesired) comparison.drop(memberPath(path, found?.key ?? name), each);
        else comparison.remove(memberPath(path, found?.key ?? name), undefined);
      }
      continue;
    }
    if (key.startsWith('$')) continue;
    const found = comparison.names.member(desired, key);
    comparePatch(
      comparison,
      memberPath(path, found?.key ?? key),
      value,
      found?.value,
      ownValue(after, key),
      key,
      depth + 1,
    );
  }
};

/** Of a union, such as a volume's source, the members that the patch does not name are gone. */
const retainOnly = (
  comparison: Comparison,
  path: string,
  retained: JsonValue,
  patch: JsonObject,
  desired: JsonObject,
): void => {
  if (!Array.isArray(retained)) return;
  const kept = new Set(
    [...(retained as readonly JsonValue[]), ...Object.keys(patch)].flatMap((key) =>
      typeof key === 'string' ? (comparison.names.member(desired, key)?.key ?? []) : [],
    ),
  );
  for (const [key, value] of Object.entries(desired)) {
    if (!kept.has(key)) comparison.remove(memberPath(path, key), value);
  }
};

const comparePatchList = (
  comparison: Comparison,
  path: string,
  patch: readonly JsonValue[],
  desired: JsonValue | undefined,
  after: JsonValue | undefined,
  field: string,
  depth: number,
): void => {
  const stated = patch.filter((element) => ownString(element, '$patch') !== 'delete');
  const gone = patch.filter((element) => ownString(element, '$patch') === 'delete');
  const matched = matchElements(comparison.names, field, patch, desired);
  if (matched === undefined) {
    comparison.set(path, patch, desired);
    return;
  }
  const replaces = patch.some((element) => ownString(element, '$patch') === 'replace');
  for (const { element, position, value } of matched) {
    if (ownString(element, '$patch') === 'replace') continue;
    if (gone.includes(element)) {
      if (value === undefined) comparison.remove(path, undefined);
      else comparison.drop(path, value);
    } else if (value === undefined || position === undefined) {
      comparison.add(path, element);
    } else {
      comparePatch(
        comparison,
        elementPath(path, position),
        comparison.names.withoutKey(field, element),
        value,
        elementOf(comparison, field, after, element),
        '',
        depth + 1,
      );
    }
  }
  const now = replaces ? stated : listOf(after);
  if (now === undefined) return;
  const left = matchElements(comparison.names, field, now, desired) ?? [];
  const dropped = new Set(
    matched.flatMap(({ element, position }) => (gone.includes(element) ? [position] : [])),
  );
  const kept = new Set(left.map(({ position }) => position));
  const list = Array.isArray(desired) ? (desired as readonly JsonValue[]) : [];
  list.forEach((value, position) => {
    if (!kept.has(position) && !dropped.has(position)) comparison.drop(path, value);
  });
};

const elementOf = (
  { names }: Comparison,
  field: string,
  after: JsonValue | undefined,
  element: JsonValue,
): JsonValue | undefined => {
  const key = names.elementKey(field, element);
  return key === undefined
    ? undefined
    : listOf(after)?.find((each) => names.elementKey(field, each) === key);
};
