import type { JsonValue } from './json.ts';
import { compilePath, readPath } from './path-template.ts';

const ANY = '*';

/**
 * Whether each path (alternatives with `|`) holds its text; numbers and booleans count as their text, and `*` is any
 * value. True for no condition at all.
 */
export const holdsAll = (
  root: JsonValue,
  when: Readonly<Record<string, string>> | undefined,
): boolean =>
  when === undefined ||
  Object.entries(when).every(([paths, text]) =>
    paths
      .split('|')
      .some((path) =>
        readPath(root, compilePath(path), 0, 1).some(
          (value) => text === ANY || (typeof value !== 'object' && String(value) === text),
        ),
      ),
  );
