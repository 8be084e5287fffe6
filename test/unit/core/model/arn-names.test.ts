import { describe, expect, it } from 'vitest';
import { namesOfArn } from '../../../../src/core/model/arn-names.ts';

describe('namesOfArn', () => {
  it.each([
    ['arn:aws:lambda:eu-west-1:111122223333:function:web:2', 'web'],
    ['111122223333:function:web', 'web'],
    ['arn:aws:iam::111122223333:role/team/web', 'web'],
    ['arn:aws:iam::111122223333:role/team/web', 'team/web'],
    ['arn:aws:ssm:eu-west-1:111122223333:parameter/app/key', '/app/key'],
    ['arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/web:*', '/aws/lambda/web'],
    ['arn:aws:sns:eu-west-1:111122223333:alerts', 'alerts'],
    ['arn:aws:s3:::bucket', 'bucket'],
  ])('of %s hold %s', (arn, name) => {
    expect(namesOfArn(arn)).toContain(name);
  });

  it('are none of what is no ARN', () => {
    expect(namesOfArn('web')).toEqual([]);
    expect(namesOfArn('a/b')).toEqual([]);
  });
});
