import { isJsonObject } from './json.ts';
import type { JsonObject, JsonValue } from './json.ts';

/**
 * Paths and text with `{paths}`, as the provider tables write them.
 * - A path is dotted: `request.groupId`. `a[0]` takes an element, `a[]` each element, `a[#]` the element at the
 *   position of the resource that the path is read for. A value that is no list counts as a list of itself, since
 *   providers write a list of one as its element. A name with dots stands in quotes:
 *   `annotations['run.googleapis.com/ingress']`.
 * - `{a|b}` takes the first path with a value; `'text'` in quotes is a literal, as in `{from_port|'0'}`.
 * - Paths of one template that share a prefix up to `[]` speak of the same element.
 */
export interface Path {
  readonly segments: readonly PathSegment[];
  /** The keys, where nothing is picked out of lists: such a path has one value or none. */
  readonly keys?: readonly string[];
}

interface PathSegment {
  readonly key: string;
  /** Elements taken after the key, one for each bracket. */
  readonly picks: readonly (number | 'each' | 'position')[];
}

type Source = { readonly literal: string } | { readonly path: Path };

export interface PathTemplate {
  readonly parts: readonly (string | readonly Source[])[];
  /** No path picks out of lists: the template makes one text or none. */
  readonly isSingle: boolean;
}

/** What paths and templates read of an act, by the first key; what is undefined has no value. */
export interface PathRoot {
  readonly request?: JsonValue | undefined;
  readonly response?: JsonValue | undefined;
  readonly details?: JsonValue | undefined;
  /** Parts of the resource's path, where the record states one. */
  readonly resource?: JsonObject | undefined;
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  /** One of the things that a call names in a list. */
  readonly item?: JsonValue | undefined;
}

/** One literal, and so one shape for all acts. */
export const pathRoot = ({
  request,
  response,
  details,
  resource,
  account,
  region,
  item,
}: PathRoot): JsonObject =>
  ({ request, response, details, resource, account, region, item }) as unknown as JsonObject;

/** One expansion: the text, and the index of the element in the first list that was expanded. */
export interface Expansion {
  readonly text: string;
  readonly index: number;
}

/** Elements bound by prefix, so that two paths through one list stay on one element. */
interface Bindings {
  readonly [prefix: string]: number;
}

interface Found {
  readonly value: JsonValue;
  readonly bindings: Bindings;
  readonly index: number | undefined;
}

const MAX_CACHED = 10_000;
const paths = new Map<string, Path>();
const alternatives = new Map<string, readonly Path[]>();
const templates = new Map<string, PathTemplate>();

const remember = <T>(cache: Map<string, T>, text: string, compile: (text: string) => T): T => {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const made = compile(text);
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(text, made);
  return made;
};

/** A dot that is in no name in quotes. */
const DOT = /\.(?![^']*'\])/;
const QUOTED_NAME = /^\['([^'|{}]+)'\]/;

/** What stands between dots: a name with what is picked after it, and names in quotes. */
const parseSegments = (text: string, whole: string): readonly PathSegment[] => {
  const open = text.indexOf('[');
  const key = open === -1 ? text : text.slice(0, open);
  if (key === '') throw new SyntaxError(`Path "${whole}": a segment has no name.`);
  let picks: (number | 'each' | 'position')[] = [];
  const segments = [{ key, picks }];
  let rest = open === -1 ? '' : text.slice(open);
  while (rest !== '') {
    const name = QUOTED_NAME.exec(rest)?.[1];
    if (name !== undefined) {
      picks = [];
      segments.push({ key: name, picks });
      rest = rest.slice(name.length + 4);
      continue;
    }
    const close = rest.indexOf(']');
    const inner = rest.slice(1, close);
    if (rest[0] !== '[' || close === -1 || !/^(#|\d{0,4})$/.test(inner)) {
      throw new SyntaxError(`Path "${whole}": write [], [#] or [number] after "${key}".`);
    }
    picks.push(inner === '' ? 'each' : inner === '#' ? 'position' : Number(inner));
    rest = rest.slice(close + 1);
  }
  return segments;
};

/** @throws SyntaxError that names the path, where it is malformed. */
export const compilePath = (text: string): Path =>
  remember(paths, text, (path) => {
    const segments = path.split(DOT).flatMap((segment) => parseSegments(segment, path));
    return segments.every(({ picks }) => picks.length === 0)
      ? { segments, keys: segments.map(({ key }) => key) }
      : { segments };
  });

/** The paths of `a.b|a.c`. @throws SyntaxError as `compilePath` */
export const compilePaths = (text: string): readonly Path[] =>
  remember(alternatives, text, (all) => all.split('|').map(compilePath));

const parseSource = (text: string): Source =>
  text.length > 1 && text.startsWith("'") && text.endsWith("'")
    ? { literal: text.slice(1, -1) }
    : { path: compilePath(text) };

/** @throws SyntaxError that names the template, where it is malformed. */
export const compileTemplate = (text: string): PathTemplate =>
  remember(templates, text, (template) => {
    const parts: (string | readonly Source[])[] = [];
    let at = 0;
    while (at < template.length) {
      const open = template.indexOf('{', at);
      const end = open === -1 ? template.length : open;
      if (end > at) parts.push(template.slice(at, end));
      if (open === -1) break;
      const close = template.indexOf('}', open);
      if (close === -1) throw new SyntaxError(`Template "${template}": a { is not closed.`);
      parts.push(
        template
          .slice(open + 1, close)
          .split('|')
          .map(parseSource),
      );
      at = close + 1;
    }
    if (parts.length === 0) throw new SyntaxError('A template is empty.');
    const isSingle = parts.every(
      (part) =>
        typeof part === 'string' ||
        part.every((source) => 'literal' in source || source.path.keys !== undefined),
    );
    return { parts, isSingle };
  });

const own = (value: JsonValue, key: string): JsonValue | undefined =>
  isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;

const asList = (value: JsonValue): readonly JsonValue[] =>
  Array.isArray(value) ? (value as readonly JsonValue[]) : [value];

/** The value under keys; undefined also for null. */
const valueUnder = (root: JsonValue, keys: readonly string[]): JsonValue | undefined => {
  let value = root;
  for (const key of keys) {
    const next = own(value, key);
    if (next === undefined || next === null) return undefined;
    value = next;
  }
  return value;
};

const findAll = (
  root: JsonValue,
  path: Path,
  bindings: Bindings,
  position: number,
  limit: number,
): readonly Found[] => {
  if (path.keys !== undefined) {
    const value = valueUnder(root, path.keys);
    return value === undefined ? [] : [{ value, bindings, index: undefined }];
  }
  let found: Found[] = [{ value: root, bindings, index: undefined }];
  let prefix = '';
  for (const segment of path.segments) {
    prefix += `.${segment.key}`;
    let next: Found[] = [];
    for (const from of found) {
      const value = own(from.value, segment.key);
      if (value !== undefined && value !== null) next.push({ ...from, value });
    }
    for (const pick of segment.picks) {
      const picked: Found[] = [];
      for (const from of next) {
        const list = asList(from.value);
        const bound =
          pick === 'each' ? from.bindings[prefix] : pick === 'position' ? position : pick;
        if (bound !== undefined) {
          const value = list[bound];
          if (value !== undefined) picked.push({ ...from, value, index: from.index ?? bound });
          continue;
        }
        for (let index = 0; index < list.length && picked.length < limit; index += 1) {
          const value = list[index];
          if (value === undefined) continue;
          const bindings = { ...from.bindings, [prefix]: index };
          picked.push({ value, bindings, index: from.index ?? index });
        }
      }
      next = picked;
      prefix += '[]';
    }
    found = next;
    if (found.length === 0) return found;
  }
  return found;
};

/**
 * All values at the path, no nulls; at most `limit`.
 * @param position of the resource, for `[#]`.
 */
export const readPath = (
  root: JsonValue,
  path: Path,
  position = 0,
  limit = 1_000,
): readonly JsonValue[] => {
  if (path.keys === undefined) {
    return findAll(root, path, {}, position, limit).map(({ value }) => value);
  }
  const value = valueUnder(root, path.keys);
  return value === undefined ? [] : [value];
};

/** Whether the first list that the path expands is there, and empty. */
export const isEmptiedList = (root: JsonValue, path: Path): boolean => {
  let value = root;
  for (const { key, picks } of path.segments) {
    const next = own(value, key);
    if (next === undefined || next === null) return false;
    if (picks.includes('each')) return Array.isArray(next) && next.length === 0;
    if (picks.length > 0) return false;
    value = next;
  }
  return false;
};

/** Whether the path expands lists, so that its value is a list. */
export const isMany = (path: Path): boolean =>
  path.keys === undefined && path.segments.some(({ picks }) => picks.includes('each'));

const asText = (value: JsonValue): string | undefined => {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
};

interface Partial {
  readonly text: string;
  readonly bindings: Bindings;
  readonly index: number | undefined;
}

const append = (
  root: JsonValue,
  from: Partial,
  sources: readonly Source[],
  limit: number,
): readonly Partial[] => {
  for (const source of sources) {
    if ('literal' in source) return [{ ...from, text: from.text + source.literal }];
    const made: Partial[] = [];
    for (const { value, bindings, index } of findAll(root, source.path, from.bindings, 0, limit)) {
      const text = asText(value);
      if (text !== undefined) {
        made.push({ text: from.text + text, bindings, index: from.index ?? index });
      }
    }
    if (made.length > 0) return made;
  }
  return [];
};

/** The value of a path that picks nothing out of lists; undefined also for null, and for any other path. */
export const plainValue = (root: JsonValue, { keys }: Path): JsonValue | undefined =>
  keys === undefined ? undefined : valueUnder(root, keys);

/** The text of a part whose paths pick nothing out of lists; undefined for any other part. */
const plainText = (root: JsonValue, sources: readonly Source[]): string | null | undefined => {
  for (const source of sources) {
    if ('literal' in source) return source.literal;
    if (source.path.keys === undefined) return undefined;
    const value = valueUnder(root, source.path.keys);
    const text = value === undefined ? undefined : asText(value);
    if (text !== undefined) return text;
  }
  return null;
};

/** The text of a template that makes one; undefined where a path has no value. */
export const singleText = (template: PathTemplate, root: JsonValue): string | undefined => {
  let text = '';
  for (const part of template.parts) {
    const next = typeof part === 'string' ? part : plainText(root, part);
    if (next === null || next === undefined) return undefined;
    text += next;
  }
  return text;
};

/** All texts that the template makes; none where a path has no value. At most `limit` of them. */
export const expandTemplate = (
  template: PathTemplate,
  root: JsonValue,
  limit = 1_000,
): readonly Expansion[] => {
  let made: readonly Partial[] = [{ text: '', bindings: {}, index: undefined }];
  for (const part of template.parts) {
    const plain = typeof part === 'string' ? part : plainText(root, part);
    if (plain === null) return [];
    if (typeof part === 'string' || plain !== undefined) {
      made = made.map(({ text, bindings, index }) => ({
        text: text + (plain ?? ''),
        bindings,
        index,
      }));
      continue;
    }
    const next: Partial[] = [];
    for (const from of made) {
      next.push(...append(root, from, part, limit - next.length));
      if (next.length >= limit) break;
    }
    if (next.length === 0) return [];
    made = next;
  }
  return made.map(({ text, index }) => ({ text, index: index ?? 0 }));
};
