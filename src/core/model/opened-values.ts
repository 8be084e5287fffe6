import { addressBlock } from './address-block.ts';
import { keptByName } from './bounded-cache.ts';
import type { Change } from './drift-candidate.ts';
import { isJsonObject, type JsonValue } from './json.ts';
import type { SeverityTable, WildcardRow } from './provider-tables.ts';

/** What an observed value opens: to everybody, or to every action. */
export interface Opening {
  readonly score: number;
  readonly reason: string;
}

/** Each opening once, in the order in which the values have them. */
export type OpeningFinder = (changes: readonly Change[]) => readonly Opening[];

const DEEPEST = 32;

interface Finder {
  readonly publicValues: ReadonlySet<string>;
  readonly publicScore: number;
  /** Rows of a key in any case; undefined where it has none. */
  readonly wildcardsOf: (key: string) => readonly WildcardRow[] | undefined;
  readonly closes: ClosingTest;
}

/** Whether the value closes what stands beside it under the key. */
export type ClosingTest = (key: string, value: JsonValue | undefined) => boolean;

const isServiceWildcard = (text: string): boolean => /^[a-z0-9-]+:\*$/.test(text);

const opens = (value: string | boolean, row: WildcardRow): boolean => {
  if (row.match === 'listed') {
    return (row.values ?? []).some((listed) =>
      typeof listed === 'string' && typeof value === 'string'
        ? listed.toLowerCase() === value.toLowerCase()
        : listed === value,
    );
  }
  if (typeof value !== 'string') return false;
  return value === '*' || (row.match === 'service' && isServiceWildcard(value));
};

const policyIn = (text: string): JsonValue | undefined => {
  if (text[0] !== '{') return undefined;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
};

/** The public value that a text is, however it spells a block of addresses. */
const publicValue = (text: string, { publicValues }: Finder): string | undefined => {
  if (publicValues.has(text)) return text;
  const block = text.endsWith('/0') ? addressBlock(text) : undefined;
  return block !== undefined && publicValues.has(block) ? block : undefined;
};

const findIn = (
  value: JsonValue | undefined,
  rows: readonly WildcardRow[],
  finder: Finder,
  found: Map<string, Opening>,
  depth: number,
): void => {
  if (depth > DEEPEST || value === undefined) return;
  if (typeof value === 'string' || typeof value === 'boolean') {
    const open = typeof value === 'string' ? publicValue(value, finder) : undefined;
    if (open !== undefined) {
      found.set(open, { score: finder.publicScore, reason: `open to everybody: ${open}` });
      return;
    }
    const row = rows.find((each) => opens(value, each));
    if (row !== undefined) found.set(row.reason, { score: row.score, reason: row.reason });
    else if (typeof value === 'string') findIn(policyIn(value), [], finder, found, depth + 1);
  } else if (Array.isArray(value)) {
    for (const item of value as readonly JsonValue[]) findIn(item, rows, finder, found, depth + 1);
  } else if (isJsonObject(value)) {
    const keys = Object.keys(value);
    if (keys.some((key) => finder.closes(key, value[key]))) return;
    for (const key of keys) {
      findIn(value[key], finder.wildcardsOf(key) ?? rows, finder, found, depth + 1);
    }
  }
};

/** Names of tables, but keys of tags and policies from records. */
const MAX_NAMES = 5_000;

/** What a map without case has of a name: told once for each way to write it. */
const withoutCase = <Value extends object>(
  byName: ReadonlyMap<string, Value>,
): ((name: string) => Value | undefined) => {
  const find = keptByName<Value | 'none'>(
    (name) => byName.get(name.toLowerCase()) ?? 'none',
    MAX_NAMES,
  );
  return (name) => {
    const found = find(name);
    return found === 'none' ? undefined : found;
  };
};

/** The rows of a path by its names, told once for each path. */
const compileRowsOfPath = (finder: Finder): ((path: string) => readonly WildcardRow[]) =>
  keptByName((path) => rowsOfPath(path, finder), MAX_NAMES);

/** The names of a path, without positions: `spec.containers[0].image` as spec, containers, image. */
const namesOf = (path: string): readonly string[] => path.replace(/\[[^[\]]*\]/g, '').split('.');

/** The rows of the nearest name of the path that has any, as within a value. */
const rowsOfPath = (path: string, finder: Finder): readonly WildcardRow[] => {
  const name = namesOf(path).findLast((each) => finder.wildcardsOf(each) !== undefined);
  return name === undefined ? [] : (finder.wildcardsOf(name) ?? []);
};

/** The test of a table by key: its texts without case, `*` for any value that is not empty. */
export const compileClosing = (table: SeverityTable['closing']): ClosingTest => {
  const values = new Map(
    Object.entries(table ?? {}).map(([key, texts]) => [
      key.toLowerCase(),
      new Set(texts.map((text) => text.toLowerCase())),
    ]),
  );
  const textsOf = withoutCase(values);
  return (key, value) => {
    const listed = textsOf(key);
    if (listed === undefined) return false;
    if (typeof value === 'string' && listed.has(value.toLowerCase())) return true;
    return listed.has('*') && holdsSomething(value);
  };
};

const holdsSomething = (value: JsonValue | undefined): boolean =>
  Array.isArray(value)
    ? value.length > 0
    : isJsonObject(value)
      ? Object.keys(value).length > 0
      : typeof value === 'string' && value !== '';

const NO_PARTS: readonly string[] = [];

/** Where a change tells that what stands beside it closes: an empty path is the whole resource. */
const closedParts = (
  changes: readonly Change[],
  closesOf: (change: Change) => ClosingTest,
): readonly string[] => {
  let parts: readonly string[] = NO_PARTS;
  for (const change of changes) {
    const { action, path, observed } = change;
    if (action === 'remove') continue;
    const dot = path.lastIndexOf('.');
    if (closesOf(change)(dot === -1 ? path : path.slice(dot + 1), observed)) {
      parts = [...parts, path.slice(0, Math.max(0, dot))];
    }
  }
  return parts;
};

const isWithin = (path: string, part: string): boolean =>
  part === '' || path === part || path.startsWith(`${part}.`);

const isClosingBlock = (value: JsonValue | undefined, closes: ClosingTest): boolean =>
  Array.isArray(value)
    ? value.length > 0 && value.every((item: JsonValue) => isClosingBlock(item, closes))
    : isJsonObject(value) && Object.keys(value).some((key) => closes(key, value[key]));

const holdsClosingBlock = (value: JsonValue | undefined, closes: ClosingTest): boolean =>
  Array.isArray(value)
    ? value.some((item: JsonValue) => holdsClosingBlock(item, closes))
    : isClosingBlock(value, closes);

/** A closing block that takes the place of a closing one may close less than it did. */
const closesMore = ({ action, observed, desired }: Change, closes: ClosingTest): boolean =>
  action !== 'remove' && isClosingBlock(observed, closes) && !holdsClosingBlock(desired, closes);

/** The changes but those of what a closing value closes, beside it or in one block with it. */
export const withoutClosed = (
  changes: readonly Change[],
  closesOf: (change: Change) => ClosingTest,
): readonly Change[] => {
  const closed = closedParts(changes, closesOf);
  return changes.filter(
    (change) =>
      !closed.some((part) => isWithin(change.path, part)) && !closesMore(change, closesOf(change)),
  );
};

/**
 * Finds what the observed values of changes open, by the values and wildcards of the severity table. What a change
 * removes, and what stands beside a closing value (the `Effect` `Deny` of a policy's statement), opens nothing.
 */
export const compileOpenings = (
  table: Pick<SeverityTable, 'publicValues' | 'publicScore' | 'wildcards' | 'closing'>,
): OpeningFinder => {
  const finder: Finder = {
    publicValues: new Set(table.publicValues),
    publicScore: table.publicScore,
    wildcardsOf: withoutCase(Map.groupBy(table.wildcards ?? [], (row) => row.key.toLowerCase())),
    closes: compileClosing(table.closing),
  };
  const rowsAt = compileRowsOfPath(finder);
  const closesOf = (): ClosingTest => finder.closes;
  return (changes) => {
    if (changes.length === 0) return [];
    const found = new Map<string, Opening>();
    const closed = closedParts(changes, closesOf);
    for (const { action, path, observed } of changes) {
      if (action === 'remove' || closed.some((part) => isWithin(path, part))) continue;
      findIn(observed, rowsAt(path), finder, found, 0);
    }
    return [...found.values()];
  };
};
