import type { DesiredResource } from '../model/desired-resource.ts';
import type { ObservedChange } from '../model/detection.ts';
import type { Change, ChangeVerdict } from '../model/drift-candidate.ts';
import { namesOfArn } from '../model/arn-names.ts';
import { isHidden } from '../model/hidden-value.ts';
import { isJsonObject, ownString, ownValue } from '../model/json.ts';
import type { JsonValue } from '../model/json.ts';
import { canonicalDocument, parseJsonText } from '../model/policy-document.ts';
import type { Comparison, ProviderTables, ResourceTypeRow } from '../model/provider-tables.ts';
import { isRedacted, isSameSecret } from '../model/redacted-value.ts';
import type { SecretHash } from '../model/redacted-value.ts';
import { pathIdentity } from '../model/resource-path.ts';
import { asRule, ruleKey, rulesOfBlocks } from '../model/security-group-rules.ts';

/** Members of a desired list that a change quotes. */
const MAX_QUOTED = 20;
const MAX_DEPTH = 32;

type Equality = boolean | undefined;

const typeRows = (tables: ProviderTables, type: string): readonly ResourceTypeRow[] => {
  const types = tables.resourceTypes;
  const row = Object.hasOwn(types, type) ? types[type] : undefined;
  const same = row?.sameAs;
  const other = same !== undefined && Object.hasOwn(types, same) ? types[same] : undefined;
  return [row, other].filter((one) => one !== undefined);
};

const withoutIndexes = (path: string): string => path.replaceAll(/\[\d{1,4}\]/g, '');

const comparisonOf = (rows: readonly ResourceTypeRow[], path: string): Comparison => {
  const bare = withoutIndexes(path);
  for (const { attributes } of rows) {
    if (attributes === undefined) continue;
    for (const name of [path, bare]) {
      const found = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
      if (found !== undefined) return found;
    }
  }
  return 'auto';
};

const isSecretPath = (rows: readonly ResourceTypeRow[], path: string): boolean =>
  rows.some(({ secrets }) =>
    (secrets ?? []).some((secret) => path === secret || path.startsWith(`${secret}.`)),
  );

/** The value at `versioning[0].enabled`; a block's list of one may be left out of the path, and the other way. */
const desiredAt = (owner: DesiredResource, path: string): JsonValue | undefined => {
  let value: JsonValue | undefined = owner.attributes;
  for (const segment of path.split('.')) {
    const open = segment.indexOf('[');
    const key = open === -1 ? segment : segment.slice(0, open);
    if (Array.isArray(value)) value = (value as readonly JsonValue[])[0];
    value = ownValue(value, key);
    const index = open === -1 ? undefined : Number(segment.slice(open + 1, -1));
    if (index !== undefined && Array.isArray(value)) value = (value as readonly JsonValue[])[index];
    if (value === undefined) return undefined;
  }
  return value;
};

const isEmpty = (value: JsonValue | undefined): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  (Array.isArray(value)
    ? value.length === 0
    : isJsonObject(value) && Object.keys(value).length === 0);

const isOff = (value: JsonValue): boolean => value === false || value === 'false';

/** A switch that is off and one that code leaves empty beside others are the same. */
const isAbsent = (value: JsonValue | undefined): boolean =>
  isEmpty(value) || (value !== undefined && isOff(value));

const isStated = (value: JsonValue | undefined): boolean => value !== undefined;

const asText = (value: JsonValue): string | undefined =>
  typeof value === 'object' ? undefined : String(value);

const listOf = (value: JsonValue): readonly JsonValue[] =>
  Array.isArray(value) ? (value as readonly JsonValue[]) : isEmpty(value) ? [] : [value];

const sameText = (observed: JsonValue, desired: JsonValue): Equality => {
  const left = asText(observed);
  const right = asText(desired);
  return left === undefined || right === undefined ? undefined : left === right;
};

const sameNumber = (observed: JsonValue, desired: JsonValue): Equality => {
  const left = asText(observed)?.trim();
  const right = asText(desired)?.trim();
  if (!left || !right) return undefined;
  return left === right || (Number(left) === Number(right) && !Number.isNaN(Number(left)));
};

const sameBoolean = (observed: JsonValue, desired: boolean): Equality => {
  const text = asText(observed)?.toLowerCase();
  return text === 'true' || text === 'false' ? text === String(desired) : undefined;
};

const sameName = (observed: JsonValue, desired: JsonValue): Equality => {
  if (typeof observed !== 'string' || typeof desired !== 'string')
    return sameText(observed, desired);
  return (
    observed === desired ||
    namesOfArn(observed).includes(desired) ||
    namesOfArn(desired).includes(observed)
  );
};

const sameDocument = (observed: JsonValue, desired: JsonValue): Equality => {
  const left = canonicalDocument(
    typeof observed === 'string' ? (parseJsonText(observed) ?? observed) : observed,
  );
  const right = canonicalDocument(
    typeof desired === 'string' ? (parseJsonText(desired) ?? desired) : desired,
  );
  return left === undefined || right === undefined ? undefined : left === right;
};

/** Equality of members of lists and maps: paths as what they denote, scalars as text, all else as documents. */
const memberKey = (value: JsonValue): string => {
  const text = asText(value);
  if (text !== undefined) return pathIdentity(text) ?? text;
  return canonicalDocument(value) ?? JSON.stringify(null);
};

const sameSet = (observed: JsonValue, desired: JsonValue, key = memberKey): boolean => {
  const left = new Set(listOf(observed).map(key));
  const right = new Set(listOf(desired).map(key));
  return left.size === right.size && [...left].every((member) => right.has(member));
};

const sameMap = (observed: JsonValue, desired: JsonValue, depth: number): Equality => {
  if (!isJsonObject(observed) || !isJsonObject(desired) || depth > MAX_DEPTH) return undefined;
  let equal: Equality = true;
  for (const key of new Set([...Object.keys(observed), ...Object.keys(desired)])) {
    const same = isSame(
      ownValue(observed, key) ?? null,
      ownValue(desired, key) ?? null,
      'auto',
      depth + 1,
    );
    if (same === false) return false;
    if (same === undefined) equal = undefined;
  }
  return equal;
};

/** Whether two paths of Azure or Google denote the same resource; a name by itself is compared with the last segment. */
const samePath = (observed: string, desired: string): Equality => {
  const left = pathIdentity(observed);
  const right = pathIdentity(desired);
  if (left === undefined && right === undefined) return undefined;
  if (left !== undefined && right !== undefined) return left === right;
  const [path, name] = left === undefined ? [desired, observed] : [observed, desired];
  return name.includes('/') ? undefined : path.slice(path.lastIndexOf('/') + 1) === name;
};

const sameByType = (observed: JsonValue, desired: JsonValue, depth: number): Equality => {
  if (typeof desired === 'number') return sameNumber(observed, desired);
  if (typeof desired === 'boolean') return sameBoolean(observed, desired);
  if (typeof desired === 'string') {
    const document = typeof observed === 'object' || /^\s*[[{]/.test(desired);
    if (document && parseJsonText(desired) !== undefined) return sameDocument(observed, desired);
    if (typeof observed === 'boolean' || /^(true|false)$/i.test(desired)) {
      return sameText(String(asText(observed)).toLowerCase(), desired.toLowerCase());
    }
    if (typeof observed === 'string') {
      const path = samePath(observed, desired);
      if (path !== undefined) return path;
    }
    return sameText(observed, desired);
  }
  if (Array.isArray(desired)) {
    const [block] = desired as readonly JsonValue[];
    const one = Array.isArray(observed) ? (observed as readonly JsonValue[])[0] : observed;
    const single = desired.length === 1 && isJsonObject(block) && isJsonObject(one);
    return single ? sameMap(one, block, depth) : sameSet(observed, desired);
  }
  return sameMap(observed, desired, depth);
};

function isSame(observed: JsonValue, desired: JsonValue, by: Comparison, depth = 0): Equality {
  if (isHidden(observed) || isRedacted(desired)) return undefined;
  if (isEmpty(observed) && isEmpty(desired)) return true;
  if (isAbsent(observed) && isAbsent(desired)) return true;
  if (isEmpty(observed) || isEmpty(desired)) return false;
  switch (by) {
    case 'auto':
    case 'tags':
      return sameByType(observed, desired, depth);
    case 'none':
      return undefined;
    case 'text':
      return sameText(observed, desired);
    case 'number':
      return sameNumber(observed, desired);
    case 'ignore_case':
      return sameText(
        asText(observed)?.toLowerCase() ?? observed,
        asText(desired)?.toLowerCase() ?? desired,
      );
    case 'arn_or_name':
      return sameName(observed, desired);
    case 'set':
      return sameSet(observed, desired);
    case 'json':
      return sameDocument(observed, desired);
    case 'security_group_rules':
      return sameSet(observed, desired, (rule) => {
        const atom = asRule(rule);
        return atom === undefined ? memberKey(rule) : ruleKey(atom);
      });
  }
}

/** Whether a secret's marker stands anywhere in the desired value, also within a JSON text. */
const holdsRedacted = (value: JsonValue | undefined, depth = 0): boolean => {
  if (typeof value === 'string') return value.includes('"$redacted"');
  if (value === undefined || depth > MAX_DEPTH) return false;
  if (Array.isArray(value)) return value.some((item: JsonValue) => holdsRedacted(item, depth + 1));
  return (
    isRedacted(value) ||
    (isJsonObject(value) && Object.values(value).some((item) => holdsRedacted(item, depth + 1)))
  );
};

const quoted = (value: JsonValue | undefined): JsonValue | undefined =>
  Array.isArray(value) ? (value as readonly JsonValue[]).slice(0, MAX_QUOTED) : value;

const made = (
  { path, action, observed }: ObservedChange,
  verdict: ChangeVerdict,
  desired: JsonValue | undefined,
): Change => {
  const quote = quoted(desired);
  return {
    path,
    action,
    ...(observed === undefined ? {} : { observed }),
    ...(quote === undefined || quote === null ? {} : { desired: quote }),
    verdict,
  };
};

const membership = (
  change: ObservedChange,
  desired: readonly JsonValue[],
  key: (value: JsonValue) => string,
): Change => {
  if (change.observed === undefined) return made(change, 'unknown', desired);
  const members = listOf(change.observed).map(key);
  const present = desired.filter((member) => members.includes(key(member)));
  const found = new Set(present.map(key));
  if (change.action === 'remove') {
    const [one] = present;
    if (one === undefined) return made(change, 'equals_desired', undefined);
    return made(change, 'differs', present.length === 1 ? one : present);
  }
  const all = members.every((member) => found.has(member));
  return made(change, all ? 'equals_desired' : 'not_in_desired', desired);
};

const ruleOrMember = (value: JsonValue): string => {
  const atom = asRule(value);
  return atom === undefined ? memberKey(value) : ruleKey(atom);
};

/** The group's rules as atoms; a rule resource is a block by itself. */
const desiredRules = (owner: DesiredResource, path: string): readonly JsonValue[] => {
  const group =
    ownString(owner.attributes, 'security_group_id') ?? ownString(owner.attributes, 'id');
  const blocks = ownValue(owner.attributes, path) ?? owner.attributes;
  return rulesOfBlocks(blocks, group).map((rule): JsonValue => ({ ...rule }));
};

const compareTag = (change: ObservedChange, owner: DesiredResource): Change => {
  const dot = change.path.indexOf('.');
  const key = change.path.slice(dot + 1);
  const map = change.path.slice(0, dot);
  const desired =
    ownValue(ownValue(owner.attributes, map), key) ??
    (map === 'tags' ? ownValue(ownValue(owner.attributes, 'tags_all'), key) : undefined);
  const declared = desired !== undefined && desired !== null;
  if (change.action === 'remove') {
    return made(change, declared ? 'differs' : 'equals_desired', desired);
  }
  if (!declared) return made(change, 'not_in_desired', undefined);
  if (change.observed === undefined) return made(change, 'unknown', desired);
  return made(
    change,
    memberKey(change.observed) === memberKey(desired) ? 'equals_desired' : 'differs',
    desired,
  );
};

const defaultOf = (rows: readonly ResourceTypeRow[], path: string): JsonValue | undefined =>
  rows.map(({ defaults }) => ownValue(defaults ?? null, withoutIndexes(path))).find(isStated);

/** What code leaves out is what the provider takes by itself: where no table tells that, off may be a change. */
const compareLeftOut = (
  change: ObservedChange,
  observed: JsonValue,
  preset: JsonValue | undefined,
): Change => {
  const verdict = (same: boolean): Change =>
    made(change, same ? 'equals_desired' : 'not_in_desired', undefined);
  if (preset !== undefined) return verdict(memberKey(observed) === memberKey(preset));
  return isOff(observed) ? made(change, 'unknown', undefined) : verdict(isEmpty(observed));
};

const compareSet = (
  change: ObservedChange,
  desired: JsonValue | undefined,
  rows: readonly ResourceTypeRow[],
  by: Comparison,
): Change => {
  if (holdsRedacted(desired)) {
    // A part is secret: its observed value stays out, and JSON with a marker in it equals nothing.
    return { path: change.path, action: change.action, verdict: 'unknown' };
  }
  if (change.observed === undefined) return made(change, 'unknown', desired);
  if (desired === undefined || desired === null) {
    return compareLeftOut(change, change.observed, defaultOf(rows, change.path));
  }
  const same = isSame(change.observed, desired, by);
  return made(
    change,
    same === undefined ? 'unknown' : same ? 'equals_desired' : 'differs',
    desired,
  );
};

/** A secret's values stay out of the candidate: only whether they are the same is told. */
const compareSecret = (
  change: ObservedChange,
  desired: JsonValue | undefined,
  hash: SecretHash | undefined,
): Change => {
  const { path, action, observed } = change;
  const same =
    observed !== undefined && isRedacted(desired)
      ? isSameSecret(desired, observed, hash)
      : undefined;
  const verdict: ChangeVerdict =
    same === undefined ? 'unknown' : same ? 'equals_desired' : 'differs';
  return { path, action, verdict };
};

/** Written in two ways, values say only one thing: whether there is anything at all. */
const compareUntranslated = (change: ObservedChange, desired: JsonValue | undefined): Change => {
  const { action, observed } = change;
  if (action !== 'set' || observed === undefined || desired === undefined || desired === null) {
    return made(change, 'unknown', undefined);
  }
  if (!isEmpty(desired) && !isEmpty(observed)) return made(change, 'unknown', undefined);
  return made(
    change,
    isEmpty(observed) === isEmpty(desired) ? 'equals_desired' : 'differs',
    desired,
  );
};

const isTagPath = (path: string, rows: readonly ResourceTypeRow[]): boolean => {
  const dot = path.indexOf('.');
  if (dot === -1) return false;
  const map = path.slice(0, dot);
  return /^(tags|tags_all|labels|annotations)$/.test(map) || comparisonOf(rows, map) === 'tags';
};

/**
 * How what an act set stands to what code says. A pure function of its arguments.
 * @param hash tells whether an observed secret is the one that code sets; without it the verdict is `unknown`.
 */
export const compareChange = (
  change: ObservedChange,
  owner: DesiredResource,
  tables: ProviderTables,
  hash?: SecretHash,
): Change => {
  const rows = typeRows(tables, owner.type);
  const by = comparisonOf(rows, change.path);
  if (by !== 'security_group_rules' && isTagPath(change.path, rows)) {
    return compareTag(change, owner);
  }
  const desired = desiredAt(owner, change.path);
  if (isRedacted(desired) || isSecretPath(rows, change.path))
    return compareSecret(change, desired, hash);
  if (by === 'none') return compareUntranslated(change, desired);
  if (change.action === 'set') return compareSet(change, desired, rows, by);
  if (by === 'security_group_rules') {
    return membership(change, desiredRules(owner, change.path), ruleOrMember);
  }
  return membership(change, desired === undefined ? [] : listOf(desired), memberKey);
};
