import { callRecorder } from './call-record.ts';
import { PROD } from './accounts.ts';
import { awsService, serviceRole } from './programs.ts';
import { clock, type StoryDay } from './story-day.ts';
import type { StoryPart } from './story-part.ts';

const RECORDED = [
  ['ec2', 'DescribeSecurityGroups'],
  ['ec2', 'DescribeVpcs'],
  ['iam', 'GetAccountAuthorizationDetails'],
  ['s3', 'GetBucketPublicAccessBlock'],
  ['rds', 'DescribeDBInstances'],
  ['kms', 'ListAliases'],
] as const;
const RECORDINGS = 48;
const SCALINGS = 6;
const ASSUMPTIONS = 96;

/** Config looks around, autoscaling adds and removes servers, AWS takes roles and rotates a key. */
export const cloudServices = (day: StoryDay): StoryPart => {
  const name = 'cloud-services';
  const record = callRecorder(name, day);
  const config = serviceRole('config', 'AWSServiceRoleForConfig', 'AWSConfig-Describe');
  const scaling = serviceRole('autoscaling', 'AWSServiceRoleForAutoScaling', 'AutoScaling');

  const recordings = Array.from({ length: RECORDINGS }, (_, round) => round * 1800 + 90).flatMap(
    (at) =>
      RECORDED.map(([service, operation], index) =>
        record(config, { at: at + index, service, operation, readOnly: true }),
      ),
  );
  const scalings = Array.from({ length: SCALINGS }, (_, round) => {
    const instance = `i-0a11${(0xd3a7c1 + round * 7919).toString(16).padStart(13, '0')}`;
    const at = clock(9 + round * 2, 12);
    return [
      record(scaling, {
        at,
        service: 'ec2',
        operation: 'RunInstances',
        readOnly: false,
        request: {
          instancesSet: { items: [{ minCount: 1, maxCount: 1 }] },
          subnetId: 'subnet-0a11cbc44170f9a82',
          launchTemplate: { launchTemplateId: 'lt-0a117c623ff17a642', version: '14' },
        },
        response: {
          reservationId: `r-0a11${String(round).padStart(13, '0')}`,
          ownerId: PROD,
          instancesSet: {
            items: [
              {
                instanceId: instance,
                imageId: 'ami-0c9f3a7be51d20864',
                instanceType: 't4g.medium',
                instanceState: { code: 0, name: 'pending' },
              },
            ],
          },
        },
      }),
      record(scaling, {
        at: at + 45,
        service: 'elasticloadbalancing',
        operation: 'RegisterTargets',
        readOnly: false,
        request: {
          targetGroupArn: `arn:aws:elasticloadbalancing:eu-west-1:${PROD}:targetgroup/larkfield-prod-app/91d7e4b0c2a85f63`,
          targets: [{ id: instance }],
        },
      }),
      record(scaling, {
        at: at + 4200,
        service: 'ec2',
        operation: 'TerminateInstances',
        readOnly: false,
        request: { instancesSet: { items: [{ instanceId: instance }] } },
        response: {
          instancesSet: {
            items: [{ instanceId: instance, currentState: { code: 32, name: 'shutting-down' } }],
          },
        },
      }),
    ];
  }).flat();
  const assumptions = Array.from({ length: ASSUMPTIONS }, (_, round) =>
    record(awsService('ec2'), {
      at: round * 900 + 3,
      service: 'sts',
      operation: 'AssumeRole',
      readOnly: true,
      region: 'eu-west-1',
      request: {
        roleArn: `arn:aws:iam::${PROD}:role/larkfield-prod-app`,
        roleSessionName: 'i-0a11c47d9e20b5f38',
      },
    }),
  );
  const rotation = record(
    { ...awsService('kms'), ip: 'kms.amazonaws.com' },
    {
      at: clock(4, 7, 52),
      service: 'kms',
      operation: 'RotateKey',
      readOnly: false,
      type: 'AwsServiceEvent',
      more: {
        resources: [
          {
            accountId: PROD,
            type: 'AWS::KMS::Key',
            ARN: `arn:aws:kms:eu-west-1:${PROD}:key/7d1f0c52-3a94-4e6b-8c15-0b9e6f2a4d71`,
          },
        ],
        serviceEventDetails: { keyId: '7d1f0c52-3a94-4e6b-8c15-0b9e6f2a4d71' },
      },
    },
  );
  return {
    name,
    what: 'AWS services go about their work',
    records: [...recordings, ...scalings, ...assumptions, rotation],
    expected: {
      read: RECORDINGS * RECORDED.length + ASSUMPTIONS,
      service: SCALINGS * 3 + 1,
    },
  };
};
