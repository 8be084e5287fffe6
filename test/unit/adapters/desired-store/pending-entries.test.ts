import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUCKETS, bucketOf } from '../../../../src/adapters/desired-store/bucket.ts';
import {
  BUCKETS_A_PART,
  createPendingEntries,
} from '../../../../src/adapters/desired-store/pending-entries.ts';

const half = fc.nat(0xffffffff);
/** Many entries in few buckets, and keys that share the low half of their hash. */
const entry = fc.record({
  high: fc.oneof(half, fc.constantFrom(0, 0x00010000, 0x04000000, 0xffffffff)),
  low: fc.oneof(half, fc.constantFrom(0, 1, 0xffffffff)),
  isKey: fc.boolean(),
});

describe('pending entries', () => {
  it('are found by key and by bucket, in the order they came', () => {
    fc.assert(
      fc.property(fc.array(entry), fc.nat(3), (entries, rounds) => {
        const pending = createPendingEntries(0);
        for (let round = 0; round <= rounds; round++) {
          entries.forEach(({ high, low, isKey }, index) => {
            if (isKey) pending.warm(low);
            pending.add(high, low, index + 1, isKey);
          });
          expect(pending.count).toBe(entries.length);
          for (const { high, low } of entries) {
            const found = entries.flatMap((each, index) =>
              each.isKey && each.low === low && bucketOf(each.high) === bucketOf(high)
                ? [index + 1]
                : [],
            );
            expect(pending.resourcesOfKey(high, low)).toEqual(found);
          }
          const found = new Map<number, number[]>();
          for (let first = 0; first < BUCKETS; first += BUCKETS_A_PART) {
            const { words, starts } = pending.ofPart(first);
            for (let index = 0; index < BUCKETS_A_PART; index++) {
              const [begin, end] = [2 * starts[index]!, 2 * starts[index + 1]!];
              if (end > begin) found.set(first + index, [...words.subarray(begin, end)]);
            }
          }
          const wanted = new Map<number, number[]>();
          entries.forEach(({ high, low }, index) => {
            const of = wanted.get(bucketOf(high)) ?? [];
            wanted.set(bucketOf(high), [...of, low, index + 1]);
          });
          expect(found).toEqual(new Map([...wanted].sort(([a], [b]) => a - b)));
          pending.clear();
          expect(pending.count).toBe(0);
        }
      }),
      { numRuns: 30 },
    );
  });

  it.each([0, 5_000, 1e9])('are all found where %d were expected and 200,000 come', (expected) => {
    const pending = createPendingEntries(expected);
    const hashOf = (index: number): number => Math.imul(index, 0x9e3779b1) >>> 0;
    for (let index = 0; index < 200_000; index++)
      pending.add(hashOf(index), hashOf(index + 7), index, true);
    for (let index = 0; index < 200_000; index++)
      if (pending.resourcesOfKey(hashOf(index), hashOf(index + 7))[0] !== index)
        expect.fail(`entry ${index} is not found`);
    let total = 0;
    for (let first = 0; first < BUCKETS; first += BUCKETS_A_PART)
      total += pending.ofPart(first).starts[BUCKETS_A_PART]!;
    expect(total).toBe(200_000);
  });
});
