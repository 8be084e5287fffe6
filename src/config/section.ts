import type { FormatName, FormatValues } from './formats.ts';

/** One key of the configuration, in the shape that convict takes. */
export interface Key {
  readonly doc: string;
  readonly format: FormatName;
  /** Null: not set, and that is right. */
  readonly default: unknown;
  /** The environment variable: `DRIFTLINE_` and the key's path in capitals. */
  readonly env: `DRIFTLINE_${string}`;
  /** The unit of a number: bytes, ms, records. */
  readonly unit?: string;
  /** Never printed. */
  readonly sensitive?: true;
}

export interface Section {
  readonly [name: string]: Key | Section;
}

export const isKey = (node: Key | Section): node is Key => 'default' in node;

type ValueOf<K extends Key> =
  FormatValues[K['format']] | (K['default'] extends null ? undefined : never);

/** The plain values that a section describes. */
export type Values<S> = {
  readonly [Name in keyof S]: S[Name] extends Key ? ValueOf<S[Name]> : Values<S[Name]>;
};

/** Every key of a section with its dotted path, in the order in which the section names them. */
export const keysOf = (section: Section, parent = ''): readonly (readonly [string, Key])[] =>
  Object.entries(section).flatMap(([name, node]) => {
    const path = parent === '' ? name : `${parent}.${name}`;
    return isKey(node) ? [[path, node] as const] : keysOf(node, path);
  });
