import { describe, expect, it } from 'vitest';
import type { Committed } from '../../../../src/adapters/kafka/committed-offsets.ts';
import type { TopicRange } from '../../../../src/adapters/kafka/topic-facts.ts';
import {
  createPartitionControls,
  type PartitionControls,
} from '../../../../src/adapters/kafka/partition-controls.ts';

const open = (offset: bigint): Committed => ({
  offset,
  control: { paused: undefined, skip: [] },
});
const paused = (offset: bigint): Committed => ({
  offset,
  control: { paused: { since: '', note: '' }, skip: [] },
});

const follow = (ranges: readonly TopicRange[] = []) => {
  const told: string[] = [];
  const committed = new Map<number, Committed>();
  let during = (): void => undefined;
  let duringRanges = (): void => undefined;
  const controls: PartitionControls = createPartitionControls({
    fetch: async () => {
      const copy = new Map(committed);
      during();
      return copy;
    },
    hold: (topic, partition) => void told.push(`hold ${topic}/${partition}`),
    release: (topic, partition) => void told.push(`release ${topic}/${partition}`),
    align: (topic, partition, offset) => void told.push(`align ${topic}/${partition} ${offset}`),
    ranges: async (topic) => {
      told.push(`ranges ${topic}`);
      duringRanges();
      return ranges;
    },
    waiting: (topic, partition, records) =>
      void told.push(`waiting ${topic}/${partition} ${records}`),
    move: (topic, partition, offset) => void told.push(`move ${topic}/${partition} ${offset}`),
    intervalMs: 3_600_000,
  });
  controls.assign({ t: [0] });
  return {
    told,
    committed,
    controls,
    whileFetching: (work: () => void) => {
      during = work;
    },
    whileAskingRanges: (work: () => void) => {
      duringRanges = work;
    },
  };
};

describe('createPartitionControls', () => {
  it('holds a partition that is paused, once, and releases it when it is resumed', async () => {
    const { told, committed, controls } = follow();
    committed.set(0, paused(5n));
    await controls.look();
    await controls.look();
    committed.set(0, open(5n));
    await controls.look();
    expect(told.filter((each) => each !== 'ranges t')).toEqual([
      'hold t/0',
      'align t/0 5',
      'release t/0',
    ]);
  });

  it.each([
    ['from the committed offset', 2n, 9n, 4],
    ['from the first record, where retention took some', 7n, 9n, 2],
    ['none, where it took all', 9n, 9n, 0],
  ])('tells at each look how many records wait in a paused partition: %s', async (...row) => {
    const [, low, high, waiting] = row;
    const { told, committed, controls } = follow([{ partition: 0, leader: 1, low, high }]);
    committed.set(0, paused(5n));
    await controls.look();
    await controls.look();
    const look = `waiting t/0 ${waiting}`;
    expect(told).toEqual(['hold t/0', 'align t/0 5', 'ranges t', look, 'ranges t', look]);
  });

  it('reads from the committed offset on at its first look, since a move may have come before it', async () => {
    const { told, committed, controls } = follow();
    committed.set(0, open(2n));
    await controls.look();
    await controls.look();
    expect(told).toEqual(['align t/0 2']);
  });

  it('leaves a partition alone that was at work before the first look', async () => {
    const { told, committed, controls } = follow();
    committed.set(0, open(5n));
    controls.committed('t', 0, 5n);
    await controls.look();
    expect(told).toEqual([]);
  });

  it('moves an idle partition whose offset was moved, after a second look', async () => {
    const { told, committed, controls } = follow();
    committed.set(0, open(5n));
    await controls.look();
    committed.set(0, open(2n));
    await controls.look();
    expect(told).toEqual(['align t/0 5']);
    await controls.look();
    await controls.look();
    expect(told).toEqual(['align t/0 5', 'move t/0 2']);
  });

  it('takes its own commit for no move, however late it is seen', async () => {
    const { told, committed, controls, whileFetching } = follow();
    committed.set(0, open(5n));
    await controls.look();
    let next = 6n;
    whileFetching(() => {
      controls.committed('t', 0, next);
      committed.set(0, open(next));
      next += 1n;
    });
    for (let looks = 0; looks < 5; looks += 1) await controls.look();
    expect(told).toEqual(['align t/0 5']);
  });

  it('forgets what it held when the member gets other partitions', async () => {
    const { told, committed, controls } = follow();
    committed.set(0, paused(5n));
    await controls.look();
    controls.assign({ t: [1] });
    await controls.look();
    expect(told).toEqual(['hold t/0', 'align t/0 5', 'ranges t', 'release t/0']);
  });

  it.each<[string, (controls: PartitionControls) => void]>([
    ['went to another member', (controls) => controls.assign({ t: [1] })],
    ['was assigned anew', (controls) => controls.assign({ t: [0] })],
  ])(
    'tells nothing to wait in a partition that %s while its range was asked',
    async (_, change) => {
      const range = { partition: 0, leader: 1, low: 0n, high: 9n };
      const { told, committed, controls, whileAskingRanges } = follow([range]);
      committed.set(0, paused(5n));
      whileAskingRanges(() => change(controls));
      await controls.look();
      expect(told).toEqual(['hold t/0', 'align t/0 5', 'ranges t', 'release t/0']);
    },
  );

  it('says nothing of a partition that went to another member while it looked', async () => {
    const { told, committed, controls, whileFetching } = follow();
    committed.set(0, paused(5n));
    whileFetching(() => controls.assign({ t: [1] }));
    await controls.look();
    expect(told).toEqual([]);
  });
});
