import { describe, expect, it } from 'vitest';
import { compileIgnore, type IgnoreSubject } from '../../../../src/core/detect/ignore.ts';
import type { IgnoreRule } from '../../../../src/core/model/processed-event.ts';

const subject: IgnoreSubject = {
  type: 'aws_autoscaling_group',
  address: 'module.web.aws_autoscaling_group.this',
  operation: 'UpdateAutoScalingGroup',
  operationKey: 'autoscaling:UpdateAutoScalingGroup',
  principal: 'arn:aws:iam::1:role/scaler',
  account: '1',
  environment: 'dev',
  paths: ['desired_capacity', 'tags.owner'],
};

const ruleOf = (fields: Partial<IgnoreRule>, id = 'r'): IgnoreRule => ({
  id,
  reason: 'test',
  ...fields,
});
const by = (...rules: readonly IgnoreRule[]): string | undefined => compileIgnore(rules)(subject);

describe('ignore rules', () => {
  it('match where all of their globs do', () => {
    expect(by(ruleOf({ type: 'aws_auto*', environment: 'dev' }))).toBe('r');
    expect(by(ruleOf({ type: 'aws_auto*', environment: 'prod' }))).toBeUndefined();
  });

  it.each([
    { address: 'module.web.*' },
    { principal: 'arn:aws:iam::*:role/scaler' },
    { account: '1' },
    { operation: 'Update*' },
    { operation: 'autoscaling:*' },
  ])('match by %j', (fields) => {
    expect(by(ruleOf(fields))).toBe('r');
  });

  it('do not match on what the candidate does not have', () => {
    expect(
      compileIgnore([ruleOf({ address: '*' })])({ ...subject, address: undefined }),
    ).toBeUndefined();
  });

  it('name the first that matches', () => {
    expect(
      by(ruleOf({ type: 'x' }, 'a'), ruleOf({ type: '*' }, 'b'), ruleOf({ account: '1' }, 'c')),
    ).toBe('b');
  });

  it('on attributes take a candidate out only where every change is covered', () => {
    expect(by(ruleOf({ attribute: 'desired_capacity' }))).toBeUndefined();
    expect(by(ruleOf({ attribute: 'desired_*' }, 'a'), ruleOf({ attribute: 'tags' }, 'b'))).toBe(
      'a',
    );
    expect(
      by(ruleOf({ attribute: 'tag' }, 'a'), ruleOf({ attribute: 'desired_*' }, 'b')),
    ).toBeUndefined();
  });

  it('on attributes leave a candidate without known changes alone', () => {
    const bare = { ...subject, paths: [] };
    expect(compileIgnore([ruleOf({ attribute: '*' })])(bare)).toBeUndefined();
  });

  it('without a pattern match nothing', () => {
    expect(by(ruleOf({}))).toBeUndefined();
  });
});
