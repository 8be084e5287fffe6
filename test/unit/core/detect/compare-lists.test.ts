import { describe, expect, it } from 'vitest';
import { compareChange } from '../../../../src/core/detect/compare.ts';
import { awsTables, owned } from './owned-resources.ts';

const layer = (name: string): string => `arn:aws:lambda:eu-west-1:111122223333:layer:${name}:1`;

describe('a list whose order says something', () => {
  const [a, b] = [layer('a'), layer('b')];

  it.each<[readonly string[], string]>([
    [[a, b], 'equals_desired'],
    [[b, a], 'differs'],
    [[a], 'differs'],
    [[a, b, b], 'differs'],
    [[], 'differs'],
  ])('layers %j: %s', (observed, verdict) => {
    const owner = owned('aws_lambda_function', { id: 'x', layers: [a, b] });
    const change = { path: 'layers', action: 'set' as const, observed };
    expect(compareChange(change, owner, awsTables).verdict).toBe(verdict);
  });
});
