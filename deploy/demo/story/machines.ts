import { callRecorder } from './call-record.ts';
import { PROD, STAGING } from './accounts.ts';
import { reportFunction, ssmAgent } from './programs.ts';
import { clock, type StoryDay } from './story-day.ts';
import type { StoryPart } from './story-part.ts';

const INSTANCES = [
  { account: PROD, id: 'i-0a11c47d9e20b5f38', ip: '10.20.16.21' },
  { account: STAGING, id: 'i-0b22c47d9e20b5f38', ip: '10.40.16.21' },
] as const;
const HEARTBEATS = 288;

/** The SSM agent of two instances reports every five minutes. Mutating by name only. */
export const agents = (day: StoryDay): StoryPart => {
  const name = 'agents';
  const record = callRecorder(name, day);
  const records = INSTANCES.flatMap(({ account, id, ip }, offset) =>
    Array.from({ length: HEARTBEATS }, (_, beat) =>
      record(ssmAgent(account, id, ip), {
        at: beat * 300 + 41 + offset * 17,
        service: 'ssm',
        operation: 'UpdateInstanceInformation',
        readOnly: false,
        request: {
          instanceId: id,
          agentVersion: '3.3.2299.0',
          agentStatus: 'Active',
          platformType: 'Linux',
          platformName: 'Amazon Linux',
          platformVersion: '2023',
          iPAddress: ip,
          computerName: `ip-${ip.replaceAll('.', '-')}.eu-west-1.compute.internal`,
          agentName: 'amazon-ssm-agent',
        },
      }),
    ),
  );
  const what = 'agents on two instances send heartbeats';
  return { name, what, records, expected: { runtime: INSTANCES.length * HEARTBEATS } };
};

const RUNS = 12;
const ORDERS_READ = 6;

/** Each run of the report opens a log stream, decrypts, reads orders and stores one object (a data event). */
export const report = (day: StoryDay): StoryPart => {
  const name = 'report';
  const record = callRecorder(name, day);
  const records = Array.from({ length: RUNS }, (_, run) => clock(1 + run, 30)).flatMap((at) => [
    record(reportFunction, {
      at,
      service: 'logs',
      operation: 'CreateLogStream',
      readOnly: false,
      request: {
        logGroupName: '/aws/lambda/larkfield-prod-report',
        logStreamName: `${day.date.replaceAll('-', '/')}/[$LATEST]${String(at).padStart(32, '0')}`,
      },
    }),
    record(reportFunction, {
      at: at + 1,
      service: 'kms',
      operation: 'Decrypt',
      readOnly: true,
      request: { encryptionAlgorithm: 'SYMMETRIC_DEFAULT' },
    }),
    ...Array.from({ length: ORDERS_READ }, (__, page) =>
      record(reportFunction, {
        at: at + 2 + page,
        service: 'dynamodb',
        operation: 'Query',
        readOnly: true,
        dataEvent: true,
        request: { tableName: 'larkfield-prod-sessions', limit: 500 },
      }),
    ),
    record(reportFunction, {
      at: at + 10,
      service: 's3',
      operation: 'PutObject',
      readOnly: false,
      dataEvent: true,
      request: {
        bucketName: 'larkfield-prod-media',
        key: `reports/${day.date}/${String(at)}.csv`,
        Host: 'larkfield-prod-media.s3.eu-west-1.amazonaws.com',
      },
    }),
  ]);
  const what = 'the sales report runs';
  return { name, what, records, expected: { runtime: RUNS * 2, read: RUNS * (1 + ORDERS_READ) } };
};
