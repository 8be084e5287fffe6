import type { JsonValue } from './json.ts';
import { compilePaths, readPath, type Path } from './path-template.ts';

const ANY = '*';
const NONE = '';

/**
 * Whether each path (alternatives with `|`) holds its text; numbers and booleans count as their text, `*` is any value,
 * and the empty text none at all. True for no condition.
 */
export const holdsAll = (
  root: JsonValue,
  when: Readonly<Record<string, string>> | undefined,
): boolean =>
  when === undefined ||
  conditionsOf(when).every(({ paths, text }) => {
    const values = paths.flatMap((path) => readPath(root, path, 0, 1));
    return text === NONE
      ? values.every((value) => value === NONE)
      : values.some(
          (value) => text === ANY || (typeof value !== 'object' && String(value) === text),
        );
  });

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
