import type { JsonObject } from '../../../src/core/model/json.ts';
import { callRecorder } from './call-record.ts';
import { PROD, STAGING } from './accounts.ts';
import { monitoring } from './programs.ts';
import { readers } from './people.ts';
import { clock, type StoryDay } from './story-day.ts';
import type { StoryPart } from './story-part.ts';

type Read = readonly [service: string, operation: string, request: JsonObject | null];

const COLLECTED: readonly Read[] = [
  ['monitoring', 'DescribeAlarms', null],
  ['ec2', 'DescribeInstances', { instancesSet: {}, filterSet: {} }],
  ['rds', 'DescribeDBInstances', null],
  ['elasticloadbalancing', 'DescribeTargetHealth', null],
];
const COLLECTIONS = 288;

/** Every five minutes, four reads in production and one in staging. */
export const collector = (day: StoryDay): StoryPart => {
  const name = 'monitoring';
  const record = callRecorder(name, day);
  const records = Array.from({ length: COLLECTIONS }, (_, round) => round * 300 + 7).flatMap(
    (at) => [
      ...COLLECTED.map(([service, operation, request], index) =>
        record(monitoring(PROD), { at: at + index, service, operation, readOnly: true, request }),
      ),
      record(monitoring(STAGING), {
        at: at + 5,
        service: 'monitoring',
        operation: 'DescribeAlarms',
        readOnly: true,
      }),
    ],
  );
  const what = 'the monitoring vendor collects every five minutes';
  return { name, what, records, expected: { read: COLLECTIONS * (COLLECTED.length + 1) } };
};

const LOOKED_AT: readonly Read[] = [
  ['ec2', 'DescribeInstances', { maxResults: 100, instancesSet: {}, filterSet: {} }],
  ['ec2', 'DescribeSecurityGroups', { maxResults: 200 }],
  ['ec2', 'DescribeVolumes', { maxResults: 100 }],
  ['monitoring', 'ListDashboards', null],
  ['monitoring', 'DescribeAlarms', { maxRecords: 100 }],
  ['logs', 'DescribeLogGroups', { limit: 50 }],
  ['s3', 'ListBuckets', { Host: 's3.eu-west-1.amazonaws.com' }],
  ['s3', 'GetBucketPolicy', { bucketName: 'larkfield-prod-media', policy: '' }],
  ['rds', 'DescribeDBInstances', { dBInstanceIdentifier: 'larkfield-prod-orders' }],
  ['lambda', 'ListFunctions20150331', null],
  ['iam', 'ListRoles', null],
  ['cloudtrail', 'LookupEvents', { maxResults: 50 }],
];
const VISITS = 3;
const LOOKS = 40;

/** Three people, three visits each: a sign-in, then forty looks. */
export const consoleReaders = (day: StoryDay): StoryPart => {
  const name = 'console';
  const record = callRecorder(name, day);
  const records = readers.flatMap((reader, who) =>
    Array.from({ length: VISITS }, (_, visit) => clock(8 + visit * 3, 11 + who * 13)).flatMap(
      (start) => [
        record(reader, {
          at: start,
          service: 'signin',
          operation: 'ConsoleLogin',
          readOnly: false,
          type: 'AwsConsoleSignIn',
          response: { ConsoleLogin: 'Success' },
          more: {
            additionalEventData: { MobileVersion: 'No', MFAUsed: 'No' },
          },
        }),
        ...Array.from({ length: LOOKS }, (__, look) => {
          const [service, operation, request] = LOOKED_AT[(look * 5 + who) % LOOKED_AT.length] ?? [
            'ec2',
            'DescribeInstances',
            null,
          ];
          return record(reader, {
            at: start + 20 + look * 37,
            service,
            operation,
            readOnly: true,
            request,
          });
        }),
      ],
    ),
  );
  const visits = readers.length * VISITS;
  const what = 'three people sign in and look around';
  return { name, what, records, expected: { runtime: visits, read: visits * LOOKS } };
};
