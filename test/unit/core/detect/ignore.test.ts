import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileIgnore, type IgnoreSubject } from '../../../../src/core/detect/ignore.ts';
import type { IgnoreRule } from '../../../../src/core/model/ignore-rule.ts';

const subject: IgnoreSubject = {
  kind: 'changed',
  time: Date.UTC(2026, 2, 2, 9),
  names: [
    'web-asg',
    'arn:aws:autoscaling:eu-central-1:1:autoScalingGroup:x:autoScalingGroupName/web-asg',
  ],
  actorName: 'scaler',
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

  it('on attributes take no creation and no deletion', () => {
    const rules = [ruleOf({ attribute: '*' })];
    expect(compileIgnore(rules)({ ...subject, kind: 'restored' })).toBe('r');
    expect(compileIgnore(rules)({ ...subject, kind: 'unmanaged' })).toBeUndefined();
    expect(compileIgnore(rules)({ ...subject, kind: 'deleted' })).toBeUndefined();
  });

  it('match by any of several patterns, and the actor by principal or by name', () => {
    expect(by(ruleOf({ operation: ['x', 'Update*'] }))).toBe('r');
    expect(by(ruleOf({ actor: 'scaler' }))).toBe('r');
    expect(by(ruleOf({ actor: '*:role/scaler' }))).toBe('r');
    expect(by(ruleOf({ principal: 'scaler' }))).toBeUndefined();
  });

  it('on resources take by any name, and keep with !', () => {
    expect(by(ruleOf({ resource: 'aws_autoscaling_group.web-*' }))).toBe('r');
    expect(by(ruleOf({ resource: 'aws_autoscaling_group.arn:*' }))).toBe('r');
    expect(by(ruleOf({ resource: 'module.web' }))).toBe('r');
    expect(by(ruleOf({ resource: ['*', '!aws_autoscaling_group.web-asg'] }))).toBeUndefined();
    expect(by(ruleOf({ resource: ['*', '!aws_autoscaling_group.other'] }))).toBe('r');
    expect(
      by(ruleOf({ resource: 'aws_autoscaling_group.*', environment: 'prod' })),
    ).toBeUndefined();
  });

  it('work up to the end of their last day, by the time of the act', () => {
    const rules = [
      ruleOf({ account: '1', expires: '2026-03-02' }),
      ruleOf({ type: '*', expires: '2026-03-03' }, 'later'),
    ];
    const at = (time: string): string | undefined =>
      compileIgnore(rules)({ ...subject, time: Date.parse(time) });
    expect(at('2026-03-02T23:59:59.999Z')).toBe('r');
    expect(at('2026-03-03T00:00:00Z')).toBe('later');
    expect(at('2026-03-04T00:00:00Z')).toBeUndefined();
  });
});

describe('lines of .driftignore', () => {
  const linesOf = (...lines: readonly string[]): readonly IgnoreRule[] =>
    lines.map((line, index) => ruleOf({ line }, `l${index + 1}`));
  const take = (
    lines: readonly string[],
    fields: Partial<IgnoreSubject> = {},
  ): string | undefined => compileIgnore(linesOf(...lines))({ ...subject, ...fields });

  it('name the last that matches', () => {
    expect(take(['*', 'aws_autoscaling_group'])).toBe('l2');
    expect(take(['aws_autoscaling_group', 'aws_s3_bucket'])).toBe('l1');
  });

  it('keep what a later line with ! names', () => {
    expect(take(['*', '!aws_autoscaling_group'])).toBeUndefined();
    expect(take(['!aws_autoscaling_group', '*'])).toBe('l2');
  });

  it('on attributes take a change where all of its attributes are covered', () => {
    const one = 'aws_autoscaling_group.*.desired_capacity';
    expect(take([one])).toBeUndefined();
    expect(take([one], { paths: ['desired_capacity'] })).toBe('l1');
    expect(take([one, 'aws_autoscaling_group.web-asg.tags'])).toBe('l1');
    expect(take([one], { kind: 'deleted', paths: [] })).toBeUndefined();
    expect(take(['aws_autoscaling_group', `!${one}`])).toBeUndefined();
  });

  it.each([
    ['aws_s3_bucket.my', 'aws_s3_bucket', 'my.bucket', undefined],
    ['aws_s3_bucket.my', 'aws_s3_bucket', 'my', 'l1'],
    ['aws_s3_bucket.my.*', 'aws_s3_bucket', 'my.bucket', 'l1'],
    ['aws_route53_zone.*.comment', 'aws_route53_zone', 'x.comment', undefined],
    ['aws_route53_zone.*', 'aws_route53_zone', 'x.comment', 'l1'],
    ['aws_route53_zone', 'aws_route53_zone', 'x.comment', 'l1'],
  ])('%s on the deletion of the %s %s: %s', (line, type, name, taken) => {
    const gone = { kind: 'deleted', paths: [], address: undefined } as const;
    expect(take([line], { ...gone, type, names: [name] })).toBe(taken);
    const { address } = subject;
    expect(take([line], { ...gone, type, names: [name], address })).toBe(taken);
  });

  it('of one id take no attribute of another that goes on behind a dot', () => {
    const bucket = { type: 'aws_s3_bucket', names: ['my.bucket'], paths: ['acl'] };
    expect(take(['aws_s3_bucket.my'], bucket)).toBeUndefined();
    expect(take(['aws_s3_bucket.my.bucket.acl'], bucket)).toBe('l1');
    expect(take(['aws_s3_bucket.*.acl'], bucket)).toBe('l1');
  });

  it('take the id that they name, not what code calls the same', () => {
    const other = {
      type: 'aws_s3_bucket',
      names: ['payroll'],
      kind: 'deleted',
      paths: [],
    } as const;
    const named = { ...other, address: 'aws_s3_bucket.my' };
    expect(take(['aws_s3_bucket.my'], named)).toBeUndefined();
    expect(take(['aws_s3_bucket.my'], { ...named, names: ['my'] })).toBe('l1');
    expect(take(['*', '!aws_s3_bucket.my'], named)).toBeUndefined();
    expect(take(['module.a.*'], { ...other, address: 'module.a.aws_s3_bucket.my' })).toBe('l1');
    const line = 'aws_s3_bucket.my\\["a"]';
    expect(take([line], { ...other, address: 'aws_s3_bucket.my["a"]' })).toBe('l1');
    const changed = { ...named, kind: 'changed', paths: ['acl'] } as const;
    expect(take(['aws_s3_bucket.my'], changed)).toBeUndefined();
  });

  it('write positions as driftctl does', () => {
    expect(take(['aws_autoscaling_group.*.tag.0.value'], { paths: ['tag[0].value'] })).toBe('l1');
  });

  it('come after the rules, of which the first decides', () => {
    const rules = [...linesOf('*', '!aws_autoscaling_group'), ruleOf({ account: '1' }, 'rule')];
    expect(compileIgnore(rules)(subject)).toBe('rule');
  });

  it('that have ended count no more, those that keep neither', () => {
    const kept = [
      ruleOf({ line: '*' }, 'all'),
      ruleOf({ line: '!aws_autoscaling_group', expires: '2026-03-01' }, 'keep'),
    ];
    expect(compileIgnore(kept)(subject)).toBe('all');
  });
});

describe('whatever the lines', () => {
  const part = fc.constantFrom('aws_autoscaling_group', 'web-asg', '*', 'desired_capacity', 'x');
  const lineArb = fc
    .tuple(fc.boolean(), fc.array(part, { minLength: 1, maxLength: 3 }))
    .map(([keeps, parts]) => `${keeps ? '!' : ''}${parts.join('.')}`);
  const decide = (lines: readonly string[]): string | undefined =>
    compileIgnore(lines.map((line) => ruleOf({ line }, line)))({ ...subject, paths: [] });

  it('a last line decides alone where it matches', () => {
    fc.assert(
      fc.property(fc.array(lineArb, { maxLength: 6 }), (lines) => {
        expect(decide([...lines, '*'])).toBe('*');
        expect(decide([...lines, '!*'])).toBeUndefined();
      }),
    );
  });

  it('a line that does not match changes nothing, wherever it stands', () => {
    fc.assert(
      fc.property(
        fc.array(lineArb, { maxLength: 6 }),
        fc.nat(6),
        fc.boolean(),
        (lines, at, keeps) => {
          const other = `${keeps ? '!' : ''}aws_s3_bucket.none`;
          expect(decide([...lines.slice(0, at), other, ...lines.slice(at)])).toBe(decide(lines));
        },
      ),
    );
  });

  it('lines without ! take the same in any order', () => {
    fc.assert(
      fc.property(fc.array(lineArb, { maxLength: 6 }), (lines) => {
        const takers = lines.filter((line) => !line.startsWith('!'));
        const taken = (each: readonly string[]): boolean => decide(each) !== undefined;
        expect(taken(takers.toReversed())).toBe(taken(takers));
      }),
    );
  });
});
