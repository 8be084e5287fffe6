import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createConcurrencyLimit } from '../../../../src/adapters/opensearch/concurrency-limit.ts';

describe('createConcurrencyLimit', () => {
  it('halves on overload, once for all requests that were under way', () => {
    const limit = createConcurrencyLimit(8);
    const begun = [limit.begin(), limit.begin(), limit.begin()];
    for (const round of begun) limit.overloaded(round);
    expect(limit.current).toBe(4);
    limit.overloaded(limit.begin());
    expect(limit.current).toBe(2);
  });

  it('grows by one for each full round of accepted requests, up to its maximum', () => {
    const told: number[] = [];
    const limit = createConcurrencyLimit(4, (now) => told.push(now));
    limit.overloaded(limit.begin());
    for (let request = 0; request < 2 + 3; request += 1) limit.accepted();
    expect(limit.current).toBe(4);
    for (let request = 0; request < 20; request += 1) limit.accepted();
    expect(told).toEqual([2, 3, 4]);
  });

  it('stays from 1 to its maximum, whatever comes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 32 }), fc.array(fc.boolean()), (max, answers) => {
        const limit = createConcurrencyLimit(max);
        for (const isAccepted of answers) {
          if (isAccepted) limit.accepted();
          else limit.overloaded(limit.begin());
          expect(limit.current).toBeGreaterThanOrEqual(1);
          expect(limit.current).toBeLessThanOrEqual(max);
        }
      }),
    );
  });
});
