import { keptByName } from '../../model/bounded-cache.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { compileGlobs, type GlobMatcher } from '../../model/glob.ts';
import type { ObjectTable } from '../../model/object-table.ts';
import { snakeCase } from '../../model/snake-case.ts';

/** A member of a desired object under the name that its format has for it. */
export interface NamedValue {
  readonly key: string;
  readonly value: JsonValue;
}

interface KeyPart {
  readonly name: string;
  readonly fallback: string | undefined;
}

/** How manifests and the attributes of desired resources name the same things. */
export interface ObjectNames {
  /** The desired member that a manifest's member is; undefined where the object has none. */
  readonly member: (object: JsonValue | undefined, key: string) => NamedValue | undefined;
  /** What tells an element of the list of this name from the others; undefined where nothing does. */
  readonly elementKey: (list: string, element: JsonValue) => string | undefined;
  /** The element without what tells it from the others: a patch names these to say which one it means. */
  readonly withoutKey: (list: string, element: JsonValue) => JsonValue;
  readonly isToolMark: GlobMatcher;
  /** Whether the server sets the member of what is at the path to this by itself, where an object leaves it out. */
  readonly isDefault: (path: string, key: string, value: JsonValue) => boolean;
}

/** A block of Terraform that there is one of stands in a list. */
export const oneOf = (value: JsonValue | undefined): JsonValue | undefined => {
  if (!Array.isArray(value)) return value;
  const list = value as readonly JsonValue[];
  return list.length === 1 && isJsonObject(list[0]) ? list[0] : value;
};

const ownMember = (object: JsonObject, key: string): NamedValue | undefined => {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  return value === undefined ? undefined : { key, value };
};

const parseKey = (text: string): readonly KeyPart[] =>
  text.split('+').map((part) => {
    const equals = part.indexOf('=');
    return equals === -1
      ? { name: part, fallback: undefined }
      : { name: part.slice(0, equals), fallback: part.slice(equals + 1) };
  });

/** Names come from objects of records, too. */
const MAX_NAMES = 10_000;
const compiled = new WeakMap<ObjectTable, ObjectNames>();

/** The name of what is at a path, without positions. */
const LAST_NAME = /([^.[\]]+)(?:\[\d+\]|\.)*$/;

const compile = ({ blocks, defaults, listKeys, toolMarks }: ObjectTable): ObjectNames => {
  const keys = new Map(Object.entries(listKeys).map(([list, each]) => [list, each.map(parseKey)]));
  const snakeName = keptByName(snakeCase, MAX_NAMES);
  const member: ObjectNames['member'] = (object, key) => {
    if (!isJsonObject(object)) return undefined;
    const own = ownMember(object, key) ?? ownMember(object, snakeName(key));
    if (own !== undefined) return own;
    const block = Object.hasOwn(blocks, key) ? blocks[key] : undefined;
    return block === undefined ? undefined : ownMember(object, block);
  };
  const partOf = (element: JsonObject, { name, fallback }: KeyPart): string | undefined => {
    const found = member(element, name)?.value;
    return found === undefined || found === null || found === '' || typeof found === 'object'
      ? fallback
      : String(found);
  };
  const keyOf = (
    list: string,
    element: JsonValue,
  ): { readonly parts: readonly KeyPart[]; readonly text: string } | undefined => {
    if (!isJsonObject(element)) return undefined;
    for (const parts of keys.get(list) ?? []) {
      const values = parts.map((part) => partOf(element, part));
      if (values[0] !== undefined && values.every((value) => value !== undefined)) {
        return { parts, text: JSON.stringify([parts[0]?.name, ...values]) };
      }
    }
    return undefined;
  };
  const snakeDefaults = new Map(
    Object.entries(defaults).flatMap(([key, values]) => {
      const [parent = '', child] = key.split('.');
      const block = Object.hasOwn(blocks, parent) ? blocks[parent] : undefined;
      const own = [snakeCase(key), values] as const;
      return child === undefined || block === undefined
        ? [own]
        : [own, [snakeCase(`${block}.${child}`), values] as const];
    }),
  );
  return {
    member,
    isDefault: (path, key, value) => {
      const parent = LAST_NAME.exec(path)?.[1] ?? '';
      const values = [key, `${parent}.${key}`].flatMap(
        (name) => snakeDefaults.get(snakeName(name)) ?? [],
      );
      if (values.length === 0) return false;
      const text = JSON.stringify(value);
      return values.some((each) => each === '*' || JSON.stringify(each) === text);
    },
    elementKey: (list, element) => keyOf(list, element)?.text,
    withoutKey: (list, element) => {
      const names = keyOf(list, element)?.parts.map(({ name }) => name) ?? [];
      return isJsonObject(element)
        ? Object.fromEntries(Object.entries(element).filter(([key]) => !names.includes(key)))
        : element;
    },
    isToolMark: compileGlobs(toolMarks),
  };
};

export const objectNames = (table: ObjectTable): ObjectNames => {
  const known = compiled.get(table) ?? compile(table);
  compiled.set(table, known);
  return known;
};
