import type { JsonObject } from '../../../../src/core/model/json.ts';
import type { Kind, Place } from './kind.ts';
import { arn, id, name, requestId, tagged } from './names.ts';

const rule = (port: number, cidr: string, description: string): JsonObject => ({
  cidr_blocks: [cidr],
  description,
  from_port: port,
  ipv6_cidr_blocks: [],
  prefix_list_ids: [],
  protocol: 'tcp',
  security_groups: [],
  self: false,
  to_port: port,
});

const permission = (port: number, cidr: string): JsonObject => ({
  ipProtocol: 'tcp',
  fromPort: port,
  toPort: port,
  groups: {},
  ipRanges: { items: [{ cidrIp: cidr, description: 'temporary access' }] },
  ipv6Ranges: {},
  prefixListIds: {},
});

const ruleSet = (place: Place, port: number, cidr: string): JsonObject => ({
  items: [
    {
      groupOwnerId: place.account,
      groupId: id('sg', place),
      securityGroupRuleId: `sgr-0${place.mark}`,
      isEgress: false,
      ipProtocol: 'tcp',
      fromPort: port,
      toPort: port,
      cidrIpv4: cidr,
    },
  ],
});

export const securityGroup: Kind = {
  type: 'aws_security_group',
  weight: 5,
  attributes: (place) => ({
    id: id('sg', place),
    arn: arn('ec2', place, `security-group/${id('sg', place)}`),
    name: name(place),
    description: `Traffic of ${name(place)}`,
    owner_id: place.account,
    vpc_id: `vpc-0${place.mark.slice(0, 6)}aa11bb22cc`,
    ingress: [
      rule(443, '10.0.0.0/8', 'from the balancer'),
      rule(9_100, '10.12.0.0/16', 'metrics'),
      ...(place.number % 2 === 0 ? [rule(22, '10.40.0.0/16', 'from the bastion')] : []),
    ],
    egress: [{ ...rule(0, '0.0.0.0/0', ''), protocol: '-1' }],
    revoke_rules_on_delete: false,
    timeouts: null,
    ...tagged(place),
  }),
  changes: {
    authorizeSecurityGroupIngress: (place, even) => {
      const [port, cidr] = even
        ? ([22, '0.0.0.0/0'] as const)
        : ([5_432, '203.0.113.0/24'] as const);
      return {
        service: 'ec2',
        operation: 'AuthorizeSecurityGroupIngress',
        request: {
          groupId: id('sg', place),
          ipPermissions: { items: [permission(port, cidr)] },
        },
        response: {
          requestId: requestId(place),
          _return: true,
          securityGroupRuleSet: ruleSet(place, port, cidr),
        },
      };
    },
    // Of what code has, or of what it has not: that restores it.
    revokeSecurityGroupIngress: (place, even) => {
      const [port, cidr] = even ? ([443, '10.0.0.0/8'] as const) : ([22, '0.0.0.0/0'] as const);
      return {
        service: 'ec2',
        operation: 'RevokeSecurityGroupIngress',
        request: { groupId: id('sg', place), ipPermissions: { items: [permission(port, cidr)] } },
        response: {
          requestId: requestId(place),
          _return: true,
          revokedSecurityGroupRuleSet: ruleSet(place, port, cidr),
        },
      };
    },
  },
  remove: (place) => ({
    service: 'ec2',
    operation: 'DeleteSecurityGroup',
    request: { groupId: id('sg', place) },
    response: { requestId: requestId(place), _return: true },
  }),
  create: (place) => ({
    service: 'ec2',
    operation: 'CreateSecurityGroup',
    request: {
      groupName: `debug-${place.mark.slice(0, 8)}`,
      groupDescription: 'made by hand',
      vpcId: 'vpc-0aa11bb22cc33dd44',
    },
    response: { requestId: requestId(place), _return: true, groupId: `sg-1${place.mark}` },
  }),
};

export const instance: Kind = {
  type: 'aws_instance',
  weight: 3,
  attributes: (place) => ({
    id: id('i', place),
    arn: arn('ec2', place, `instance/${id('i', place)}`),
    ami: `ami-0${place.mark.slice(0, 8)}dd44ee55f`,
    instance_type: 'm6i.large',
    availability_zone: `${place.region}a`,
    disable_api_termination: true,
    ebs_optimized: true,
    iam_instance_profile: name(place),
    key_name: null,
    monitoring: true,
    private_ip: `10.${place.number % 250}.7.${place.number % 240}`,
    source_dest_check: true,
    subnet_id: `subnet-0${place.mark.slice(0, 6)}aa11bb22cc`,
    tenancy: 'default',
    vpc_security_group_ids: [id('sg', place)],
    root_block_device: [{ volume_size: 80, volume_type: 'gp3', encrypted: true, iops: 3_000 }],
    ...tagged(place),
  }),
  changes: {
    modifyInstanceAttribute: (place, even) => ({
      service: 'ec2',
      operation: 'ModifyInstanceAttribute',
      request: even
        ? { instanceId: id('i', place), disableApiTermination: { value: false } }
        : {
            instanceId: id('i', place),
            groupSet: {
              items: [{ groupId: id('sg', place) }, { groupId: 'sg-0ffee0ffee0ffee01' }],
            },
          },
      response: { requestId: requestId(place), _return: true },
    }),
    createTags: (place) => ({
      service: 'ec2',
      operation: 'CreateTags',
      request: {
        resourcesSet: { items: [{ resourceId: id('i', place) }] },
        tagSet: { items: [{ key: 'owner', value: 'nobody' }] },
      },
      response: { requestId: requestId(place), _return: true },
    }),
  },
  remove: (place) => ({
    service: 'ec2',
    operation: 'TerminateInstances',
    request: { instancesSet: { items: [{ instanceId: id('i', place) }] } },
    response: {
      requestId: requestId(place),
      instancesSet: {
        items: [
          {
            instanceId: id('i', place),
            currentState: { code: 32, name: 'shutting-down' },
            previousState: { code: 16, name: 'running' },
          },
        ],
      },
    },
  }),
};
