import type { AuditEvent } from '../model/audit-event.ts';
import type { IdentifiedResource, ObservedChange } from '../model/detection.ts';
import { isHidden } from '../model/hidden-value.ts';
import { isJsonObject, ownValue } from '../model/json.ts';
import type { JsonObject, JsonValue } from '../model/json.ts';
import { holdsAll } from '../model/literal-match.ts';
import {
  compilePath,
  compilePaths,
  isEmptiedList,
  isMany,
  pathRoot,
  plainValue,
  readPath,
  type Path,
} from '../model/path-template.ts';
import type { ChangeRow, Conversion, TargetRow } from '../model/provider-tables.ts';
import { rulesOfCall } from '../model/security-group-rules.ts';
import { snakeCase } from '../model/snake-case.ts';
import { itemsOf } from '../model/named-targets.ts';

const MAX_CHANGES = 1_000;
const MAX_DEPTH = 32;

/**
 * Takes off what records wrap around values: `{value: x}` (EC2 attributes), `{items: [x]}` (EC2 lists),
 * `{content: x, tag: 1}` (members of wrapped EC2 requests), `xmlns` (S3).
 */
const unwrap = (value: JsonValue, depth = 0): JsonValue => {
  if (depth >= MAX_DEPTH) return value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value as readonly JsonValue[];
    const plain = items.map((item) => unwrap(item, depth + 1));
    return plain.every((item, at) => item === items[at]) ? items : plain;
  }
  const object = value as JsonObject;
  const keys = Object.keys(object);
  const [only] = keys;
  if (keys.length === 1 && only !== undefined && (only === 'value' || only === 'items')) {
    return unwrap(object[only] ?? null, depth + 1);
  }
  if (keys.length === 2) {
    const content = ownValue(object, 'content');
    if (content !== undefined && ownValue(object, 'tag') !== undefined) {
      return unwrap(content, depth + 1);
    }
  }
  const kept = keys.filter((key) => key !== 'xmlns');
  const plain = kept.map((key) => unwrap(object[key] ?? null, depth + 1));
  return kept.length === keys.length && plain.every((member, at) => member === object[keys[at]!])
    ? object
    : Object.fromEntries(kept.map((key, at) => [key, plain[at] ?? null]));
};

const asList = (value: JsonValue): readonly JsonValue[] => {
  const plain = unwrap(value);
  if (Array.isArray(plain)) return plain as readonly JsonValue[];
  return plain === null || plain === '' ? [] : [plain];
};

/** A JSON text as its value, URL-encoded or not; any other text as it is. */
const parsed = (value: JsonValue): JsonValue => {
  if (typeof value !== 'string') return unwrap(value);
  try {
    const text = /^\s*%(7B|5B)/i.test(value) ? decodeURIComponent(value) : value;
    return JSON.parse(text) as JsonValue;
  } catch {
    // A text that is no JSON is what the act set: compare it as text.
    return value;
  }
};

const KEY_NAMES = ['key', 'Key', 'tagKey', 'TagKey'];
const VALUE_NAMES = ['value', 'Value', 'tagValue', 'TagValue'];
const IN_PAIRS = new Set([...KEY_NAMES, ...VALUE_NAMES]);

const memberOf = (value: JsonObject, names: readonly string[]): JsonValue | undefined => {
  const name = names.find((one) => Object.hasOwn(value, one));
  return name === undefined ? undefined : value[name];
};

/** Tags as pairs: from `[{key, value}]` in the spellings of the services, or from a map. */
const tagPairs = (value: JsonValue): readonly (readonly [string, JsonValue])[] => {
  const list =
    isJsonObject(value) && Object.hasOwn(value, 'items') ? (value['items'] ?? []) : value;
  if (Array.isArray(list)) {
    return list.flatMap((item: JsonValue): readonly (readonly [string, JsonValue])[] => {
      if (!isJsonObject(item)) return [];
      const key = memberOf(item, KEY_NAMES);
      return typeof key === 'string' ? [[key, memberOf(item, VALUE_NAMES) ?? '']] : [];
    });
  }
  if (!isJsonObject(list)) return [];
  const key = memberOf(list, KEY_NAMES);
  // A map may have a tag of that name beside others.
  const isPair = typeof key === 'string' && Object.keys(list).every((name) => IN_PAIRS.has(name));
  return isPair ? [[key, memberOf(list, VALUE_NAMES) ?? '']] : Object.entries(list);
};

const tagMap = (value: JsonValue): JsonObject => Object.fromEntries(tagPairs(value));

const isTextMap = (value: JsonValue): value is JsonObject =>
  isJsonObject(value) && Object.values(value).every((each) => typeof each === 'string');

/** Keys of tags: from a list of them or of pairs, or from a map. */
const tagKeys = (value: JsonValue): readonly string[] => {
  const list =
    isJsonObject(value) && Object.hasOwn(value, 'items') ? (value['items'] ?? []) : value;
  if (isTextMap(list) && memberOf(list, KEY_NAMES) === undefined) return Object.keys(list);
  const names = Array.isArray(list) ? (list as readonly JsonValue[]) : [list];
  return names.flatMap((item: JsonValue) => {
    const key = isJsonObject(item) ? memberOf(item, KEY_NAMES) : item;
    return typeof key === 'string' && key !== '' ? [key] : [];
  });
};

const change = (
  path: string,
  action: ObservedChange['action'],
  value: JsonValue | undefined,
): ObservedChange => ({
  path,
  action,
  observed: value === undefined || isHidden(value) ? undefined : value,
});

const mapped = (row: ChangeRow, value: JsonValue): JsonValue => {
  if (row.map === undefined || typeof value === 'object') return value;
  const key = String(value);
  return Object.hasOwn(row.map, key) ? (row.map[key] ?? null) : value;
};

const nameAtEnd = (value: JsonValue): JsonValue =>
  typeof value === 'string' ? value.slice(value.lastIndexOf('/') + 1) : value;

const milliseconds = (value: JsonValue): JsonValue => {
  const seconds =
    typeof value === 'string' ? /^(\d{1,12}(?:\.\d{1,9})?)s$/.exec(value)?.[1] : undefined;
  return seconds === undefined ? value : Math.round(Number(seconds) * 1_000);
};

const partsOf = (value: JsonValue): readonly JsonValue[] =>
  typeof value === 'string'
    ? value.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]))
    : [value];

/** The members of an object under their names in code, blocks within it too; what is left empty says nothing. */
const renamed = (row: ChangeRow, value: JsonValue, path: string, depth: number): JsonValue => {
  if (depth >= MAX_DEPTH) return value;
  if (Array.isArray(value)) {
    return value.map((item: JsonValue) => renamed(row, item, path, depth + 1));
  }
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).flatMap(([key, member]) => {
    if (member === null || member === '') return [];
    const plain = snakeCase(key);
    const at = path === '' ? plain : `${path}.${plain}`;
    const name = row.rename !== undefined && Object.hasOwn(row.rename, at) ? row.rename[at] : plain;
    const inner = name === 'tags' ? tagMap(member) : renamed(row, member, at, depth + 1);
    return [[name ?? plain, inner] as const];
  });
  return Object.fromEntries(members);
};

/** With what the provider takes for members that the call leaves out. */
const completeBlock = (row: ChangeRow, item: JsonObject): JsonValue => {
  const block = blockOf(row, item);
  return row.presets === undefined || row.action === 'remove' || !isJsonObject(block)
    ? block
    : { ...row.presets, ...block };
};

const blockOf = (row: ChangeRow, item: JsonObject): JsonValue => {
  if (row.members === undefined) return renamed(row, item, '', 0);
  const attributes = Object.entries(row.members).flatMap(([name, texts]) => {
    for (const text of texts.split('|')) {
      const path = compilePath(text);
      const found = readPath(item, path, 0, MAX_CHANGES);
      if (found.length > 0) {
        const value = found[0] ?? null;
        const isMapped = row.mapOf === undefined || row.mapOf === name;
        return [[name, isMany(path) ? found : isMapped ? mapped(row, value) : value] as const];
      }
    }
    return [];
  });
  return Object.fromEntries(attributes);
};

/** A block whose only attribute is called `value` is no wrapped value. */
const isBlockOfValue = (item: JsonValue): item is JsonObject => {
  if (!isJsonObject(item) || Object.keys(item).length !== 1) return false;
  const value = ownValue(item, 'value');
  return value !== undefined && typeof value !== 'object';
};

/** Each object of the list as a block: attributes without a value are left out. */
const blocksOf = (row: ChangeRow, value: JsonValue): readonly JsonValue[] =>
  (Array.isArray(value) ? (value as readonly JsonValue[]) : asList(value))
    .map((item) => (isBlockOfValue(item) ? item : unwrap(item)))
    .flatMap((item) => (isJsonObject(item) ? [completeBlock(row, item)] : []));

const converted = (row: ChangeRow, value: JsonValue): readonly ObservedChange[] => {
  const action = row.action ?? 'set';
  switch (row.as ?? 'value') {
    case 'value':
      return [change(row.path, action, mapped(row, unwrap(value)))];
    case 'json':
      return [change(row.path, action, parsed(value))];
    case 'list':
      return [
        change(
          row.path,
          action,
          asList(value).map((item) => mapped(row, item)),
        ),
      ];
    case 'name':
      return [change(row.path, action, nameAtEnd(value))];
    case 'milliseconds':
      return [change(row.path, action, milliseconds(value))];
    case 'csv':
      return [change(row.path, action, asList(value).flatMap(partsOf))];
    case 'blocks': {
      const blocks = blocksOf(row, value);
      return action === 'set'
        ? [change(row.path, action, blocks)]
        : blocks.map((block) => change(row.path, action, block));
    }
    case 'tags':
      return tagPairs(value).map(([key, tag]) =>
        // A record that hides a tag hides its key too, which then names nothing.
        isHidden(key)
          ? change(row.path, action, undefined)
          : change(`${row.path}.${key}`, action, tag),
      );
    case 'tag_keys':
      return tagKeys(value).map((key) => change(`${row.path}.${key}`, 'remove', undefined));
    case 'hidden_keys':
      return tagKeys(value).map((key) => change(`${row.path}.${key}`, action, undefined));
    case 'security_group_rules':
      return rulesOfCall(value).map((rule) => change(row.path, row.action ?? 'add', { ...rule }));
    case 'not': {
      const plain = unwrap(value);
      return [change(row.path, action, !(plain === true || plain === 'true'))];
    }
    case 'tag_set':
      return [change(row.path, action, isHidden(value) ? undefined : tagMap(value))];
    case 'withheld':
      return isJsonObject(value) && Object.keys(value).length > 0
        ? []
        : [change(row.path, action, undefined)];
    case 'present':
      return [change(row.path, action, true)];
  }
};

const NO_CHANGES: readonly ObservedChange[] = [];

/** A row with its paths as they are read. */
interface PreparedRow {
  readonly row: ChangeRow;
  readonly paths: readonly Path[];
}

const observedBy = (
  { row, paths }: PreparedRow,
  root: JsonObject,
  position: number,
): readonly ObservedChange[] => {
  if (!holdsAll(root, row.when)) return NO_CHANGES;
  if (row.from === undefined) {
    return row.value === undefined
      ? NO_CHANGES
      : [change(row.path, row.action ?? 'set', row.value)];
  }
  for (const path of paths) {
    const value = observedAt(root, path, position) ?? emptied(row, root, path);
    if (value === undefined) continue;
    const changes = converted(row, value);
    if (changes.length > 0) return changes;
  }
  return row.absent === undefined || root['request'] === undefined
    ? NO_CHANGES
    : [change(row.path, row.action ?? 'set', row.absent)];
};

/** Conversions of a list that a call may set to an empty one. */
const OF_LISTS: ReadonlySet<Conversion> = new Set(['value', 'list', 'csv', 'blocks', 'tag_set']);
const EMPTY: readonly JsonValue[] = [];

/** A list that a call sets, and that has no member: all that code says of it is gone. */
const emptied = (row: ChangeRow, root: JsonValue, path: Path): JsonValue | undefined =>
  row.action === undefined &&
  OF_LISTS.has(row.as ?? 'value') &&
  isMany(path) &&
  isEmptiedList(root, path)
    ? EMPTY
    : undefined;

const observedAt = (root: JsonValue, path: Path, position: number): JsonValue | undefined => {
  if (path.keys !== undefined) return plainValue(root, path);
  const found = readPath(root, path, position, MAX_CHANGES);
  return isMany(path) && found.length > 0 ? found : found[0];
};

/** One of a target's `fields`: an attribute, and the path of the request's member that it takes as it is. */
interface PreparedField {
  readonly attribute: string;
  readonly member: Path;
}

interface PreparedRows {
  readonly fields: readonly PreparedField[];
  readonly changes: readonly PreparedRow[];
}

const rowsOfTargets = new WeakMap<TargetRow, PreparedRows>();

const preparedRow = (row: ChangeRow): PreparedRow => ({
  row,
  paths: row.from === undefined ? [] : compilePaths(row.from),
});

/** A target's rows, made ready once. */
const rowsOf = (target: TargetRow): PreparedRows => {
  let rows = rowsOfTargets.get(target);
  if (rows === undefined) {
    const fields = Object.entries(target.fields ?? {}).map(([attribute, member]) => ({
      attribute,
      member: compilePath(member),
    }));
    rows = { fields, changes: (target.changes ?? []).map(preparedRow) };
    rowsOfTargets.set(target, rows);
  }
  return rows;
};

/**
 * The attributes that an act set on a resource, by the changes of the resource's row; empty where the row has none
 * or the record carries nothing of them. At most 1,000. A pure function of its arguments.
 */
export const observeChanges = (
  event: AuditEvent,
  resource: IdentifiedResource,
): readonly ObservedChange[] => {
  const { target, position } = resource;
  if (target === undefined) return [];
  const { request, response, details } = event;
  const item =
    target.items?.as === 'list'
      ? itemsOf(pathRoot({ request, response, details }), target.items)[position]
      : undefined;
  const root = pathRoot({ request, response, details, item });
  const found: ObservedChange[] = [];
  const { fields, changes } = rowsOf(target);
  if (request !== undefined) {
    for (const { attribute, member } of fields) {
      const value = observedAt(request, member, position);
      if (value !== undefined) found.push(change(attribute, 'set', unwrap(value)));
    }
  }
  const isRule = target.items?.as === 'security_group_rules';
  for (const prepared of changes) {
    const observed = observedBy(prepared, root, position);
    if (observed === NO_CHANGES) continue;
    const ofOneRule = isRule && prepared.row.as === 'security_group_rules';
    found.push(...(ofOneRule ? observed.slice(position, position + 1) : observed));
    if (found.length >= MAX_CHANGES) break;
  }
  return found.length > MAX_CHANGES ? found.slice(0, MAX_CHANGES) : found;
};
