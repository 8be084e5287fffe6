import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileIgnorePattern } from '../../../../src/core/model/ignore-pattern.ts';

const matches = (pattern: string, text: string): boolean => {
  const compiled = compileIgnorePattern(pattern);
  if ('fault' in compiled) throw new Error(compiled.fault);
  return compiled.matches(text);
};

describe('a pattern of .driftignore', () => {
  // The first rows are the samples of driftctl's own documentation and tests.
  it.each([
    ['aws_iam_user.tfc-demo', 'aws_iam_user.tfc-demo', true],
    ['aws_iam_user.tfc-demo', 'aws_iam_user.tfc-demo-2', false],
    ['aws_s3_bucket.*', 'aws_s3_bucket.my-bucket', true],
    ['aws_s3_bucket', 'aws_s3_bucket.my-bucket', true],
    ['aws_s3_bucket', 'aws_s3_bucket_policy.my-bucket', false],
    ['*', 'aws_s3_bucket.my-bucket', true],
    ['*.my-bucket', 'aws_s3_bucket.my-bucket', true],
    ['aws_lambda_function.*.environment', 'aws_lambda_function.f.environment', true],
    ['aws_lambda_function.*.environment', 'aws_lambda_function.f.environment.0.variables', true],
    ['aws_lambda_function.*.environment', 'aws_lambda_function.f.timeout', false],
    ['aws_lambda_function.f.last_modified', 'aws_lambda_function.f', false],
    ['resource_type.id\\.with\\.dots', 'resource_type.id.with.dots', true],
    ['resource_type.idwith\\\\backslashes', 'resource_type.idwith\\backslashes', true],
    ['resource_type.idwith/slashes', 'resource_type.idwith/slashes', true],
    [
      'aws_iam_policy_attachment.arn:aws:iam::aws:policy/aws-service-role/*',
      'aws_iam_policy_attachment.arn:aws:iam::aws:policy/aws-service-role/AmazonRDSServiceRolePolicy',
      true,
    ],
    ['type4.id\\\\WithBac\\*slash\\*\\*\\*\\\\\\*\\\\', 'type4.id\\WithBac*slash***\\*\\', true],
    ['a.?', 'a.b', true],
    ['a.?', 'a.bc', false],
    ['a.[b-d]', 'a.c', true],
    ['a.[!b-d]', 'a.c', false],
    ['a.[]]', 'a.]', true],
    ['a.\\[b]', 'a.[b]', true],
    ['a.b   ', 'a.b', true],
    ['a.b\\ ', 'a.b ', true],
    ['\\#a.b', '#a.b', true],
    ['\\!a.b', '!a.b', true],
    ['a.**.b', 'a.x.y.b', true],
  ])('%s on %s: %s', (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected);
  });

  it('with ! keeps what it matches', () => {
    expect(compileIgnorePattern('!aws_s3_bucket')).toMatchObject({ keeps: true });
    expect(matches('!aws_s3_bucket', 'aws_s3_bucket.b')).toBe(true);
  });

  const word = fc.stringMatching(/^[a-z0-9_/:-]{1,12}$/);

  it('matches any text literally once its special signs are escaped', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 40 }), (text) => {
        const escaped = text.replace(/[\\*?[\]! #\s]/g, '\\$&');
        fc.pre(!/\n|\r/.test(text));
        expect(matches(escaped, text)).toBe(true);
        expect(matches(escaped, `${text}.below`)).toBe(true);
        expect(matches(escaped, `${text}beside`)).toBe(false);
      }),
    );
  });

  it('of a type matches each resource of it and each attribute', () => {
    fc.assert(
      fc.property(word, word, word, (type, id, path) => {
        expect(matches(type, `${type}.${id}`)).toBe(true);
        expect(matches(`${type}.*`, `${type}.${id}.${path}`)).toBe(true);
        expect(matches(`${type}.${id}`, `${type}.${id}.${path}`)).toBe(true);
        expect(matches(`${type}.${id}.${path}`, `${type}.${id}`)).toBe(false);
      }),
    );
  });

  it('of any signs is a pattern or a fault within it, and never hangs', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('*', '?', '[', ']', '!', '\\', 'a', '.', ' '),
          maxLength: 30,
        }),
        fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 60 }),
        (line, text) => {
          const compiled = compileIgnorePattern(line);
          if ('fault' in compiled) {
            expect(compiled.column).toBeGreaterThanOrEqual(1);
            expect(compiled.column).toBeLessThanOrEqual(line.length + 1);
          } else {
            expect(typeof compiled.matches(text)).toBe('boolean');
          }
        },
      ),
    );
  });

  it('of many stars takes no more steps than its length times that of the text', () => {
    const pattern = `${'*a'.repeat(500)}b`;
    const text = 'a'.repeat(20_000);
    const start = performance.now();
    expect(matches(pattern, text)).toBe(false);
    // Exponential or even cubic backtracking would take years here.
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
