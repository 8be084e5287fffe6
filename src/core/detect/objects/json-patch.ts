import { isJsonObject, ownString, ownValue, scalarText, type JsonValue } from '../../model/json.ts';
import type { ObjectTable } from '../../model/object-table.ts';
import { isRedacted } from '../../model/redacted-value.ts';
import { elementPath, memberPath } from './attribute-path.ts';
import { holdsMarker, type Comparison } from './comparison.ts';
import { listOf, matchElements, type MatchedElement } from './keyed-list.ts';
import { oneOf } from './object-names.ts';
import { finalPointers, indexOf, pointerOf, POSITION, type FinalPointer } from './patch-pointer.ts';
import { isSameValue } from './same-object.ts';
import { declaredPart, isDeclaredPointer } from './server-parts.ts';
import { compareWhole } from './whole-object.ts';

const MAX_OPERATIONS = 1_000;
/** Elements of a list without a key that one is looked for in. */
const MAX_COMPARED = 100;

/** Where a pointer leads in the desired object. */
interface Place {
  readonly path: string;
  readonly desired: JsonValue | undefined;
  readonly after: JsonValue | undefined;
  /** The list's name, where the last segment is a position in it. */
  readonly list: string | undefined;
  /** False where a position could not be turned into a desired element. */
  readonly known: boolean;
}

/**
 * Whether a segment is a position: wherever either side has a list, also where code's is of one block. Where the answer
 * has an object, the list is only how Terraform writes a block that there is one of.
 */
const isPosition = (segment: string | undefined, { after, desired }: Place): segment is string =>
  segment !== undefined &&
  POSITION.test(segment) &&
  (Array.isArray(after) || (!isJsonObject(after) && !isJsonObject(desired)));

interface Differing {
  readonly declared: readonly JsonValue[];
  readonly positions: readonly number[];
}

const differing = new WeakMap<readonly JsonValue[], Differing>();

/** Where the answer's list has not what code's has; told once for each list, since a patch may lead through it often. */
const differingPositions = (
  { names, options }: Comparison,
  path: string,
  now: readonly JsonValue[],
  declared: readonly JsonValue[],
): readonly number[] => {
  const known = differing.get(now);
  if (known?.declared === declared) return known.positions;
  const by = { names, ...options };
  const positions = now.flatMap((element, at) =>
    isSameValue(element, declared[at], path, by) === true ? [] : [at],
  );
  differing.set(now, { declared, positions });
  return positions;
};

/** Of a list without a key: code's element at the position, where all others of the answer's are code's at theirs. */
const matchPosition = (
  comparison: Comparison,
  { after, desired, path }: Place,
  index: number | undefined,
): MatchedElement | undefined => {
  const now = listOf(after);
  const declared = listOf(desired);
  const element = index === undefined ? undefined : now?.[index];
  if (index === undefined || now === undefined || element === undefined) return undefined;
  if (now.length !== declared?.length || now.length > MAX_COMPARED) return undefined;
  const others = differingPositions(comparison, path, now, declared).some((at) => at !== index);
  return others ? undefined : { element, position: index, value: declared[index] };
};

/**
 * Follows a pointer through the desired object. Its positions are those of the object in the cluster: they are turned
 * into the desired one's by the key of the element that the answer has there, or by all else that the list has; without
 * an answer they are not known.
 */
const follow = (
  comparison: Comparison,
  segments: readonly string[],
  root: {
    readonly path: string;
    readonly desired: JsonValue;
    readonly after: JsonValue | undefined;
  },
): Place => {
  const { names } = comparison;
  let place: Place = { ...root, list: undefined, known: true };
  let field = '';
  for (const segment of segments) {
    const live = place.after;
    // Of a secret's parts nothing is known.
    if (isRedacted(place.desired)) return { ...place, desired: undefined, known: false };
    if (isPosition(segment, place)) {
      const index = indexOf(listOf(live), segment);
      const element = index === undefined ? undefined : listOf(live)?.[index];
      const matched =
        element === undefined ? [] : matchElements(names, field, [element], place.desired);
      const found = matched === undefined ? matchPosition(comparison, place, index) : matched[0];
      place = {
        path: elementPath(place.path, found?.position ?? index ?? 0),
        desired: found?.value,
        after: element,
        list: field,
        known: place.known && found !== undefined,
      };
      field = '';
      continue;
    }
    const block = oneOf(place.desired);
    const at = Array.isArray(place.desired) ? elementPath(place.path, 0) : place.path;
    const found = names.member(block, segment);
    place = {
      path: memberPath(at, found?.key ?? segment),
      desired: found?.value,
      after: ownValue(live, segment),
      list: undefined,
      known: place.known,
    };
    field = segment;
  }
  return place;
};

/** Elements of code's that the list in the answer has no more; undefined where it cannot be told. */
const missingElements = (
  { names }: Comparison,
  { after, desired }: Place,
  field: string,
): readonly JsonValue[] | undefined => {
  const now = listOf(after);
  const declared = listOf(desired);
  if (now === undefined || declared === undefined) return undefined;
  if (now.length === 0) return declared;
  const matched = matchElements(names, field, now, desired);
  if (matched !== undefined) {
    const kept = new Set(matched.map(({ position }) => position));
    return declared.filter((_value, position) => !kept.has(position));
  }
  if (declared.some((value) => typeof value === 'object')) return undefined;
  const kept = new Set(now.map(scalarText));
  return declared.filter((value) => !kept.has(scalarText(value)));
};

/**
 * All that a list lost is told at once, whichever of the patch's operations it was.
 * @param told the lists whose losses are told
 */
const tellLosses = (
  comparison: Comparison,
  list: Place,
  field: string,
  told: Set<string>,
): void => {
  if (told.has(list.path)) return;
  told.add(list.path);
  const missing = list.known ? missingElements(comparison, list, field) : undefined;
  if (missing === undefined) comparison.unknown(list.path);
  for (const value of missing ?? []) comparison.drop(list.path, value);
};

const removeAt = (
  comparison: Comparison,
  segments: readonly string[] | undefined,
  root: Parameters<typeof follow>[2],
  told: Set<string>,
): void => {
  // Of what a later operation takes away as a whole, that one tells.
  if (segments === undefined) return;
  const last = segments.at(-1);
  const parent = follow(comparison, segments.slice(0, -1), root);
  if (isRedacted(parent.desired)) return comparison.unknown(parent.path);
  if (isPosition(last, parent)) {
    return tellLosses(comparison, parent, segments.at(-2) ?? '', told);
  }
  const place = follow(comparison, segments, root);
  if (place.known) comparison.remove(place.path, place.desired);
  else comparison.unknown(place.path);
};

const marked = new WeakMap<object, boolean>();

/** Whether any part of code's object is a secret; told once, since a patch may have many operations. */
const isMarked = (desired: JsonValue): boolean => {
  if (typeof desired !== 'object' || desired === null) return holdsMarker(desired);
  const known = marked.get(desired) ?? holdsMarker(desired);
  marked.set(desired, known);
  return known;
};

/** Tells what is set where it is not known which of code's elements it is in. */
const setUnplaced = (
  comparison: Comparison,
  segments: readonly string[],
  value: JsonValue,
  root: Parameters<typeof follow>[2],
  parent: Place,
): void => {
  // What code says there may be a secret.
  if (isRedacted(parent.desired) || isMarked(root.desired)) {
    return comparison.unknown(parent.path);
  }
  if (segments.at(-1) === '-') return comparison.unplaced(parent.path, 'add', value);
  comparison.unplaced(follow(comparison, segments, root).path, 'set', value);
};

interface Setting {
  /** The element that was there before is gone. */
  readonly replaces: boolean;
  readonly told: Set<string>;
}

const setAt = (
  comparison: Comparison,
  segments: readonly string[] | undefined,
  value: JsonValue | undefined,
  root: Parameters<typeof follow>[2],
  { replaces, told }: Setting,
): void => {
  if (segments === undefined) return;
  const last = segments.at(-1);
  const parent = follow(comparison, segments.slice(0, -1), root);
  const isPart = segments.length > 0 && isRedacted(parent.desired);
  if (value === undefined || isPart) return comparison.unknown(parent.path);
  if (!parent.known) return setUnplaced(comparison, segments, value, root, parent);
  if (!isPosition(last, parent)) {
    const place = follow(comparison, segments, root);
    const isWhole = isJsonObject(value) && isJsonObject(oneOf(place.desired));
    if (isWhole || Array.isArray(value)) {
      compareReplaced(comparison, place.path, value, place.desired, segments.at(-1) ?? '');
    } else comparison.set(place.path, value, place.desired);
    return;
  }
  const field = segments.at(-2) ?? '';
  const [found] = matchElements(comparison.names, field, [value], parent.desired) ?? [];
  if (replaces && !standsAt(comparison, parent, value, found?.position, indexOf(undefined, last))) {
    tellLosses(comparison, parent, field, told);
  }
  if (found?.position !== undefined) {
    const path = elementPath(parent.path, found.position);
    compareReplaced(comparison, path, value, found.value, '');
    return;
  }
  const isDesired = found === undefined && hasElement(comparison, parent, value);
  if (isDesired === undefined) comparison.unknown(parent.path);
  else if (isDesired) comparison.equal(parent.path);
  else comparison.add(parent.path, value);
};

/**
 * Whether code's list has this one element alone, at the position of the value: then what it replaced is itself. Of any
 * other list it is not known what is gone, since the live one may stand in another order than code's.
 */
const standsAt = (
  { names, options }: Comparison,
  { desired, path, after }: Place,
  value: JsonValue,
  matched: number | undefined,
  position: number | undefined,
): boolean => {
  if (listOf(after) !== undefined || (listOf(desired)?.length ?? 0) > 1) return false;
  if (matched !== undefined) return matched === position;
  const there = position === undefined ? undefined : listOf(desired)?.[position];
  const same = isSameValue(value, there, path, { names, ...options });
  return same === true;
};

const textsOf = new WeakMap<readonly JsonValue[], ReadonlySet<string | undefined>>();

/** Made once for each list: a patch may add many elements to one. */
const scalarTexts = (list: readonly JsonValue[]): ReadonlySet<string | undefined> => {
  const known = textsOf.get(list) ?? new Set(list.map(scalarText));
  textsOf.set(list, known);
  return known;
};

/** Whether code's list has the element, where no key tells one from another; undefined where it cannot be told. */
const hasElement = (
  { names, options }: Comparison,
  { desired, path }: Place,
  value: JsonValue,
): boolean | undefined => {
  const list = listOf(desired) ?? [];
  const text = scalarText(value);
  if (text !== undefined) return scalarTexts(list).has(text);
  if (desired !== undefined && desired !== null && !Array.isArray(desired)) return undefined;
  if (list.length > MAX_COMPARED) return undefined;
  const same = list.map((each) => isSameValue(value, each, path, { names, ...options }));
  return same.includes(true) ? true : same.includes(undefined) ? undefined : false;
};

/** Sets a value as a whole, and tells that it is what code says where it is. */
const compareReplaced = (
  comparison: Comparison,
  path: string,
  value: JsonValue,
  desired: JsonValue | undefined,
  field: string,
): void => {
  const before = comparison.changes.length;
  compareWhole(comparison, path, value, desired, { removes: true }, field);
  if (comparison.changes.length === before) comparison.equal(path);
};

/**
 * Compares what the operations of a JSON patch (RFC 6902) set with what code says. `test` sets nothing; of what `copy`
 * and `move` set, only the place is told.
 */
export const compareJsonPatch = (
  comparison: Comparison,
  operations: readonly JsonValue[],
  root: Parameters<typeof follow>[2],
  table: ObjectTable,
): void => {
  const told = new Set<string>();
  const done = operations.slice(0, MAX_OPERATIONS);
  const finalPointer = finalPointers(done, root.after);
  for (const [at, operation] of done.entries()) {
    const name = ownString(operation, 'op');
    const segments = pointerOf(operation, 'path');
    if (name === 'test' || segments === undefined) continue;
    if (name === 'move') {
      const from = pointerOf(operation, 'from');
      if (from !== undefined && isDeclaredPointer(from, table)) {
        removeAt(comparison, moved(from, at, finalPointer), root, told);
      }
    }
    if (!isDeclaredPointer(segments, table)) continue;
    const place = moved(segments, at, finalPointer);
    if (name === 'remove') removeAt(comparison, place, root, told);
    else {
      const isCopy = name === 'copy' || name === 'move';
      const value = isCopy ? undefined : partAt(segments, ownValue(operation, 'value'), table);
      setAt(comparison, place, value, root, { replaces: name === 'replace', told });
    }
  }
};

/**
 * The pointer with what is in front of its last segment as it is after the patch: the last one is a place in the list at
 * the time, which is told by the value. Undefined where a later operation took the place away.
 */
const moved = (
  segments: readonly string[],
  at: number,
  finalPointer: FinalPointer,
): readonly string[] | undefined => {
  const last = segments.at(-1);
  const parent = finalPointer(segments.slice(0, -1), at);
  return last === undefined || parent === undefined ? parent : [...parent, last];
};

/** The part of a value that code may declare, where the pointer is to the object or its metadata. */
const partAt = (
  segments: readonly string[],
  value: JsonValue | undefined,
  table: ObjectTable,
): JsonValue | undefined => {
  if (value === undefined || !isJsonObject(value)) return value;
  if (segments.length === 0) return declaredPart(value, table);
  if (segments[0] !== 'metadata' || segments.length > 2) return value;
  const whole = segments.length === 1 ? value : { [segments[1] ?? '']: value };
  const metadata = declaredPart({ metadata: whole }, table)?.['metadata'];
  return segments.length === 1 ? metadata : ownValue(metadata, segments[1] ?? '');
};

/** Whether a JSON patch touches anything that code may declare. */
export const touchesDeclared = (operations: readonly JsonValue[], table: ObjectTable): boolean =>
  operations.some((operation) => {
    if (ownString(operation, 'op') === 'test') return false;
    return (['path', 'from'] as const).some((name) => {
      const segments = pointerOf(operation, name);
      return segments !== undefined && isDeclaredPointer(segments, table);
    });
  });
