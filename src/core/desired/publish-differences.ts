import type { DesiredResource } from '../model/desired-resource.ts';
import { isJsonObject, ownValue, type JsonObject, type JsonValue } from '../model/json.ts';
import {
  CONTENT_FIELDS,
  isSameValue,
  type HeldResources,
  type PublishPlan,
} from './publish-plan.ts';

/** One value that a publish would change; `before` or `after` is absent where there is none. Secrets are markers. */
export interface ValueDifference {
  /** Such as `tags.Name` or `ingress[0].from_port`. */
  readonly path: string;
  readonly before?: JsonValue;
  readonly after?: JsonValue;
}

/** What a publish would do with one resource. */
export interface ResourceDifference {
  readonly change: 'added' | 'changed' | 'removed';
  readonly key: string;
  /** Absent where the topic's value cannot be decoded. */
  readonly address?: string;
  readonly type?: string;
  /** Of the attributes that code sets. Empty for `added` and `removed`. */
  readonly attributes: readonly ValueDifference[];
  /** Of what else a desired resource carries: owner, account, identities. */
  readonly fields: readonly ValueDifference[];
}

/** What a plan would do, resource by resource; a record written for its serial alone is none. */
export function* publishDifferences(
  { upserts, tombstones, serialOnly }: PublishPlan,
  held: HeldResources,
): Generator<ResourceDifference> {
  for (const resource of serialOnly ? [] : upserts) {
    const { key, address, type } = resource;
    const before = held.get(key)?.resource;
    const change = held.has(key) ? 'changed' : 'added';
    yield {
      change,
      key,
      address,
      type,
      attributes: before === undefined ? [] : attributeDifferences(before, resource),
      fields: before === undefined ? [] : fieldDifferences(before, resource),
    };
  }
  for (const key of tombstones) {
    const before = held.get(key)?.resource;
    yield {
      change: 'removed',
      key,
      ...(before === undefined ? {} : { address: before.address, type: before.type }),
      attributes: [],
      fields: [],
    };
  }
}

const attributeDifferences = (
  before: DesiredResource,
  after: DesiredResource,
): readonly ValueDifference[] => valueDifferences('', before.attributes, after.attributes);

const fieldDifferences = (
  before: DesiredResource,
  after: DesiredResource,
): readonly ValueDifference[] =>
  CONTENT_FIELDS.filter((name) => name !== 'attributes').flatMap((name) =>
    valueDifferences(name, fieldValue(before, name), fieldValue(after, name)),
  );

const fieldValue = (
  resource: DesiredResource,
  name: keyof DesiredResource,
): JsonValue | undefined => {
  const value = resource[name];
  return value === false ? undefined : value;
};

const MAX_DEPTH = 64;

const valueDifferences = (
  path: string,
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  depth = 0,
): readonly ValueDifference[] => {
  if (isSameValue(before ?? undefined, after ?? undefined)) return [];
  if (depth < MAX_DEPTH) {
    if (isPlainObject(before) && isPlainObject(after)) {
      return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) =>
        valueDifferences(
          path === '' ? name : `${path}.${name}`,
          ownValue(before, name),
          ownValue(after, name),
          depth + 1,
        ),
      );
    }
    if (isList(before) && isList(after) && [...before, ...after].every(isPlainObject)) {
      const longer = before.length > after.length ? before : after;
      return longer.flatMap((_member, position) =>
        valueDifferences(`${path}[${position}]`, before[position], after[position], depth + 1),
      );
    }
  }
  return [
    {
      path,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    },
  ];
};

/** The marker of a secret is one value. */
const isPlainObject = (value: JsonValue | undefined): value is JsonObject =>
  isJsonObject(value) && !Object.hasOwn(value, '$redacted');

const isList = (value: JsonValue | undefined): value is readonly JsonValue[] =>
  Array.isArray(value);
