import type { CloudFormationTypeRow } from '../model/format-tables.ts';
import { isArn } from '../model/identity.ts';
import {
  isJsonObject,
  ownString,
  ownValue,
  type JsonObject,
  type JsonValue,
} from '../model/json.ts';
import { snakeCase } from '../model/snake-case.ts';
import { isUnknown } from '../model/unknown-value.ts';
import { snakeCaseKeys, tagMap } from './object-attributes.ts';

/** Resolved properties under Terraform's attribute names, with what the physical id tells. */
export const cloudFormationAttributes = (
  properties: JsonObject,
  physicalId: string | undefined,
  row: CloudFormationTypeRow,
): JsonObject => ({
  ...Object.fromEntries(
    Object.entries(properties).map(([property, value]) => {
      const name =
        (row.properties !== undefined && Object.hasOwn(row.properties, property)
          ? row.properties[property]
          : undefined) ?? snakeCase(property);
      return [name, attributeValue(name, value)] as const;
    }),
  ),
  ...(physicalId === undefined ? {} : namedBy(physicalId, row)),
});

const namedBy = (physicalId: string, { id = [] }: CloudFormationTypeRow): JsonObject => ({
  ...Object.fromEntries(id.map((name) => [name, physicalId])),
  id: physicalId,
  ...(isArn(physicalId) ? { arn: physicalId } : {}),
});

const attributeValue = (name: string, value: JsonValue): JsonValue => {
  if (isUnknown(value)) return value;
  if (name === 'tags') return tagMap(value) ?? value;
  if ((name === 'ingress' || name === 'egress') && Array.isArray(value)) {
    return (value as readonly JsonValue[]).map(securityGroupRule);
  }
  if (name === 'inline_policy' && Array.isArray(value)) {
    return (value as readonly JsonValue[]).map(inlinePolicy);
  }
  if (isJsonObject(value) && Object.hasOwn(value, 'Statement')) return value;
  // The keys of the value are wrapped, so that those of a list are reached too.
  return ownValue(snakeCaseKeys({ [name]: value }), snakeCase(name)) ?? value;
};

/** A policy in a role's own list, as Terraform's blocks write it. */
const inlinePolicy = (policy: JsonValue): JsonValue => ({
  name: ownValue(policy, 'PolicyName') ?? null,
  policy: ownValue(policy, 'PolicyDocument') ?? null,
});

/** A rule in a group's own lists, as Terraform's blocks write it. */
const securityGroupRule = (rule: JsonValue): JsonValue => {
  if (!isJsonObject(rule)) return rule;
  const listed = (...names: readonly string[]): readonly string[] =>
    names.flatMap((name) => ownString(rule, name) ?? []);
  const protocol = ownValue(rule, 'IpProtocol');
  const description = ownString(rule, 'Description');
  return {
    protocol:
      typeof protocol === 'string' || typeof protocol === 'number' ? String(protocol) : '-1',
    from_port: ownValue(rule, 'FromPort') ?? 0,
    to_port: ownValue(rule, 'ToPort') ?? 0,
    cidr_blocks: listed('CidrIp'),
    ipv6_cidr_blocks: listed('CidrIpv6'),
    prefix_list_ids: listed('SourcePrefixListId', 'DestinationPrefixListId'),
    security_groups: listed('SourceSecurityGroupId', 'DestinationSecurityGroupId'),
    ...(description === undefined ? {} : { description }),
  };
};
