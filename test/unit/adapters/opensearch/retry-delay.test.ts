import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryDelay } from '../../../../src/adapters/opensearch/retry-delay.ts';

const delays = { initialDelayMs: 200, maxDelayMs: 30_000 };

describe('the delay before a retry', () => {
  it('doubles its limit with each attempt up to the maximum', () => {
    const limits = [1, 2, 3, 8, 9, 1_000].map((attempt) => retryDelay(attempt, delays, 1));
    expect(limits).toEqual([200, 400, 800, 25_600, 30_000, 30_000]);
  });

  it('is never negative, and never below what the server asked for, up to ten minutes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.integer({ min: 0, max: 100_000 }),
        (attempt, random, asked) => {
          const delay = retryDelay(attempt, delays, random, asked);
          expect(delay).toBeGreaterThanOrEqual(Math.min(asked * 1000, 600_000));
          expect(delay).toBeLessThanOrEqual(Math.min(asked * 1000, 600_000) + 30_000);
        },
      ),
    );
  });
});
