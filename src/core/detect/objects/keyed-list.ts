import type { JsonValue } from '../../model/json.ts';
import type { ObjectNames } from './object-names.ts';

/** An element of a call's list, with the desired element that has its key. */
export interface MatchedElement {
  readonly element: JsonValue;
  /** Of the desired element in its list; undefined where code has none with the key. */
  readonly position: number | undefined;
  readonly value: JsonValue | undefined;
}

/** The value itself where it is a list. */
export const listOf = (value: JsonValue | undefined): readonly JsonValue[] | undefined =>
  Array.isArray(value) ? (value as readonly JsonValue[]) : undefined;

type Positions = ReadonlyMap<string, number> | undefined;

interface KnownPositions {
  readonly names: ObjectNames;
  readonly field: string;
  readonly positions: Positions;
}

const known = new WeakMap<readonly JsonValue[], KnownPositions>();

/** Positions by key, made once for each list: the operations of a patch lead through the same ones. */
const positionsOf = (names: ObjectNames, field: string, list: readonly JsonValue[]): Positions => {
  const made = known.get(list);
  if (made?.names === names && made.field === field) return made.positions;
  const positions = keyPositions(names, field, list);
  known.set(list, { names, field, positions });
  return positions;
};

const keyPositions = (names: ObjectNames, field: string, list: readonly JsonValue[]): Positions => {
  const positions = new Map<string, number>();
  for (const [position, value] of list.entries()) {
    const key = names.elementKey(field, value);
    // Two of one key, as in a list that tells them apart by more.
    if (key === undefined || positions.has(key)) return undefined;
    positions.set(key, position);
  }
  return positions;
};

/**
 * The elements of a list with the desired ones that they are, by the key of the list's name. Undefined where the list
 * has no key or an element lacks it: then it is compared as a whole.
 */
export const matchElements = (
  names: ObjectNames,
  field: string,
  elements: readonly JsonValue[],
  desired: JsonValue | undefined,
): readonly MatchedElement[] | undefined => {
  if (desired !== undefined && desired !== null && !Array.isArray(desired)) return undefined;
  const list = listOf(desired) ?? [];
  const positions = positionsOf(names, field, list);
  if (positions === undefined) return undefined;
  const matched: MatchedElement[] = [];
  for (const element of elements) {
    const key = names.elementKey(field, element);
    if (key === undefined) {
      if (Object.hasOwn(Object(element) as object, '$patch')) continue;
      return undefined;
    }
    const position = positions.get(key);
    matched.push({
      element,
      position,
      value: position === undefined ? undefined : list[position],
    });
  }
  return list.length + matched.length === 0 ? undefined : matched;
};
