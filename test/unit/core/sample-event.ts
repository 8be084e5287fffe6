import type { AuditEvent } from '../../../src/core/model/audit-event.ts';
import type { JsonObject } from '../../../src/core/model/json.ts';
import { cloudTrailEvent } from '../../../src/core/normalize/cloudtrail.ts';

export const ROLE_ARN =
  'arn:aws:iam::210987654321:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_AdministratorAccess_1f2e3d4c5b6a7988';

/** Alice opens a security group to everybody in the EC2 console. */
export const ingressRecord: JsonObject = {
  eventVersion: '1.11',
  userIdentity: {
    type: 'AssumedRole',
    principalId: 'AROAEXAMPLEROLEID0001:alice@example.com',
    arn: 'arn:aws:sts::210987654321:assumed-role/AWSReservedSSO_AdministratorAccess_1f2e3d4c5b6a7988/alice@example.com',
    accountId: '210987654321',
    accessKeyId: 'ASIAEXAMPLEKEY000001',
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: 'AROAEXAMPLEROLEID0001',
        arn: ROLE_ARN,
        accountId: '210987654321',
        userName: 'AWSReservedSSO_AdministratorAccess_1f2e3d4c5b6a7988',
      },
      attributes: { creationDate: '2026-03-02T08:55:10Z', mfaAuthenticated: 'true' },
    },
  },
  eventTime: '2026-03-02T09:14:33Z',
  eventSource: 'ec2.amazonaws.com',
  eventName: 'AuthorizeSecurityGroupIngress',
  awsRegion: 'eu-central-1',
  sourceIPAddress: '198.51.100.23',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:136.0) Gecko/20100101 Firefox/136.0',
  requestParameters: {
    groupId: 'sg-0aa11bb22cc33dd44',
    ipPermissions: {
      items: [
        {
          ipProtocol: 'tcp',
          fromPort: 22,
          toPort: 22,
          groups: {},
          ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] },
        },
      ],
    },
  },
  responseElements: { _return: true },
  requestID: '7b1f5a1e-0d7e-4a44-9a55-5f1f8f0c7a01',
  eventID: '5f0a3c9e-2d61-4b0f-8c11-3a9d6e7b1c02',
  readOnly: false,
  eventType: 'AwsApiCall',
  managementEvent: true,
  recipientAccountId: '210987654321',
  eventCategory: 'Management',
  sessionCredentialFromConsole: 'true',
};

export const TERRAFORM_AGENT =
  'APN/1.0 HashiCorp/1.0 Terraform/1.11.3 (+https://www.terraform.io) terraform-provider-aws/5.91.0 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.36.3';

/** The fields of a record that differ from Alice's; `undefined` takes a field out. */
export const recordWith = (fields: Readonly<Record<string, unknown>>): JsonObject =>
  JSON.parse(JSON.stringify({ ...ingressRecord, ...fields })) as JsonObject;

export const rawOf = (record: JsonObject): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(record));

const eventOf = (record: JsonObject): AuditEvent => {
  const event = cloudTrailEvent(record, rawOf(record));
  if ('reason' in event) throw new Error(event.message);
  return event;
};

export const eventWith = (fields: Readonly<Record<string, unknown>>): AuditEvent =>
  eventOf(recordWith(fields));
