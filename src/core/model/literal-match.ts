import type { JsonValue } from './json.ts';
import { compilePaths, readPath } from './path-template.ts';

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
  Object.entries(when).every(([paths, text]) => {
    const values = compilePaths(paths).flatMap((path) => readPath(root, path, 0, 1));
    return text === NONE
      ? values.every((value) => value === NONE)
      : values.some(
          (value) => text === ANY || (typeof value !== 'object' && String(value) === text),
        );
  });
