import { PROD } from './accounts.ts';
import { callRecorder } from './call-record.ts';
import { dana, danaInSandbox, mira } from './people.ts';
import { costTagger, oldDeployer } from './programs.ts';
import { clock, type StoryDay } from './story-day.ts';
import type { StoryPart } from './story-part.ts';

const SEARCH = 'i-0a11c47d9e20b5f38';

/** What Dana did in the session in which she opened SSH: she signs in, looks, and is refused another way. */
export const debuggingSession = (day: StoryDay): StoryPart => {
  const name = 'debugging';
  const record = callRecorder(name, day);
  const look = (minute: number, service: string, operation: string) =>
    record(dana, { at: clock(9, minute, 12), service, operation, readOnly: true });
  return {
    name,
    what: 'a developer looks for a fault on the search server',
    records: [
      record(dana, {
        at: clock(9, 31, 41),
        service: 'signin',
        operation: 'ConsoleLogin',
        readOnly: false,
        type: 'AwsConsoleSignIn',
        response: { ConsoleLogin: 'Success' },
      }),
      look(33, 'ec2', 'DescribeInstances'),
      look(34, 'ec2', 'DescribeInstanceStatus'),
      look(36, 'logs', 'DescribeLogGroups'),
      record(dana, {
        at: clock(9, 38, 30),
        service: 'ssm',
        operation: 'StartSession',
        readOnly: false,
        request: { target: SEARCH },
        error: { code: 'AccessDenied', message: 'not authorized to perform: ssm:StartSession' },
      }),
      look(40, 'ec2', 'DescribeSecurityGroups'),
      look(41, 'ec2', 'DescribeSecurityGroupRules'),
    ],
    expected: { runtime: 1, read: 5, failed: 1 },
  };
};

/** Mira watches the database while it is too small. */
export const emergency = (day: StoryDay): StoryPart => {
  const name = 'emergency';
  const record = callRecorder(name, day);
  return {
    name,
    what: 'the on-call engineer watches the orders database',
    records: Array.from({ length: 30 }, (_, index) =>
      record(mira, {
        at: clock(11, 34) + index * 60,
        service: index % 2 === 0 ? 'rds' : 'monitoring',
        operation: index % 2 === 0 ? 'DescribeDBInstances' : 'GetMetricData',
        readOnly: true,
      }),
    ),
    expected: { read: 30 },
  };
};

/** Someone tries what the old keys can do; most of it is refused. */
export const oldKeys = (day: StoryDay): StoryPart => {
  const name = 'old-keys';
  const record = callRecorder(name, day);
  const refused = (second: number, service: string, operation: string) =>
    record(oldDeployer, {
      at: clock(22, 44, second),
      service,
      operation,
      readOnly: false,
      error: {
        code: 'AccessDenied',
        message: `not authorized to perform: ${service}:${operation}`,
      },
    });
  return {
    name,
    what: 'keys of the old pipeline are used from an unknown address',
    records: [
      record(oldDeployer, {
        at: clock(22, 41, 3),
        service: 'sts',
        operation: 'GetCallerIdentity',
        readOnly: true,
      }),
      record(oldDeployer, {
        at: clock(22, 42, 19),
        service: 's3',
        operation: 'ListBuckets',
        readOnly: true,
      }),
      refused(5, 'iam', 'CreateUser'),
      refused(19, 'iam', 'CreateAccessKey'),
      refused(33, 'cloudtrail', 'StopLogging'),
      refused(47, 's3', 'PutBucketPolicy'),
    ],
    expected: { read: 2, failed: 4 },
  };
};

const SANDBOX_SERVERS = ['i-0c33000000000a001', 'i-0c33000000000a002', 'i-0c33000000000a003'];

/** Trials in an account where code owns nothing: outside code, and no drift. */
export const sandboxTrials = (day: StoryDay): StoryPart => {
  const name = 'sandbox';
  const record = callRecorder(name, day);
  const servers = SANDBOX_SERVERS.flatMap((instanceId, index) => [
    record(danaInSandbox, {
      at: clock(14, 3 + index),
      service: 'ec2',
      operation: 'RunInstances',
      readOnly: false,
      request: { instanceType: 't3.micro' },
      response: {
        instancesSet: { items: [{ instanceId, imageId: 'ami-0c9f3a7be51d20864' }] },
      },
    }),
    record(danaInSandbox, {
      at: clock(16, 45, index * 3),
      service: 'ec2',
      operation: 'TerminateInstances',
      readOnly: false,
      request: { instancesSet: { items: [{ instanceId }] } },
    }),
  ]);
  const bucket = record(danaInSandbox, {
    at: clock(14, 20),
    service: 's3',
    operation: 'CreateBucket',
    readOnly: false,
    request: { bucketName: 'larkfield-sandbox-dana' },
  });
  return {
    name,
    what: 'trials in the sandbox, where code owns nothing',
    records: [...servers, bucket],
    expected: { unresolved: SANDBOX_SERVERS.length * 2 + 1 },
  };
};

const TAGGED = [
  SEARCH,
  'vpc-0a115f2e81c04d93a',
  'igw-0a11a9cae9e98cd13',
  'subnet-0a11cbc44170f9a82',
  'subnet-0a11abb5ad7c2e55b',
  'lt-0a117c623ff17a642',
];

/** A tool that tags what it finds; a rule of the demo takes it out. */
export const costTags = (day: StoryDay): StoryPart => {
  const name = 'cost-tags';
  const record = callRecorder(name, day);
  return {
    name,
    what: 'the cost tool tags what it finds',
    records: TAGGED.map((resourceId, index) =>
      record(costTagger, {
        at: clock(2, 0, index * 2),
        service: 'ec2',
        operation: 'CreateTags',
        readOnly: false,
        request: {
          resourcesSet: { items: [{ resourceId }] },
          tagSet: { items: [{ key: 'CostCenter', value: '4711' }] },
        },
        response: { requestId: `cost-${PROD}-${String(index)}`, _return: true },
      }),
    ),
    expected: { ignored: TAGGED.length },
  };
};
