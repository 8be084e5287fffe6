import { addressBlock } from './address-block.ts';
import { isJsonObject, ownString, ownValue } from './json.ts';
import type { JsonObject, JsonValue } from './json.ts';

/**
 * Rules of a security group, as single permissions: one protocol, one port range, one source. A provider groups them
 * in one way, code in another; as atoms they are equal or they are not.
 */
export interface AtomicRule {
  /** `tcp`, `udp`, `icmp`, `icmpv6`, `-1` for all, otherwise the protocol's number. */
  readonly protocol: string;
  /** 0 where the protocol is all. */
  readonly from_port: number;
  readonly to_port: number;
  /** CIDR block, prefix list id or security group id. */
  readonly source: string;
  readonly description?: string;
}

const MAX_RULES = 1_000;
/** IANA protocol numbers that EC2 writes as names. */
const PROTOCOLS: Readonly<Record<string, string>> = {
  all: '-1',
  any: '-1',
  '1': 'icmp',
  '6': 'tcp',
  '17': 'udp',
  '58': 'icmpv6',
};

const textOf = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'number' ? String(value) : typeof value === 'string' ? value : undefined;

/** The protocol under the one name that a rule has for it, by number or name; absent is all. */
export const protocolName = (value: JsonValue | undefined): string => {
  const text = (textOf(value) ?? '-1').toLowerCase();
  return Object.hasOwn(PROTOCOLS, text) ? (PROTOCOLS[text] ?? text) : text;
};

const port = (value: JsonValue | undefined): number => {
  const number = Number(textOf(value) ?? '0');
  return Number.isInteger(number) ? number : 0;
};

const rule = (
  protocol: JsonValue | undefined,
  from: JsonValue | undefined,
  to: JsonValue | undefined,
  source: string,
  description: string | undefined,
): AtomicRule => {
  const name = protocolName(protocol);
  return {
    protocol: name,
    from_port: name === '-1' ? 0 : port(from),
    to_port: name === '-1' ? 0 : port(to),
    source: addressBlock(source) ?? source.toLowerCase(),
    ...(description === undefined ? {} : { description }),
  };
};

const items = (value: JsonValue | undefined): readonly JsonValue[] => {
  const list = isJsonObject(value) ? (ownValue(value, 'items') ?? value) : value;
  if (Array.isArray(list)) return list as readonly JsonValue[];
  return isJsonObject(list) && Object.keys(list).length > 0 ? [list] : [];
};

const PERMISSION_SOURCES = [
  ['ipRanges', 'cidrIp'],
  ['ipv6Ranges', 'cidrIpv6'],
  ['prefixListIds', 'prefixListId'],
  ['groups', 'groupId'],
] as const;
const SET_SOURCES = ['cidrIpv4', 'cidrIpv6', 'prefixListId', 'referencedGroupId'] as const;
const REFERENCED = 'referencedGroupInfo';

const ofPermission = (permission: JsonValue): readonly AtomicRule[] =>
  PERMISSION_SOURCES.flatMap(([list, member]) =>
    items(ownValue(permission, list)).flatMap((entry) => {
      const source = ownString(entry, member);
      if (source === undefined) return [];
      return rule(
        ownValue(permission, 'ipProtocol'),
        ownValue(permission, 'fromPort'),
        ownValue(permission, 'toPort'),
        source,
        ownString(entry, 'description'),
      );
    }),
  );

const ofAnswer = (entry: JsonValue): readonly AtomicRule[] => {
  const found = SET_SOURCES.map((member) => ownString(entry, member)).find(
    (text) => text !== undefined,
  );
  const source = found ?? ownString(ownValue(entry, REFERENCED), 'groupId');
  if (source === undefined) return [];
  return [
    rule(
      ownValue(entry, 'ipProtocol'),
      ownValue(entry, 'fromPort'),
      ownValue(entry, 'toPort'),
      source,
      ownString(entry, 'description'),
    ),
  ];
};

/** One of `ModifySecurityGroupRules`, whose members begin with capitals: the rule's id beside what it becomes. */
const ofModification = (entry: JsonValue): readonly AtomicRule[] => {
  const becomes = ownValue(entry, 'SecurityGroupRule');
  const source = ['CidrIpv4', 'CidrIpv6', 'PrefixListId', 'ReferencedGroupId']
    .map((member) => ownString(becomes, member))
    .find((text) => text !== undefined);
  if (source === undefined) return [];
  return [
    rule(
      ownValue(becomes, 'IpProtocol'),
      ownValue(becomes, 'FromPort'),
      ownValue(becomes, 'ToPort'),
      source,
      ownString(becomes, 'Description'),
    ),
  ];
};

/**
 * The rules in a call's parameters (`ipPermissions`, `cidrIp` with `fromPort` beside it, or `SecurityGroupRule`) or
 * in its answer (`securityGroupRuleSet`, `revokedSecurityGroupRuleSet`). At most 1,000.
 */
export const rulesOfCall = (call: JsonValue): readonly AtomicRule[] => {
  const listed = items(ownValue(call, 'ipPermissions')).flatMap(ofPermission);
  if (listed.length > 0) return listed.slice(0, MAX_RULES);
  const flat = ownString(call, 'cidrIp') ?? ownString(call, 'cidrIpv6');
  if (flat !== undefined) {
    return [
      rule(
        ownValue(call, 'ipProtocol'),
        ownValue(call, 'fromPort'),
        ownValue(call, 'toPort'),
        flat,
        undefined,
      ),
    ];
  }
  const modified = items(ownValue(call, 'SecurityGroupRule')).flatMap(ofModification);
  if (modified.length > 0) return modified.slice(0, MAX_RULES);
  return ['securityGroupRuleSet', 'revokedSecurityGroupRuleSet']
    .flatMap((set) => items(ownValue(call, set)).flatMap(ofAnswer))
    .slice(0, MAX_RULES);
};

const BLOCK_LISTS = [
  'cidr_blocks',
  'ipv6_cidr_blocks',
  'prefix_list_ids',
  'security_groups',
] as const;
const BLOCK_VALUES = [
  'cidr_ipv4',
  'cidr_ipv6',
  'prefix_list_id',
  'referenced_security_group_id',
  'source_security_group_id',
] as const;

const sourcesOfBlock = (block: JsonObject, group: string | undefined): readonly string[] => {
  const sources: string[] = [];
  for (const list of BLOCK_LISTS) {
    for (const value of items(ownValue(block, list)))
      if (typeof value === 'string') sources.push(value);
  }
  for (const member of BLOCK_VALUES) {
    const value = ownString(block, member);
    if (value !== undefined) sources.push(value);
  }
  if (ownValue(block, 'self') === true && group !== undefined) sources.push(group);
  return [...new Set(sources)];
};

/**
 * The rules in blocks as code writes them: `ingress` of aws_security_group, or a rule resource's own attributes.
 * @param group the group's own id, which `self` stands for.
 */
export const rulesOfBlocks = (
  blocks: JsonValue | undefined,
  group: string | undefined,
): readonly AtomicRule[] =>
  items(blocks)
    .filter(isJsonObject)
    .flatMap((block) =>
      sourcesOfBlock(block, group).map((source) =>
        rule(
          ownValue(block, 'protocol') ?? ownValue(block, 'ip_protocol'),
          ownValue(block, 'from_port'),
          ownValue(block, 'to_port'),
          source,
          ownString(block, 'description'),
        ),
      ),
    );

/** The text that two atomic rules share where they permit the same; the description does not count. */
export const ruleKey = ({ protocol, from_port, to_port, source }: AtomicRule): string =>
  `${protocol}/${from_port}/${to_port}/${source}`;

/** The rule as a value of a record, or undefined where the value is none. */
export const asRule = (value: JsonValue | undefined): AtomicRule | undefined => {
  const source = ownString(value, 'source');
  if (source === undefined) return undefined;
  const member = (name: string): JsonValue | undefined => ownValue(value, name);
  return rule(
    member('protocol'),
    member('from_port'),
    member('to_port'),
    source,
    ownString(value, 'description'),
  );
};
