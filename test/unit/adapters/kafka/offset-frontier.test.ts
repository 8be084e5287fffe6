import type { Batch } from 'kafkajs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPartitionPlaces } from '../../../../src/adapters/kafka/partition-places.ts';
import { splitBatch } from '../../../../src/adapters/kafka/split-batch.ts';
import { NO_CONTROL } from '../../../../src/codec/partition-control.ts';
import { openScope } from '../../../support/unit-fixtures.ts';

/** `fetch` so many offsets, `pass` on what was noted of empty fetches, or `move` the group to an offset. */
type Step =
  | { readonly kind: 'fetch'; readonly count: number }
  | { readonly kind: 'pass' }
  | { readonly kind: 'move'; readonly to: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('fetch'), count: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('pass') }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('move'), to: fc.nat(12) }) },
);

const mostlyEmpty = fc.nat(3).map((number) => number === 0);

const scope = openScope();
const place = { topic: 'in', partition: 0 };

/** One partition: `log` tells of each offset whether a record is left there once control and aborted records are out. */
const consume = async (log: readonly boolean[], steps: readonly Step[]): Promise<void> => {
  let committed = 0n;
  let moves = 0;
  let position = 0;
  let noted: { readonly first: bigint; readonly last: bigint } | undefined;
  const processed = new Set<number>();
  const places = createPartitionPlaces({
    createCommitter: () => {
      let known = -1;
      return {
        open: async () => {
          known = moves;
          return { offset: committed, control: NO_CONTROL };
        },
        // As the transactions do: whoever was fenced by an operator, or begins below the offset, is turned away.
        commit: async ({ records, nextOffset }) => {
          const next = BigInt(nextOffset);
          if (next === committed && known === moves) return;
          const isLost = known !== moves || BigInt(records[0]?.offset ?? nextOffset) < committed;
          if (isLost) throw new Error('lost');
          for (const { offset } of records) processed.add(Number(offset));
          for (let at = Number(committed); at < Number(next); at += 1) {
            if (log[at] === true) expect(processed).toContain(at);
          }
          committed = next;
        },
        close: async () => undefined,
      };
    },
    seek: (_topic, _partition, offset) => {
      position = Number(offset);
    },
    hold: () => undefined,
    onCommitted: () => undefined,
  });

  const unit = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if ((error as Error).message !== 'lost') throw error;
      places.forget('in', 0);
    }
  };

  const fetch = async (count: number): Promise<void> => {
    const offsets = log.flatMap((_, at) => (at >= position && at < position + count ? [at] : []));
    const last = offsets.at(-1);
    if (last === undefined) return;
    const left = offsets.filter((at) => log[at] === true);
    if (left.length === 0) {
      noted = {
        first: noted?.last === BigInt(position - 1) ? noted.first : BigInt(position),
        last: BigInt(last),
      };
      position = last + 1;
      return;
    }
    noted = undefined;
    const batch = {
      ...place,
      highWatermark: String(log.length),
      fetchedOffset: String(position),
      messages: left.map((at) => ({ offset: String(at), key: null, value: null, timestamp: '0' })),
      lastOffset: () => String(last),
    } as unknown as Batch;
    await unit(async () => {
      const committer = places.committer('in', 0);
      const begin = await places.begin(batch, scope);
      if (begin === undefined) return;
      for (const each of splitBatch(batch, { maxRecords: 2, maxBytes: 100 }, begin)) {
        await committer.commit(each, [], scope);
        position = Number(each.nextOffset);
      }
    });
  };

  const pass = async (): Promise<void> => {
    if (noted === undefined) return;
    const due = { ...place, ...noted, highWatermark: String(log.length) };
    noted = undefined;
    await unit(async () => {
      const committer = places.committer('in', 0);
      if (!(await places.isFrontier(due, scope))) return;
      const nextOffset = String(due.last + 1n);
      await committer.commit({ ...due, records: [], nextOffset }, [], scope);
    });
  };

  for (const each of steps) {
    if (each.kind === 'fetch') await fetch(each.count);
    else if (each.kind === 'pass') await pass();
    else {
      committed = BigInt(Math.min(each.to, log.length));
      moves += 1;
      // What lies from there on is asked for again.
      for (const at of [...processed]) if (at >= Number(committed)) processed.delete(at);
    }
  }
};

describe('the committed offset', () => {
  it('never passes over a record that is not processed, whatever is empty, late or moved', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(mostlyEmpty, { minLength: 20, maxLength: 40 }),
        fc.array(step, { minLength: 10, maxLength: 60 }),
        consume,
      ),
      { numRuns: 1_000 },
    );
  });
});
