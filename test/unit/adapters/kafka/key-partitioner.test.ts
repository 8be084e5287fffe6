import { createRequire } from 'node:module';
import fc from 'fast-check';
import type { PartitionerArgs } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { keyPartitioner, murmur2 } from '../../../../src/adapters/kafka/key-partitioner.ts';

const kafkajs = createRequire(import.meta.url)(
  'kafkajs/src/producer/partitioners/default/murmur2.js',
) as (key: Buffer | string) => number;

const partitions = (count: number, leaderless: readonly number[] = []) =>
  Array.from({ length: count }, (_, partitionId) => ({
    partitionId,
    leader: leaderless.includes(partitionId) ? -1 : 1,
  })) as PartitionerArgs['partitionMetadata'];

describe('the partition of a message', () => {
  it('goes by the hash that kafkajs and the Java client take', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(murmur2(bytes)).toBe(kafkajs(Buffer.from(bytes)));
      }),
    );
    // Of the Java client's own tests.
    expect(murmur2(Buffer.from('21'))).toBe(-973932308);
    expect(murmur2(Buffer.from('foobar'))).toBe(-790332482);
    expect(murmur2(Buffer.from('a-little-bit-long-string'))).toBe(-985981536);
  });

  it('is the same for a key as text and as bytes', () => {
    const partitioner = keyPartitioner();
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 100 }), (key, count) => {
        const ask = (given: string | Buffer) =>
          partitioner({
            topic: 't',
            partitionMetadata: partitions(count),
            message: { key: given, value: null },
          });
        expect(ask(key)).toBe(ask(Buffer.from(key)));
        expect(ask(key)).toBeLessThan(count);
        expect(ask(key)).toBe((kafkajs(key) & 0x7fffffff) % count);
      }),
    );
  });

  it('is the one that the message names', () => {
    expect(
      keyPartitioner()({
        topic: 't',
        partitionMetadata: partitions(12),
        message: { key: 'k', value: null, partition: 7 },
      }),
    ).toBe(7);
  });

  it('goes in turn among those that have a leader where there is no key', () => {
    const partitioner = keyPartitioner();
    const chosen = Array.from({ length: 9 }, () =>
      partitioner({
        topic: 't',
        partitionMetadata: partitions(4, [2]),
        message: { key: null, value: null },
      }),
    );
    expect([...new Set(chosen)].toSorted()).toEqual([0, 1, 3]);
    expect([0, 1, 3].map((one) => chosen.filter((each) => each === one).length)).toEqual([3, 3, 3]);
  });
});
