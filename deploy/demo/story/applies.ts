import type { JsonObject } from '../../../src/core/model/json.ts';
import { PROD, STAGING } from './accounts.ts';
import { callRecorder, type CallRecorder } from './call-record.ts';
import { cloudFormation, stackPipeline, terraform } from './programs.ts';
import { clock, type StoryDay } from './story-day.ts';
import type { StoryPart } from './story-part.ts';

type Write = readonly [service: string, operation: string, request: JsonObject];

interface Apply {
  readonly at: number;
  readonly account: string;
  readonly run: string;
  readonly writes: readonly Write[];
}

const FUNCTION = 'larkfield-prod-report';

const APPLIES: readonly Apply[] = [
  {
    at: clock(8, 31),
    account: PROD,
    run: 'github-apply-000418',
    writes: [
      ['lambda', 'UpdateFunctionCode20150331v2', { functionName: FUNCTION, publish: false }],
      [
        'lambda',
        'UpdateFunctionConfiguration20150331v2',
        { functionName: FUNCTION, runtime: 'nodejs22.x', timeout: 30, memorySize: 256 },
      ],
    ],
  },
  {
    at: clock(10, 5),
    account: STAGING,
    run: 'github-apply-000419',
    writes: [
      [
        'ec2',
        'ModifyInstanceAttribute',
        { instanceId: 'i-0b22c47d9e20b5f38', instanceType: { value: 't4g.small' } },
      ],
      [
        'monitoring',
        'PutMetricAlarm',
        { alarmName: 'larkfield-staging-orders-cpu', threshold: 80, evaluationPeriods: 5 },
      ],
      [
        'rds',
        'ModifyDBInstance',
        { dBInstanceIdentifier: 'larkfield-staging-orders', backupRetentionPeriod: 1 },
      ],
    ],
  },
  {
    at: clock(13, 20),
    account: PROD,
    run: 'github-apply-000420',
    writes: [
      [
        'ec2',
        'ModifyLaunchTemplate',
        {
          ModifyLaunchTemplateRequest: {
            LaunchTemplateId: 'lt-0a117c623ff17a642',
            SetDefaultVersion: '14',
          },
        },
      ],
      [
        'autoscaling',
        'UpdateAutoScalingGroup',
        { autoScalingGroupName: 'larkfield-prod-app', minSize: 3, maxSize: 8 },
      ],
      [
        'monitoring',
        'PutMetricAlarm',
        { alarmName: 'larkfield-prod-web-5xx', threshold: 25, evaluationPeriods: 5 },
      ],
      [
        'iam',
        'PutRolePolicy',
        { roleName: 'larkfield-prod-app', policyName: 'shop', policyDocument: '{}' },
      ],
    ],
  },
  {
    at: clock(17, 45),
    account: PROD,
    run: 'github-apply-000421',
    writes: [
      [
        'sqs',
        'SetQueueAttributes',
        {
          queueUrl: `https://sqs.eu-west-1.amazonaws.com/${PROD}/larkfield-prod-orders`,
          attributes: { VisibilityTimeout: '60' },
        },
      ],
      [
        's3',
        'PutBucketVersioning',
        {
          bucketName: 'larkfield-prod-media',
          versioning: '',
          VersioningConfiguration: { Status: 'Enabled' },
          Host: 'larkfield-prod-media.s3.eu-west-1.amazonaws.com',
        },
      ],
      [
        'dynamodb',
        'UpdateContinuousBackups',
        {
          tableName: 'larkfield-prod-sessions',
          pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
        },
      ],
    ],
  },
];

const REFRESHED: readonly (readonly [string, string])[] = [
  ['ec2', 'DescribeVpcs'],
  ['ec2', 'DescribeSubnets'],
  ['ec2', 'DescribeSecurityGroups'],
  ['ec2', 'DescribeInstances'],
  ['rds', 'DescribeDBInstances'],
  ['kms', 'DescribeKey'],
  ['iam', 'GetRole'],
  ['iam', 'ListAttachedRolePolicies'],
  ['s3', 'GetBucketVersioning'],
  ['s3', 'GetBucketPublicAccessBlock'],
  ['lambda', 'GetFunction20150331v2'],
  ['monitoring', 'DescribeAlarms'],
];
const READS = 60;

const applyRecords = (record: CallRecorder, apply: Apply): readonly JsonObject[] => {
  const caller = terraform(apply.account, apply.run);
  const { at } = apply;
  return [
    record(caller, { at, service: 'sts', operation: 'GetCallerIdentity', readOnly: true }),
    ...Array.from({ length: READS }, (_, index) => {
      const [service, operation] = REFRESHED[index % REFRESHED.length] ?? ['ec2', 'DescribeVpcs'];
      return record(caller, { at: at + 2 + (index >> 2), service, operation, readOnly: true });
    }),
    ...apply.writes.map(([service, operation, request], index) =>
      record(caller, { at: at + 30 + index * 4, service, operation, readOnly: false, request }),
    ),
  ];
};

/** Four applies of the pipeline: each asks who it is, refreshes sixty resources, and writes. */
export const terraformApplies = (day: StoryDay): StoryPart => {
  const name = 'terraform';
  const record = callRecorder(name, day);
  return {
    name,
    what: 'the pipeline applies code four times',
    records: APPLIES.flatMap((apply) => applyRecords(record, apply)),
    expected: { read: APPLIES.length * (1 + READS), iac: 2 + 3 + 4 + 3 },
  };
};

const STACK_WRITES: readonly Write[] = [
  ['logs', 'CreateLogGroup', { logGroupName: '/security/findings' }],
  ['logs', 'PutRetentionPolicy', { logGroupName: '/security/findings', retentionInDays: 90 }],
  ['events', 'PutRule', { name: 'security-findings', state: 'ENABLED' }],
  ['events', 'PutTargets', { rule: 'security-findings' }],
  ['sns', 'CreateTopic', { name: 'security-findings' }],
];

/** Another team's stack: CloudFormation works with a role that is trusted. Asking for the update is outside code. */
export const stackUpdate = (day: StoryDay): StoryPart => {
  const name = 'cloudformation';
  const record = callRecorder(name, day);
  const at = clock(12, 2);
  const stackName = 'security-tooling';
  return {
    name,
    what: 'a stack that CloudFormation updates',
    records: [
      record(stackPipeline, {
        at,
        service: 'cloudformation',
        operation: 'UpdateStack',
        readOnly: false,
        request: { stackName, capabilities: ['CAPABILITY_IAM'] },
      }),
      ...STACK_WRITES.map(([service, operation, request], index) =>
        record(cloudFormation, {
          at: at + 4 + index,
          service,
          operation,
          readOnly: false,
          request,
        }),
      ),
      ...Array.from({ length: 5 }, (_, index) =>
        record(stackPipeline, {
          at: at + 3 + index * 5,
          service: 'cloudformation',
          operation: 'DescribeStackEvents',
          readOnly: true,
          request: { stackName },
        }),
      ),
    ],
    expected: { unresolved: 1, iac: STACK_WRITES.length, read: 5 },
  };
};
