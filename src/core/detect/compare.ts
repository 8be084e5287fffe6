import type { DesiredResource } from '../model/desired-resource.ts';
import type { ObservedChange } from '../model/detection.ts';
import type { Change, ChangeVerdict } from '../model/drift-candidate.ts';
import { isJsonObject, ownString, ownValue } from '../model/json.ts';
import type { JsonValue } from '../model/json.ts';
import type { Comparison, ProviderTables, ResourceTypeRow } from '../model/provider-tables.ts';
import { desiredAt } from '../model/desired-value.ts';
import { compilePaths, isMany, readPath } from '../model/path-template.ts';
import {
  pathRules,
  withoutIndexes,
  type MemberComparisons,
  type PathRules,
} from '../model/path-rules.ts';
import { isRedacted, isSameSecret } from '../model/redacted-value.ts';
import type { SecretHash } from '../model/redacted-value.ts';
import {
  googleMemberKey,
  isEmpty,
  isOff,
  isSame,
  isSameMember,
  listOf,
  memberKey,
} from '../model/same-value.ts';
import { asRule, ruleKey, rulesOfBlocks } from '../model/security-group-rules.ts';
import { isUnknown, UNKNOWN_VALUE } from '../model/unknown-value.ts';

/** Members of a desired list that a change quotes. */
const MAX_QUOTED = 20;
const MAX_DEPTH = 32;

const isStated = (value: JsonValue | undefined): boolean => value !== undefined;

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
    observed,
    desired: quote ?? undefined,
    verdict,
  };
};

const isSameKey = (one: JsonValue, other: JsonValue, by: Comparison | undefined): boolean =>
  by === undefined ? memberKey(one) === memberKey(other) : isSame(one, other, by) === true;

/**
 * Blocks that one attribute tells apart: the one of code's that an act names by it, whatever else it says. Where code has
 * several of that name, such as policies of one object for applications, it is the one that says the same.
 */
const keyedBlock = (
  change: ObservedChange,
  desired: readonly JsonValue[],
  name: string,
  members: MemberComparisons | undefined,
): Change | undefined => {
  const { observed } = change;
  const key = ownValue(observed ?? null, name);
  if (observed === undefined || key === undefined) return undefined;
  const named = desired.filter((block) => {
    const other = ownValue(block, name);
    return other !== undefined && isSameKey(key, other, members?.get(name));
  });
  const same = named.find((block) => isSameMember(observed, block, members));
  const one = same ?? named[0];
  if (one === undefined) {
    return made(
      change,
      change.action === 'remove' ? 'equals_desired' : 'not_in_desired',
      undefined,
    );
  }
  const equal = change.action === 'add' && same !== undefined;
  return made(change, equal ? 'equals_desired' : 'differs', one);
};

const membership = (
  change: ObservedChange,
  desired: readonly JsonValue[],
  key: (value: JsonValue) => string,
  blocks?: MemberComparisons,
): Change => {
  if (change.observed === undefined) return made(change, 'unknown', desired);
  const members = listOf(change.observed);
  const isMember = (one: JsonValue, other: JsonValue): boolean =>
    key(one) === key(other) || isSameMember(one, other, blocks);
  const present = desired.filter((other) => members.some((one) => isMember(one, other)));
  if (change.action === 'remove') {
    const [one] = present;
    if (one === undefined) return made(change, 'equals_desired', undefined);
    return made(change, 'differs', present.length === 1 ? one : present);
  }
  const all = members.every((one) => present.some((other) => isMember(one, other)));
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

/** Whether code does not say before its deployment what the attribute, or a rule of its own, is. */
const isLeftOpen = ({ attributes }: DesiredResource, path: string, by: Comparison): boolean => {
  const end = path.search(/[.[]/);
  const value = ownValue(attributes, end === -1 ? path : path.slice(0, end));
  return (
    isUnknown(value) ||
    (value === undefined &&
      by === 'security_group_rules' &&
      Object.values(attributes).some(isUnknown))
  );
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

const MAX_GATHERED = 1_000;

const holdsUnknown = (value: JsonValue | undefined, depth = 0): boolean =>
  isUnknown(value) ||
  (typeof value === 'object' &&
    value !== null &&
    depth <= MAX_DEPTH &&
    Object.values(value).some((member: JsonValue) => holdsUnknown(member, depth + 1)));

/** What code says at the path or, where that is empty, at the first where code of the type may say the same. */
const desiredOf = (
  owner: DesiredResource,
  path: string,
  rows: readonly ResourceTypeRow[],
): JsonValue | undefined => {
  const desired = desiredAt(owner, path);
  if (!isEmpty(desired)) return desired;
  const elsewhere = rows.flatMap((row) => ownString(row.elsewhere ?? {}, path) ?? []);
  for (const other of elsewhere.flatMap(compilePaths)) {
    const found = readPath(owner.attributes, other, 0, MAX_GATHERED);
    const whole = ownValue(owner.attributes, other.segments[0]?.key ?? '');
    if (holdsUnknown(found.length > 0 ? found : whole)) return UNKNOWN_VALUE;
    if (found.length > 0) return isMany(other) ? found : found[0];
  }
  return desired;
};

const compareSet = (
  change: ObservedChange,
  desired: JsonValue | undefined,
  { rows, by, members }: PathRules,
): Change => {
  if (holdsRedacted(desired)) {
    // A part is secret: its observed value stays out, and JSON with a marker in it equals nothing.
    return { path: change.path, action: change.action, verdict: 'unknown' };
  }
  if (change.observed === undefined) return made(change, 'unknown', desired);
  if (desired === undefined || desired === null) {
    return compareLeftOut(change, change.observed, defaultOf(rows, change.path));
  }
  const same = isSame(change.observed, desired, by, 0, members);
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
  const rules = pathRules(tables, owner.type, change.path);
  const { rows, by, tag, secret, key } = rules;
  if (isLeftOpen(owner, change.path, by)) return made(change, 'unknown', undefined);
  if (tag) return compareTag(change, owner);
  const desired = desiredOf(owner, change.path, rows);
  if (isUnknown(desired)) return made(change, 'unknown', undefined);
  if (secret || isRedacted(desired)) return compareSecret(change, desired, hash);
  if (by === 'none') return compareUntranslated(change, desired);
  if (change.action === 'set') return compareSet(change, desired, rules);
  if (by === 'security_group_rules') {
    return membership(change, desiredRules(owner, change.path), ruleOrMember);
  }
  const members = desired === undefined ? [] : listOf(desired);
  if (key !== undefined && desired === undefined && change.action === 'remove') {
    // Code that says nothing of the blocks at all may have them elsewhere.
    return made(change, 'unknown', undefined);
  }
  const keyed = key === undefined ? undefined : keyedBlock(change, members, key, rules.members);
  return (
    keyed ??
    membership(
      change,
      members,
      by === 'google_members' ? googleMemberKey : memberKey,
      rules.members,
    )
  );
};
