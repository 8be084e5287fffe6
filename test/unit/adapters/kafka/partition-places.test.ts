import type { Batch } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import {
  createPartitionPlaces,
  type PartitionPlaces,
} from '../../../../src/adapters/kafka/partition-places.ts';
import { NO_CONTROL } from '../../../../src/codec/partition-control.ts';
import { openScope } from '../../../support/unit-fixtures.ts';

const makePlaces = (
  committed: bigint | undefined,
): { places: PartitionPlaces; sought: bigint[]; calls: string[] } => {
  const sought: bigint[] = [];
  const calls: string[] = [];
  const places = createPartitionPlaces({
    createCommitter: () => ({
      open: async () => {
        calls.push('open');
        return committed === undefined ? undefined : { offset: committed, control: NO_CONTROL };
      },
      commit: async () => undefined,
      close: async () => void calls.push('close'),
    }),
    hold: () => undefined,
    seek: (_topic, _partition, offset) => void sought.push(offset),
    onCommitted: () => undefined,
  });
  return { places, sought, calls };
};

const batch = (fetched: bigint, last: bigint): Batch =>
  ({
    topic: 'in',
    partition: 0,
    fetchedOffset: String(fetched),
    lastOffset: () => String(last),
  }) as Partial<Batch> as Batch;

const filtered = (first: bigint, last: bigint) => ({
  topic: 'in',
  partition: 0,
  first,
  last,
  highWatermark: String(last + 1n),
});

describe('the place in a partition', () => {
  it('begins at the committed offset where the fetch began before it', async () => {
    const { places, calls } = makePlaces(7n);
    expect(await places.begin(batch(5n, 9n), openScope())).toEqual({ from: 7n, skip: [] });
    expect(await places.begin(batch(10n, 12n), openScope())).toEqual({ from: 0n, skip: [] });
    expect(calls).toEqual(['open']);
  });

  it.each([
    ['beyond the committed offset', 8n, 9n],
    ['wholly before it', 2n, 4n],
  ])('fetches anew where the fetch lay %s', async (_where, fetched, last) => {
    const { places, sought } = makePlaces(7n);
    expect(await places.begin(batch(fetched, last), openScope())).toBeUndefined();
    expect(sought).toEqual([7n]);
  });

  it('asks again after the partition was forgotten', async () => {
    const { places, calls } = makePlaces(7n);
    await places.begin(batch(7n, 9n), openScope());
    places.forget('in', 0);
    await places.begin(batch(7n, 9n), openScope());
    expect(calls).toEqual(['open', 'close', 'open']);
  });

  it.each([
    ['nothing was committed yet', undefined, true],
    ['the committed offset lies in it', 5n, true],
    ['the committed offset is its end', 6n, true],
  ])('is done with a fetch without a record where %s', async (_when, committed, done) => {
    const { places } = makePlaces(committed);
    expect(await places.isFrontier(filtered(4n, 6n), openScope())).toBe(done);
  });

  it('is not done with a fetch that lies beyond the committed offset, until one from there on shows the gap', async () => {
    const { places, sought } = makePlaces(3n);
    expect(await places.isFrontier(filtered(4n, 6n), openScope())).toBe(false);
    expect(sought).toEqual([3n]);
    expect(await places.isFrontier(filtered(3n, 6n), openScope())).toBe(true);
  });

  it('passes over no record below a fetch that was under way when it was sent back', async () => {
    const { places, sought } = makePlaces(3n);
    expect(await places.isFrontier(filtered(4n, 6n), openScope())).toBe(false);
    expect(await places.isFrontier(filtered(7n, 9n), openScope())).toBe(false);
    expect(sought).toEqual([3n, 3n]);
  });

  it('fetches anew where the fetch without a record lay before the committed offset', async () => {
    const { places, sought } = makePlaces(9n);
    expect(await places.isFrontier(filtered(4n, 6n), openScope())).toBe(false);
    expect(sought).toEqual([9n]);
  });
});
