import { describe, expect, it } from 'vitest';
import type { InputBatch, UnitCommitter } from '../../src/pipeline/ports.ts';
import { inputBatch, openScope, outputRecord } from '../support/unit-fixtures.ts';

/** One partition of one group, as an onlooker sees it. */
export interface CommitterWorld {
  readonly topic: string;
  readonly outputTopic: string;
  /** A committer that takes the partition over from any other. */
  takeOver(): Promise<UnitCommitter>;
  committedOffset(): Promise<string | undefined>;
  /** Values that a reader of committed records sees, in order. */
  committedOutputs(): Promise<readonly string[]>;
}

/** What every UnitCommitter does, whatever it commits to. */
export const describeCommitter = (name: string, makeWorld: () => Promise<CommitterWorld>): void => {
  describe(`${name} as a unit committer`, () => {
    const setUp = async (): Promise<{
      readonly world: CommitterWorld;
      readonly batch: (from: number, count: number) => InputBatch;
      readonly outputs: (...values: readonly string[]) => ReturnType<typeof outputRecord>[];
    }> => {
      const world = await makeWorld();
      return {
        world,
        batch: (from, count) =>
          inputBatch(
            Array.from({ length: count }, (_, index) => `record ${from + index}`),
            { topic: world.topic, from },
          ),
        outputs: (...values) => values.map((value) => outputRecord(world.outputTopic, value)),
      };
    };

    it('commits outputs and offset together', async () => {
      const { world, batch, outputs } = await setUp();
      const committer = await world.takeOver();
      await committer.commit(batch(0, 3), outputs('a', 'b'), openScope());
      expect(await world.committedOffset()).toBe('3');
      expect(await world.committedOutputs()).toEqual(['a', 'b']);
    });

    it('commits the offset of units without outputs, back to back', async () => {
      const { world, batch } = await setUp();
      const committer = await world.takeOver();
      for (let from = 0; from < 50; from += 10) {
        await committer.commit(batch(from, 10), [], openScope());
      }
      expect(await world.committedOffset()).toBe('50');
      expect(await world.committedOutputs()).toEqual([]);
    });

    it('commits units with and without outputs in turn', async () => {
      const { world, batch, outputs } = await setUp();
      const committer = await world.takeOver();
      await committer.commit(batch(0, 1), outputs('a'), openScope());
      await committer.commit(batch(1, 1), [], openScope());
      await committer.commit(batch(2, 1), outputs('b'), openScope());
      expect(await world.committedOffset()).toBe('3');
      expect(await world.committedOutputs()).toEqual(['a', 'b']);
    });

    it('commits nothing once the scope is aborted', async () => {
      const { world, batch, outputs } = await setUp();
      const committer = await world.takeOver();
      const scope = openScope();
      scope.abort(new Error('the partition went away'));
      await expect(committer.commit(batch(0, 1), outputs('a'), scope)).rejects.toThrow(
        'the partition went away',
      );
      expect(await world.committedOffset()).toBeUndefined();
      expect(await world.committedOutputs()).toEqual([]);
    });

    it('commits a unit once, though its owner before has committed it', async () => {
      const { world, batch, outputs } = await setUp();
      const first = await world.takeOver();
      await first.commit(batch(0, 2), outputs('a'), openScope());
      const second = await world.takeOver();
      await second.commit(batch(0, 2), outputs('a'), openScope());
      expect(await world.committedOffset()).toBe('2');
      expect(await world.committedOutputs()).toEqual(['a']);
    });

    it('lets an owner of before add nothing to what its successor has committed', async () => {
      const { world, batch, outputs } = await setUp();
      const zombie = await world.takeOver();
      await zombie.commit(batch(0, 1), outputs('a'), openScope());
      const owner = await world.takeOver();
      await owner.commit(batch(1, 2), outputs('b'), openScope());
      await expect(zombie.commit(batch(1, 1), outputs('twice'), openScope())).rejects.toMatchObject(
        {
          code: 'partition_lost',
        },
      );
      expect(await world.committedOffset()).toBe('3');
      expect(await world.committedOutputs()).toEqual(['a', 'b']);
    });

    it('refuses a unit that begins below the committed offset', async () => {
      const { world, batch, outputs } = await setUp();
      const first = await world.takeOver();
      await first.commit(batch(0, 5), [], openScope());
      const second = await world.takeOver();
      await expect(second.commit(batch(3, 5), outputs('part'), openScope())).rejects.toMatchObject({
        code: 'partition_lost',
      });
      expect(await world.committedOffset()).toBe('5');
    });
  });
};
