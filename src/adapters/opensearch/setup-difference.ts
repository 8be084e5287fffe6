import { hash } from 'node:crypto';
import { isJsonObject } from '../../core/model/json.ts';
import type { JsonBody } from './setup-files.ts';

/** One value that is not as the files have it; undefined where there is none. */
export interface SetupDifference {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(sorted(value));

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return typeof value === 'string' ? value : scalarText(value);
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, child]) => [name, sorted(child)]),
  );
};

/** OpenSearch gives numbers and flags of settings back as text. */
const scalarText = (value: unknown): unknown =>
  typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;

const flatten = (value: unknown, path: string, into: Map<string, string>): void => {
  if (!isJsonObject(value) || (Object.keys(value).length === 0 && path !== '')) {
    into.set(path, textOf(scalarText(value)));
    return;
  }
  for (const [name, child] of Object.entries(value)) {
    flatten(child, path === '' ? name : `${path}.${name}`, into);
  }
};

/** Settings may be written with or without `index`, nested or with dots. */
const settingPath = (path: string): string =>
  path.replace(/^template\.settings\.(?:index\.)?/, 'template.settings.index.');

/** The mark that `setup` leaves: of what it wrote. */
const MARK = '_meta.fingerprint';
const EMPTY = new Set(['{}', '[]', 'null']);

/**
 * One form for an object as its file has it and as OpenSearch gives it back: text by path, without the mark, and
 * without empty settings, aliases and lists of parts, which mean as much as none.
 */
const flatBody = (body: JsonBody): ReadonlyMap<string, string> => {
  const flat = new Map<string, string>();
  flatten(body, '', flat);
  const named = [...flat]
    .map(([path, value]) => [settingPath(path), value] as const)
    .filter(
      ([path, value]) =>
        path !== MARK &&
        !(
          EMPTY.has(value) &&
          /^(?:template|template\.\w+|template\.settings\.\w+|composed_of)$/.test(path)
        ),
    );
  return new Map(named.sort(([a], [b]) => (a < b ? -1 : 1)));
};

export const fingerprint = (body: JsonBody): string =>
  hash('sha256', JSON.stringify([...flatBody(body)])).slice(0, 16);

/** The body with the mark. */
export const marked = (body: JsonBody): JsonBody => ({
  ...body,
  _meta: { ...(isJsonObject(body['_meta']) ? body['_meta'] : {}), fingerprint: fingerprint(body) },
});

/**
 * Whether somebody else has changed what `setup` wrote. Without a mark only an index template is ours, where it says so
 * and has no parts: as the versions before the mark wrote it. They wrote no component templates.
 */
export const isEdited = (
  what: 'component template' | 'index template',
  stored: JsonBody,
): boolean => {
  const meta = isJsonObject(stored['_meta']) ? stored['_meta'] : {};
  if (typeof meta['fingerprint'] === 'string') return meta['fingerprint'] !== fingerprint(stored);
  return (
    what === 'component template' ||
    meta['product'] !== 'driftline' ||
    Array.isArray(stored['composed_of'])
  );
};

/** What differs, by path. */
export const differences = (before: JsonBody, after: JsonBody): readonly SetupDifference[] => {
  const one = flatBody(before);
  const other = flatBody(after);
  return [...new Set([...one.keys(), ...other.keys()])]
    .sort()
    .map((path) => ({ path, before: one.get(path), after: other.get(path) }))
    .filter((each) => each.before !== each.after);
};
