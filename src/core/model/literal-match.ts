import type { JsonValue } from './json.ts';
import { compilePaths, plainValue, readPath, type Path } from './path-template.ts';

const ANY = '*';
const NONE = '';

/**
 * Whether each path (alternatives with `|`) holds its text; numbers and booleans count as their text, `*` is any value,
 * and the empty text none at all. True for no condition.
 */
export const holdsAll = (
  root: JsonValue,
  when: Readonly<Record<string, string>> | undefined,
): boolean => when === undefined || conditionsOf(when).every((each) => holds(root, each));

const holds = (root: JsonValue, { paths, text }: Condition): boolean =>
  text === NONE
    ? paths.every((path) => isEmpty(firstAt(root, path)))
    : paths.some((path) => isText(firstAt(root, path), text));

const firstAt = (root: JsonValue, path: Path): JsonValue | undefined =>
  path.keys === undefined ? readPath(root, path, 0, 1)[0] : plainValue(root, path);

const isEmpty = (value: JsonValue | undefined): boolean => value === undefined || value === NONE;

const isText = (value: JsonValue | undefined, text: string): boolean =>
  value !== undefined && (text === ANY || (typeof value !== 'object' && String(value) === text));

interface Condition {
  readonly paths: readonly Path[];
  readonly text: string;
}

const compiled = new WeakMap<object, readonly Condition[]>();

/** The conditions of a row, made ready once. */
const conditionsOf = (when: Readonly<Record<string, string>>): readonly Condition[] => {
  let found = compiled.get(when);
  if (found === undefined) {
    found = Object.entries(when).map(([paths, text]) => ({ paths: compilePaths(paths), text }));
    compiled.set(when, found);
  }
  return found;
};
