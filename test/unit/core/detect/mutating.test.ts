import { describe, expect, it } from 'vitest';
import { compileMutating } from '../../../../src/core/detect/mutating.ts';
import type { ProviderTables } from '../../../../src/core/model/provider-tables.ts';
import { readProviderTables } from '../../../../src/config/provider-tables.ts';
import { eventWith } from '../sample-event.ts';

const tables = readProviderTables('config').tables.get('aws') as ProviderTables;
const step = compileMutating(tables);

const of = (fields: Readonly<Record<string, unknown>>): string => {
  const passed = step(eventWith(fields));
  return passed === undefined ? 'mutating' : `${passed.outcome} ${passed.reason}`;
};

describe('the envelope alone', () => {
  it.each([
    [{}, 'mutating'],
    [{ readOnly: true }, 'read read_only'],
    [{ readOnly: 'true' }, 'read read_only'],
    [{ readOnly: true, errorCode: 'AccessDenied' }, 'failed call_failed'],
    [{ errorCode: 'AccessDenied' }, 'failed call_failed'],
    [{ readOnly: undefined, eventName: 'DescribeInstances' }, 'read read_by_name'],
    [{ readOnly: undefined, eventName: 'DeleteSecurityGroup' }, 'mutating'],
    [{ readOnly: false, eventName: 'DescribeInstances' }, 'mutating'],
    [{ readOnly: undefined, eventName: 'CheckoutLicense' }, 'mutating'],
    [{ readOnly: undefined, eventName: 'Get' }, 'read read_by_name'],
    [{ eventType: 'AwsConsoleSignIn', eventName: 'ConsoleLogin' }, 'runtime record_type'],
    [{ eventType: 'AwsServiceEvent' }, 'mutating'],
    [{ eventCategory: 'Data', eventName: 'PutObject' }, 'runtime data_event'],
    [{ managementEvent: false }, 'runtime data_event'],
    [{ eventCategory: 'Data', readOnly: true }, 'read read_only'],
    [{ readOnly: 'false' }, 'mutating'],
    [{ readOnly: 'maybe' }, 'mutating'],
    [{ readOnly: 'maybe', eventName: 'ListBuckets' }, 'read read_by_name'],
    [{ managementEvent: 'false' }, 'runtime data_event'],
    [{ managementEvent: 'true', eventCategory: 'Management' }, 'mutating'],
    [{ eventCategory: 'Insight' }, 'runtime data_event'],
    [{ eventCategory: 'NetworkActivity' }, 'runtime data_event'],
    [{ eventType: 'AwsConsoleAction' }, 'mutating'],
    [{ eventType: 'AwsVpceEvent' }, 'runtime record_type'],
    [{ eventVersion: '1.11' }, 'mutating'],
    [{ errorMessage: 'Failed authentication' }, 'failed call_failed'],
    [
      { addendum: { reason: 'UPDATED_DATA', updatedFields: 'readOnly', originalEventID: 'x' } },
      'mutating',
    ],
    ...(
      [
        ['ssm', 'UpdateInstanceAssociationStatus'],
        ['ssm', 'PutInventory'],
        ['ssm', 'PutComplianceItems'],
        ['ssm', 'SendCommand'],
        ['sts', 'AssumeRole'],
        ['kms', 'Decrypt'],
        ['kms', 'GenerateDataKey'],
        ['kms', 'RetireGrant'],
        ['s3', 'UploadPart'],
        ['logs', 'StartQuery'],
        ['cloudtrail', 'StartQuery'],
        ['athena', 'StartQueryExecution'],
        ['cognito-idp', 'InitiateAuth'],
        ['signin', 'CheckMfa'],
      ] as const
    ).map(
      ([service, eventName]) =>
        [
          { eventSource: `${service}.amazonaws.com`, eventName, readOnly: false },
          'runtime runtime_operation',
        ] as [Readonly<Record<string, unknown>>, string],
    ),
    [
      { eventSource: 'ssm.amazonaws.com', eventName: 'UpdateInstanceInformation' },
      'runtime runtime_operation',
    ],
    [{ eventSource: 'kms.amazonaws.com', eventName: 'ReEncryptFrom' }, 'runtime runtime_operation'],
    [{ eventSource: 'kms.amazonaws.com', eventName: 'PutKeyPolicy' }, 'mutating'],
    [{ eventSource: 'sts.amazonaws.com', eventName: 'TagSession' }, 'runtime runtime_operation'],
    [{ eventSource: 'ssm.amazonaws.com.evil', eventName: 'SendCommand' }, 'mutating'],
  ])('%j is %s', (fields, expected) => {
    expect(of(fields)).toBe(expected);
  });

  // Reference E1: read by name only where the record does not say.
  it.each(
    'Get List Describe Head Lookup Search BatchGet Query Scan Select Test Validate Simulate Preview Check Filter Download Decrypt Assume'.split(
      ' ',
    ),
  )('takes %s… for a read only where the record does not say', (prefix) => {
    const eventName = `${prefix}Something`;
    expect(of({ readOnly: undefined, eventName })).toBe('read read_by_name');
    expect(of({ readOnly: false, eventName })).toBe('mutating');
  });

  it('takes globs on both halves of a runtime key', () => {
    const own = compileMutating({
      ...tables,
      operations: {
        ...tables.operations,
        runtime: ['agent*:Ping', '*:Heartbeat*', '*:*.status.*'],
      },
    });
    const reason = (eventSource: string, eventName: string): string | undefined =>
      own(eventWith({ eventSource, eventName }))?.reason;
    expect(reason('agents.amazonaws.com', 'Ping')).toBe('runtime_operation');
    expect(reason('agents.amazonaws.com', 'Pin')).toBeUndefined();
    expect(reason('x.amazonaws.com', 'HeartbeatNow')).toBe('runtime_operation');
    expect(reason('apps', 'deployments.status.patch')).toBe('runtime_operation');
    expect(reason('apps', 'deployments.patch')).toBeUndefined();
  });
});
