const account = '123456789012';
const region = 'eu-west-1';

const groupId = (number: number): string => `sg-${String(number).padStart(17, '0')}`;

/** A Terraform state that holds security groups 0 to `count` - 1. */
export const securityGroupState = (count: number): string =>
  JSON.stringify({
    version: 4,
    terraform_version: '1.9.0',
    serial: 1,
    lineage: '11111111-2222-3333-4444-555555555555',
    outputs: {},
    resources: Array.from({ length: count }, (_, number) => ({
      mode: 'managed',
      type: 'aws_security_group',
      name: `group_${number}`,
      provider: 'provider["registry.terraform.io/hashicorp/aws"]',
      instances: [
        {
          schema_version: 1,
          attributes: {
            id: groupId(number),
            arn: `arn:aws:ec2:${region}:${account}:security-group/${groupId(number)}`,
            name: `group ${number}`,
            vpc_id: 'vpc-1',
            ingress: [],
            egress: [],
          },
        },
      ],
    })),
  });

const recordOf = (
  id: string,
  eventName: string,
  readOnly: boolean,
  requestParameters: object,
): string =>
  JSON.stringify({
    eventVersion: '1.08',
    userIdentity: {
      type: 'IAMUser',
      principalId: 'AIDAEXAMPLE',
      arn: `arn:aws:iam::${account}:user/mallory`,
      accountId: account,
      accessKeyId: 'AKIAEXAMPLE',
      userName: 'mallory',
    },
    eventTime: '2026-03-01T10:00:00Z',
    eventSource: 'ec2.amazonaws.com',
    eventName,
    awsRegion: region,
    sourceIPAddress: '198.51.100.7',
    userAgent: 'aws-cli/2.15',
    requestParameters,
    responseElements: readOnly ? null : { _return: true },
    requestID: `request-${id}`,
    eventID: id,
    readOnly,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: 'Management',
  });

/** An act outside code on security group `number`: a drift candidate where code owns the group. */
export const ingressEvent = (id: string, number: number): string =>
  recordOf(id, 'AuthorizeSecurityGroupIngress', false, {
    groupId: groupId(number),
    ipPermissions: {
      items: [
        {
          ipProtocol: 'tcp',
          fromPort: 22,
          toPort: 22,
          groups: {},
          ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] },
          ipv6Ranges: {},
          prefixListIds: {},
        },
      ],
    },
  });

export const readEvent = (id: string): string => recordOf(id, 'DescribeSecurityGroups', true, {});
