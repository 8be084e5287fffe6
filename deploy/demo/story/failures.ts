import { PROD } from './accounts.ts';
import { callRecorder } from './call-record.ts';
import { readers } from './people.ts';
import { ciRelease } from './programs.ts';
import { clock, type StoryDay } from './story-day.ts';
import type { StoryPart } from './story-part.ts';

const THROTTLED = 24;
const SECRETS = ['larkfield/prod/payments', 'larkfield/prod/mail', 'larkfield/prod/search'];

/** Calls that came to nothing: throttled, refused, and sign-ins with a wrong password. */
export const failedCalls = (day: StoryDay): StoryPart => {
  const name = 'failures';
  const record = callRecorder(name, day);
  const throttled = Array.from({ length: THROTTLED }, (_, index) =>
    record(ciRelease, {
      at: clock(10, 12) + index * 2,
      service: 'ecr',
      operation: 'DescribeImages',
      readOnly: true,
      error: { code: 'ThrottlingException', message: 'Rate exceeded' },
    }),
  );
  const refused = readers.flatMap((reader, who) => [
    ...SECRETS.map((secretId, index) =>
      record(reader, {
        at: clock(11, 20 + who, index * 9),
        service: 'secretsmanager',
        operation: 'GetSecretValue',
        readOnly: true,
        request: { secretId },
        error: { code: 'AccessDenied', message: 'User is not authorized to perform this action' },
      }),
    ),
    record(reader, {
      at: clock(11, 40 + who),
      service: 's3',
      operation: 'PutBucketPolicy',
      readOnly: false,
      request: { bucketName: 'larkfield-prod-media', policy: '' },
      error: { code: 'AccessDenied', message: 'Access Denied' },
    }),
    record(reader, {
      at: clock(7, 58, who * 11),
      service: 'signin',
      operation: 'ConsoleLogin',
      readOnly: false,
      type: 'AwsConsoleSignIn',
      error: { message: 'Failed authentication' },
      response: { ConsoleLogin: 'Failure' },
    }),
  ]);
  const deletion = record(ciRelease, {
    at: clock(10, 16),
    service: 'rds',
    operation: 'DeleteDBInstance',
    readOnly: false,
    request: { dBInstanceIdentifier: 'larkfield-prod-orders', skipFinalSnapshot: true },
    error: {
      code: 'InvalidParameterCombination',
      message: `Cannot delete protected DB Instance arn:aws:rds:eu-west-1:${PROD}:db:larkfield-prod-orders, please disable deletion protection and try again.`,
    },
  });
  return {
    name,
    what: 'calls that were throttled, refused or mistaken',
    records: [...throttled, ...refused, deletion],
    expected: { failed: THROTTLED + readers.length * (SECRETS.length + 2) + 1 },
  };
};
