import type { DesiredResource } from '../model/desired-resource.ts';
import { isJsonObject, ownValue, type JsonObject, type JsonValue } from '../model/json.ts';
import { parseJsonText } from '../model/policy-document.ts';
import { isRedacted } from '../model/redacted-value.ts';
import type { CompiledEnvironmentRules } from './environment-words.ts';

/** An attribute that is not the same everywhere, with the value of each resource, in their order. */
export interface AttributeDifference {
  /** Such as `instance_type` or `ingress[0].cidr_blocks`. */
  readonly attribute: string;
  /** Undefined where a resource does not set it. Secrets are markers. */
  readonly values: readonly (JsonValue | undefined)[];
}

type Values = readonly (JsonValue | undefined)[];

const MAX_DEPTH = 64;

/** Attributes of one logical resource that differ between its environments by more than the rules let pass. */
export const compareAttributes = (
  resources: readonly DesiredResource[],
  rules: CompiledEnvironmentRules,
): readonly AttributeDifference[] => {
  const type = resources[0]?.type ?? '';
  const found: AttributeDifference[] = [];

  const compare = (path: string, values: Values, depth: number): void => {
    const by = path === '' ? 'values' : rules.comparison(type, path);
    if (by === 'never' || areIdentical(values)) return;
    const present = values.filter((value) => !isEmpty(value));
    if (present.length === 0) return;
    // Secrets are not meant to be the same: only whether there is one is told.
    if (by === 'presence' || present.every(isRedacted)) {
      if (present.length !== values.length) found.push({ attribute: path, values });
      return;
    }
    if (depth < MAX_DEPTH) {
      if (values.every(isPlainObject)) {
        for (const name of new Set(values.flatMap((value) => Object.keys(value)))) {
          const members = values.map((value) => ownValue(value, name));
          compare(path === '' ? name : `${path}.${name}`, members, depth + 1);
        }
        return;
      }
      if (values.every(isList)) return compareLists(path, values, depth);
    }
    const texts = values.map((value, position) => neutralText(value, path, position, depth));
    if (texts.some((text) => text !== texts[0])) found.push({ attribute: path, values });
  };

  /** Lists stand for sets as often as not: members that all have count, wherever they stand. */
  const compareLists = (path: string, lists: readonly (readonly JsonValue[])[], depth: number) => {
    const rest = withoutShared(
      lists.map((list, position) =>
        list.map((value) => ({ value, text: neutralText(value, path, position, depth + 1) })),
      ),
    );
    const [first = []] = rest;
    if (rest.every((list) => list.length === 0)) return;
    const paired = rest.every(
      (list) => list.length === first.length && list.every(({ value }) => isPlainObject(value)),
    );
    if (!paired) {
      found.push({ attribute: path, values: lists });
      return;
    }
    first.forEach(({ value }, position) => {
      const members = rest.map((list) => list[position]?.value);
      compare(`${path}[${lists[0]?.indexOf(value) ?? position}]`, members, depth + 1);
    });
  };

  /** The value as text that is the same in each environment; members that are never compared are left out. */
  const neutralText = (
    value: JsonValue | undefined,
    path: string,
    position: number,
    depth: number,
  ): string => {
    if (value === undefined || value === null || isEmpty(value)) return '';
    if (isRedacted(value)) return '<secret>';
    if (typeof value === 'string') {
      const parsed = depth < MAX_DEPTH ? parseJsonText(value) : undefined;
      if (typeof parsed === 'object' && parsed !== null) {
        return neutralText(parsed, path, position, depth + 1);
      }
      const resource = resources[position];
      return resource === undefined ? value : rules.neutral(value, resource);
    }
    if (typeof value !== 'object' || depth >= MAX_DEPTH) return JSON.stringify(value);
    if (isList(value)) {
      return `[${value.map((member) => neutralText(member, path, position, depth + 1)).join(',')}]`;
    }
    const members = Object.keys(value)
      .sort()
      .flatMap((name) => {
        const inner = `${path}.${name}`;
        const by = rules.comparison(type, inner);
        const member = value[name];
        if (by === 'never' || isEmpty(member)) return [];
        const text = by === 'presence' ? '<set>' : neutralText(member, inner, position, depth + 1);
        return [`${JSON.stringify(name)}:${text}`];
      });
    return `{${members.join(',')}}`;
  };

  compare(
    '',
    resources.map(({ attributes }) => attributes),
    0,
  );
  return found;
};

/** Also lists that are written alike: what a scalar may name in every environment, a list may. */
const areIdentical = (values: Values): boolean => {
  const [first] = values;
  if (values.every((value) => value === first)) return true;
  if (!values.every(isList)) return false;
  const text = JSON.stringify(first);
  return values.every((value) => JSON.stringify(value) === text);
};

interface Member {
  readonly value: JsonValue;
  readonly text: string;
}

/** The members of each list that not every list has. */
const withoutShared = (lists: readonly (readonly Member[])[]): readonly (readonly Member[])[] => {
  const counts = lists.map((list) => {
    const count = new Map<string, number>();
    for (const { text } of list) count.set(text, (count.get(text) ?? 0) + 1);
    return count;
  });
  return lists.map((list) => {
    const used = new Map<string, number>();
    return list.filter(({ text }) => {
      const nth = (used.get(text) ?? 0) + 1;
      used.set(text, nth);
      return counts.some((count) => (count.get(text) ?? 0) < nth);
    });
  });
};

/** An attribute that code leaves out reads as null, as nothing or as an empty list, by the provider's version. */
const isEmpty = (value: JsonValue | undefined): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  (isList(value) && value.length === 0) ||
  (isJsonObject(value) && Object.keys(value).length === 0);

const isPlainObject = (value: JsonValue | undefined): value is JsonObject =>
  isJsonObject(value) && !isRedacted(value);

const isList = (value: JsonValue | undefined): value is readonly JsonValue[] =>
  Array.isArray(value);
