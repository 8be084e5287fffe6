import { ownString, ownValue, type JsonValue } from '../../model/json.ts';
import { listOf } from './keyed-list.ts';

const MAX_SEGMENTS = 48;

/** The segments of a JSON pointer (RFC 6901); undefined for a text that is none. */
const pointerSegments = (pointer: string | undefined): readonly string[] | undefined => {
  if (pointer === undefined || (pointer !== '' && !pointer.startsWith('/'))) return undefined;
  const segments = pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
  return segments.length > MAX_SEGMENTS ? undefined : segments;
};

/** What the API server takes for a position in a list: beside RFC 6901 also `+1`, and `-1` from the end. */
export const POSITION = /^(?:[+-]?\d+|-)$/;

/** The element that a position means; undefined where the list is not known or has none there. */
export const indexOf = (
  list: readonly JsonValue[] | undefined,
  segment: string,
): number | undefined => {
  if (list === undefined) return segment.startsWith('-') ? undefined : Number(segment);
  const position = segment === '-' ? -1 : Number(segment);
  const index = segment.startsWith('-') && position < 0 ? list.length + position : position;
  return index < 0 ? undefined : Math.abs(index);
};

/** A pointer may be the empty text. */
const textAt = (operation: JsonValue, name: string): string | undefined => {
  const text = ownValue(operation, name);
  return typeof text === 'string' ? text : undefined;
};

/** The segments of an operation's `path` or `from`; undefined where it has none that is a pointer. */
export const pointerOf = (
  operation: JsonValue,
  name: 'path' | 'from',
): readonly string[] | undefined => pointerSegments(textAt(operation, name));

/** An element that comes into a list or leaves it: all behind it move. */
interface Shift {
  /** Of the operation in the patch. */
  readonly at: number;
  readonly list: readonly string[];
  /** Undefined where it is counted from an end that is not known. */
  readonly position: number | undefined;
  readonly by: 1 | -1;
  /** Where a `move` puts the element that leaves. */
  readonly to: readonly string[] | undefined;
}

const INDEX = /^[+-]?\d{1,6}$/;
/** Counted from the end, before any beginning: no element. */
const NOWHERE = '-9999999';

const shiftOf = (
  at: number,
  segments: readonly string[] | undefined,
  by: Shift['by'],
  to?: readonly string[],
): readonly Shift[] => {
  const last = segments?.at(-1);
  return segments === undefined || last === undefined || !INDEX.test(last)
    ? []
    : [{ at, list: segments.slice(0, -1), position: indexOf(undefined, last), by, to }];
};

const shiftsOf = (operation: JsonValue, at: number): readonly Shift[] => {
  const path = pointerOf(operation, 'path');
  switch (ownString(operation, 'op')) {
    case 'add':
    case 'copy':
      return shiftOf(at, path, 1);
    case 'remove':
      return shiftOf(at, path, -1);
    case 'move':
      return [...shiftOf(at, pointerOf(operation, 'from'), -1, path), ...shiftOf(at, path, 1)];
    default:
      return [];
  }
};

const isBelow = (segments: readonly string[], list: readonly string[]): boolean =>
  segments.length > list.length && list.every((segment, index) => segment === segments[index]);

const valueAt = (
  value: JsonValue | undefined,
  segments: readonly string[],
): JsonValue | undefined =>
  segments.reduce<JsonValue | undefined>((found, segment) => {
    const list = listOf(found);
    return list === undefined ? ownValue(found, segment) : list[indexOf(list, segment) ?? -1];
  }, value);

/**
 * Where a pointer of the operation at the place leads once the patch is done; undefined where a later operation took
 * that away.
 */
export type FinalPointer = (
  segments: readonly string[],
  at: number,
) => readonly string[] | undefined;

/**
 * A patch's positions hold when their operation is done, and the answer shows the object after all of them.
 * @param after the answer; without it no position is known, and pointers stay as they are
 */
export const finalPointers = (
  operations: readonly JsonValue[],
  after: JsonValue | undefined,
): FinalPointer => {
  const shifts: Shift[] = [];
  const follow: FinalPointer = (segments, at) => {
    let now = segments;
    let moved: number | undefined;
    for (const shift of shifts) {
      if (shift.at <= at || shift.at === moved || !isBelow(now, shift.list)) continue;
      const index = shift.list.length;
      const segment = now[index] ?? '';
      if (!INDEX.test(segment)) continue;
      const position = indexOf(undefined, segment);
      if (position === undefined || shift.position === undefined) {
        now = [...now.slice(0, index), NOWHERE, ...now.slice(index + 1)];
        continue;
      }
      if (shift.by === -1 && position === shift.position) {
        if (shift.to === undefined) return undefined;
        now = [...shift.to, ...now.slice(index + 1)];
        moved = shift.at;
        continue;
      }
      const moves = shift.by === 1 ? position >= shift.position : position > shift.position;
      if (moves)
        now = [...now.slice(0, index), String(position + shift.by), ...now.slice(index + 1)];
    }
    return now;
  };
  // From the end, since what is a list can only be seen in the answer: a map's keys may be numbers too.
  operations.toReversed().forEach((operation, fromEnd) => {
    const at = operations.length - 1 - fromEnd;
    const found = shiftsOf(operation, at).filter(({ list }) => {
      const place = follow(list, at);
      return place !== undefined && Array.isArray(valueAt(after, place));
    });
    shifts.unshift(...found);
  });
  return follow;
};
