import { describe, expect, it } from 'vitest';
import type { DesiredResource } from '../../../../src/core/model/desired-resource.ts';
import { processEvent } from '../../../../src/core/process-event.ts';
import { contextOf } from '../sample-context.ts';
import { call, owned } from './owned-resources.ts';

describe('the URL of a function', () => {
  const report = owned('aws_lambda_function', { id: 'report', function_name: 'report' });
  const url = owned('aws_lambda_function_url', {
    id: 'report',
    function_name: 'report',
    authorization_type: 'AWS_IAM',
  });
  const act = (key: string, authType: string, resources: readonly DesiredResource[]) => {
    const request = { functionName: 'report', authType };
    const [candidate] = processEvent(call(key, request), contextOf(resources)).candidates;
    return {
      of: candidate?.resource.type,
      changes: candidate?.changes.map(({ path, verdict }) => [path, verdict]),
      reasons: candidate?.severity.reasons.join(),
    };
  };

  it('that nobody asked for is told with the function, and weighs as what everybody can call', () => {
    const told = act('lambda:CreateFunctionUrlConfig', 'NONE', [report]);
    expect(told.of).toBe('aws_lambda_function');
    expect(told.changes).toEqual([['function_url', 'not_in_desired']]);
    expect(told.reasons).toContain('who can call the function');
    expect(told.reasons).toContain('a call without sign-in');
    expect(act('lambda:CreateFunctionUrlConfig', 'AWS_IAM', [report]).reasons).not.toContain(
      'without sign-in',
    );
  });

  it('of code that is opened weighs the same', () => {
    const told = act('lambda:UpdateFunctionUrlConfig', 'NONE', [report, url]);
    expect(told.of).toBe('aws_lambda_function_url');
    expect(told.changes).toEqual([['authorization_type', 'differs']]);
    expect(told.reasons).toContain('a call without sign-in');
  });
});
