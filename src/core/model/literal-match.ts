import type { JsonValue } from './json.ts';
import { compilePath, readPath } from './path-template.ts';

/** Whether each path holds its text; numbers and booleans count as their text. True for no condition at all. */
export const holdsAll = (
  root: JsonValue,
  when: Readonly<Record<string, string>> | undefined,
): boolean =>
  when === undefined ||
  Object.entries(when).every(([path, text]) =>
    readPath(root, compilePath(path), 0, 1).some(
      (value) => (typeof value === 'object' ? undefined : String(value)) === text,
    ),
  );
