import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { isRedacted } from '../../model/redacted-value.ts';
import { elementPath, memberPath } from './attribute-path.ts';
import type { Comparison } from './comparison.ts';
import { matchElements } from './keyed-list.ts';
import { oneOf } from './object-names.ts';
import { isAbsent, isSameValue, type Sameness } from './same-object.ts';

const MAX_DEPTH = 48;

export interface WholeOptions {
  /** What the object leaves out is gone, as with a create or an update; an apply leaves to others what is theirs. */
  readonly removes: boolean;
}

/**
 * Compares a whole object with what code says: what code declares and the object has otherwise, and what the object has
 * beyond that, but for what the server sets by itself.
 */
export const compareWhole = (
  comparison: Comparison,
  path: string,
  observed: JsonValue,
  desired: JsonValue | undefined,
  options: WholeOptions,
  field = '',
  depth = 0,
): void => {
  if (depth > MAX_DEPTH) return comparison.unknown(path);
  if (isRedacted(desired)) return comparison.set(path, observed, desired);
  if (Array.isArray(observed)) {
    const list = observed as readonly JsonValue[];
    return compareWholeList(comparison, path, list, desired, options, field, depth);
  }
  const block = oneOf(desired);
  if (isJsonObject(observed) && isJsonObject(block)) {
    const blockPath = Array.isArray(desired) ? elementPath(path, 0) : path;
    compareMembers(comparison, blockPath, observed, block, options, depth);
    return;
  }
  comparison.set(path, observed, desired);
};

const compareMembers = (
  comparison: Comparison,
  path: string,
  observed: JsonObject,
  desired: JsonObject,
  { removes }: WholeOptions,
  depth: number,
): void => {
  const { names, options } = comparison;
  const by: Sameness = { names, ...options };
  const seen = new Set<string>();
  for (const [key, value] of Object.entries(observed)) {
    const found = names.member(desired, key);
    if (found !== undefined) seen.add(found.key);
    const below = memberPath(path, found?.key ?? key);
    const declared = found !== undefined && !isAbsent(found.value, below, by);
    if (declared) {
      compareWhole(comparison, below, value, found.value, { removes }, key, depth + 1);
    } else if (
      !names.isDefault(path, key, value) &&
      isSameValue(value, found?.value, below, by) !== true
    ) {
      compareUndeclared(comparison, below, value, found !== undefined);
    }
  }
  if (!removes) return;
  for (const [key, value] of Object.entries(desired)) {
    const below = memberPath(path, key);
    if (seen.has(key) || isAbsent(value, below, by)) continue;
    // A state of Terraform's has the server's defaults too: only of what users fill can it be told.
    if (!by.terraform || isFreeMap(below) || isFilledByUsers(below, value, by)) {
      comparison.remove(below, value);
    }
  }
};

const USERS_PART =
  /^(?:data|binary_data|metadata)$|\.(?:labels|annotations|match_labels|match_expressions|[a-z]+_selector)$/;

/**
 * Whether it is something that users fill, and has anything in it: a selector without terms means all, as none does. The
 * block `selector` of a Job is the server's; a Service's is a map.
 */
const isFilledByUsers = (path: string, value: JsonValue, by: Sameness): boolean =>
  (USERS_PART.test(path) || (path.endsWith('.selector') && isJsonObject(value))) &&
  isSameValue({}, value, path, by) !== true;

/**
 * A member that code does not declare. Terraform's state has every field that it has a name for, so one that it has not
 * is under another name there, and nothing can be told.
 */
const compareUndeclared = (
  comparison: Comparison,
  path: string,
  value: JsonValue,
  isNamed: boolean,
): void => {
  if (comparison.options.terraform && !isNamed && !isFreeMap(path)) return;
  comparison.set(path, value, undefined);
};

/** Members of maps whose keys users make. */
const isFreeMap = (path: string): boolean =>
  /(?:^|\.)(?:labels|annotations|data|binary_data|match_labels|node_selector|selector)(?:\[\d+\])?\.[^[\]]+$/.test(
    path,
  );

const compareWholeList = (
  comparison: Comparison,
  path: string,
  observed: readonly JsonValue[],
  desired: JsonValue | undefined,
  options: WholeOptions,
  field: string,
  depth: number,
): void => {
  const matched = matchElements(comparison.names, field, observed, desired);
  if (matched === undefined) {
    comparison.set(path, observed, desired);
    return;
  }
  for (const { element, position, value } of matched) {
    if (value === undefined || position === undefined) comparison.add(path, element);
    else {
      const below = elementPath(path, position);
      compareWhole(comparison, below, element, value, options, '', depth + 1);
    }
  }
  if (!options.removes) return;
  const kept = new Set(matched.map(({ position }) => position));
  const list = Array.isArray(desired) ? (desired as readonly JsonValue[]) : [];
  list.forEach((value, position) => {
    if (!kept.has(position)) comparison.drop(path, value);
  });
};
