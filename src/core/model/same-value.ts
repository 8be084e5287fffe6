import { addressBlock } from './address-block.ts';
import { namesOfArn } from './arn-names.ts';
import { dnsName, dnsRecordKey } from './dns-records.ts';
import { googleMember, isSameGooglePolicy } from './google-policy.ts';
import { isHidden } from './hidden-value.ts';
import { isJsonObject, ownValue, type JsonObject, type JsonValue } from './json.ts';
import type { MemberComparisons } from './path-rules.ts';
import { canonicalDocument, parseJsonText } from './policy-document.ts';
import type { Comparison } from './provider-tables.ts';
import { isRedacted } from './redacted-value.ts';
import { pathIdentity } from './resource-path.ts';
import { asRule, protocolName, ruleKey } from './security-group-rules.ts';

const MAX_DEPTH = 32;
/** Blocks are compared each with each. */
const MAX_BLOCKS = 200;

/** Undefined: it cannot be told. */
export type Equality = boolean | undefined;

export const isEmpty = (value: JsonValue | undefined): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  (Array.isArray(value)
    ? value.length === 0
    : isJsonObject(value) && Object.keys(value).length === 0);

export const isOff = (value: JsonValue): boolean => value === false || value === 'false';

/** A switch that is off and one that code leaves empty beside others are the same. */
const isAbsent = (value: JsonValue | undefined): boolean =>
  isEmpty(value) || (value !== undefined && isOff(value));

const asText = (value: JsonValue): string | undefined =>
  typeof value === 'object' ? undefined : String(value);

export const listOf = (value: JsonValue): readonly JsonValue[] =>
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

const lastSegment = (value: JsonValue): JsonValue =>
  typeof value === 'string' ? value.slice(value.lastIndexOf('/') + 1).toLowerCase() : value;

const asDocument = (value: JsonValue): JsonValue =>
  typeof value === 'string' ? (parseJsonText(value) ?? value) : value;

const sameDocument = (observed: JsonValue, desired: JsonValue): Equality => {
  const left = canonicalDocument(asDocument(observed));
  const right = canonicalDocument(asDocument(desired));
  return left === undefined || right === undefined ? undefined : left === right;
};

/**
 * Equality of members of lists and maps: paths and blocks of addresses as what they denote, scalars as text, all else
 * as documents.
 */
export const memberKey = (value: JsonValue): string => {
  const text = asText(value);
  if (text !== undefined) return pathIdentity(text) ?? addressBlock(text) ?? text;
  return canonicalDocument(value) ?? JSON.stringify(null);
};

/** The same of members of Google's policies. */
export const googleMemberKey = (value: JsonValue): string =>
  (typeof value === 'string' ? googleMember(value) : undefined) ?? memberKey(value);

const sameSet = (observed: JsonValue, desired: JsonValue, key = memberKey): boolean => {
  const left = new Set(listOf(observed).map(key));
  const right = new Set(listOf(desired).map(key));
  return left.size === right.size && [...left].every((member) => right.has(member));
};

/** In the order of both. */
const sameList = (observed: JsonValue, desired: JsonValue): boolean => {
  const [left, right] = [listOf(observed), listOf(desired)];
  return (
    left.length === right.length &&
    left.every((member, at) => memberKey(member) === memberKey(right[at] ?? null))
  );
};

const isBlock = (value: JsonValue): value is JsonObject => isJsonObject(value);

/** Lists of blocks, in any order: each observed block is another of the desired ones. */
const sameBlocks = (
  observed: readonly JsonObject[],
  desired: readonly JsonValue[],
  depth: number,
  members: MemberComparisons | undefined,
): boolean => {
  const left = [...desired];
  return (
    observed.length === desired.length &&
    observed.every((block) => {
      const at = left.findIndex((other) => sameMap(block, other, depth, members) === true);
      if (at === -1) return false;
      left.splice(at, 1);
      return true;
    })
  );
};

/** Whether a value is one member of a list or set; of blocks, what one leaves out is empty in the other. */
export const isSameMember = (
  observed: JsonValue,
  desired: JsonValue,
  members?: MemberComparisons,
): boolean =>
  memberKey(observed) === memberKey(desired) ||
  (isBlock(observed) && isBlock(desired) && sameMap(observed, desired, 0, members) === true);

/**
 * What states write within a block for what code leaves out: 0 for a number, a block whose settings are all empty. A
 * block that has none but further blocks says something by being there, such as `allow` of a firewall's rule.
 */
const isUnset = (desired: JsonValue): boolean => {
  if (desired === 0) return true;
  const block =
    Array.isArray(desired) && desired.length === 1 ? (desired as readonly JsonValue[])[0] : desired;
  if (block === undefined || !isJsonObject(block)) return false;
  const members = Object.values(block);
  return members.every(isEmpty) && members.some((member) => member === '' || member === null);
};

const sameMap = (
  observed: JsonValue,
  desired: JsonValue,
  depth: number,
  members?: MemberComparisons,
): Equality => {
  if (!isJsonObject(observed) || !isJsonObject(desired) || depth > MAX_DEPTH) return undefined;
  let equal: Equality = true;
  for (const key of new Set([...Object.keys(observed), ...Object.keys(desired)])) {
    const seen = ownValue(observed, key) ?? null;
    const said = ownValue(desired, key) ?? null;
    const by = members?.get(key) ?? 'auto';
    const same = (seen === null && isUnset(said)) || isSame(seen, said, by, depth + 1);
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

const sameByType = (
  observed: JsonValue,
  desired: JsonValue,
  depth: number,
  members?: MemberComparisons,
): Equality => {
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
      const block = addressBlock(desired);
      if (block !== undefined) return addressBlock(observed) === block;
    }
    return sameText(observed, desired);
  }
  if (Array.isArray(desired)) {
    const [block] = desired as readonly JsonValue[];
    const [one, ...others] = listOf(observed);
    const single = desired.length === 1 && others.length === 0;
    if (single && isJsonObject(block) && isJsonObject(one))
      return sameMap(one, block, depth, members);
    if (sameSet(observed, desired)) return true;
    const blocks = listOf(observed).filter(isBlock);
    return (
      blocks.length > 0 &&
      blocks.length <= MAX_BLOCKS &&
      sameBlocks(blocks, desired as readonly JsonValue[], depth, members)
    );
  }
  // What the call writes as a text, code may write as an object: a policy of a CloudFormation template.
  const written = typeof observed === 'string' ? parseJsonText(observed) : undefined;
  return written === undefined
    ? sameMap(observed, desired, depth, members)
    : sameDocument(written, desired);
};

/** A list of `{name, value}` as the map that it makes; anything else as it is. */
const asMap = (value: JsonValue): JsonValue => {
  if (!Array.isArray(value)) return value;
  const pairs = (value as readonly JsonValue[]).map(
    (item) => [ownValue(item, 'name'), ownValue(item, 'value') ?? null] as const,
  );
  return pairs.every((pair): pair is readonly [string, JsonValue] => typeof pair[0] === 'string')
    ? Object.fromEntries(pairs)
    : value;
};

/** What observed records show of their type tells how texts are read: those of TXT stand in quotes. */
const sameRecords = (observed: JsonValue, desired: JsonValue): boolean => {
  const quoted = listOf(observed).some((one) => asText(one)?.startsWith('"') === true);
  return sameSet(observed, desired, (record) =>
    typeof record === 'string' ? dnsRecordKey(record, quoted) : memberKey(record),
  );
};

const lowerCase = (value: JsonValue): JsonValue => asText(value)?.toLowerCase() ?? value;

const sameInAnyCase = (observed: JsonValue, desired: JsonValue): Equality =>
  Array.isArray(observed) || Array.isArray(desired)
    ? sameSet(observed, desired, (member) => memberKey(lowerCase(member)))
    : sameText(lowerCase(observed), lowerCase(desired));

/** @param members how the attributes of blocks compare, where the values are blocks */
export function isSame(
  observed: JsonValue,
  desired: JsonValue,
  by: Comparison,
  depth = 0,
  members?: MemberComparisons,
): Equality {
  if (isHidden(observed) || isRedacted(desired)) return undefined;
  if (isEmpty(observed) && isEmpty(desired)) return true;
  if (isAbsent(observed) && isAbsent(desired)) return true;
  if (isEmpty(observed) || isEmpty(desired)) return false;
  switch (by) {
    case 'auto':
    case 'tags':
      return sameByType(observed, desired, depth, members);
    case 'none':
      return undefined;
    case 'text':
      return sameText(observed, desired);
    case 'number':
      return sameNumber(observed, desired);
    case 'ignore_case':
      return sameInAnyCase(observed, desired);
    case 'arn_or_name':
      return sameName(observed, desired);
    case 'path_end':
      return sameText(lastSegment(observed), lastSegment(desired));
    case 'ip_protocol':
      return protocolName(observed) === protocolName(desired);
    case 'set':
      return sameSet(observed, desired);
    case 'list':
      return sameList(observed, desired);
    case 'json':
      return sameDocument(observed, desired);
    case 'dns_name':
      return sameText(dnsName(observed), dnsName(desired));
    case 'dns_records':
      return sameRecords(observed, desired);
    case 'named_values':
      return sameByType(asMap(observed), asMap(desired), depth);
    case 'google_members':
      return sameSet(observed, desired, googleMemberKey);
    case 'google_policy':
      return isSameGooglePolicy(asDocument(observed), asDocument(desired));
    case 'security_group_rules':
      return sameSet(observed, desired, (rule) => {
        const atom = asRule(rule);
        return atom === undefined ? memberKey(rule) : ruleKey(atom);
      });
  }
}
