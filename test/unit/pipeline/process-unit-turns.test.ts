import { describe, expect, it } from 'vitest';
import { createTurns, type Turns } from '../../../src/pipeline/turns.ts';
import type { UnitSteps } from '../../../src/pipeline/unit-steps.ts';
import { makeUnitWorld, type UnitWorld } from '../../support/unit-world.ts';

const valuesOf = (name: string, records: number): readonly string[] =>
  Array.from({ length: records }, (_, index) => `${name}${index}:read`);

/** Worlds whose units take turns with each other, and what they have processed, in order. */
const worldsInTurns = (
  ...overrides: readonly Partial<UnitSteps>[]
): { readonly worlds: readonly UnitWorld[]; readonly processed: readonly string[] } => {
  const turns = createTurns(async () => undefined);
  const processed: string[] = [];
  const { process } = makeUnitWorld().steps;
  const worlds = overrides.map((each) =>
    makeUnitWorld({
      process: (event) => {
        processed.push(event.id);
        return process(event);
      },
      turns,
      ...each,
    }),
  );
  return { worlds, processed };
};

describe('units in work at the same time', () => {
  it('are computed with one after the other, not by turns of a block', async () => {
    const { worlds, processed } = worldsInTurns({}, {});
    await Promise.all(worlds.map((world, index) => world.run(valuesOf('ab'[index]!, 200))));
    expect(processed.map(([name]) => name).join('')).toBe('a'.repeat(200) + 'b'.repeat(200));
  });

  it('read records in their turn only: in pieces of a block, after a flush, after a schema that did not come', async () => {
    const inner = createTurns(async () => undefined);
    let holders = 0;
    const turns: Turns = {
      open: () => {
        const turn = inner.open();
        let mine = false;
        return {
          begin: async (signal) => {
            await turn.begin(signal);
            if (!mine) holders++;
            mine = true;
          },
          end: () => {
            if (mine) holders--;
            mine = false;
            turn.end();
          },
        };
      },
    };
    const { decode, process } = makeUnitWorld().steps;
    const holding = new Set<number>();
    const worlds = ['a', 'b'].map((name) => {
      let fails = true;
      return {
        name,
        world: makeUnitWorld({
          turns,
          decode: (record) => {
            holding.add(holders);
            if (!fails) return decode(record);
            fails = false;
            return Promise.reject(new TypeError('x is not a function'));
          },
          process: (event) => {
            holding.add(holders);
            return process(event);
          },
        }),
      };
    });
    await Promise.all(
      worlds.map(({ name, world }) => {
        const container = (record: number): string =>
          Array.from({ length: 40 }, (_, index) => `${name}${record}.${index}:drift`).join('|');
        return world.run(['first:read', ...Array.from({ length: 80 }, (_, at) => container(at))]);
      }),
    );
    expect([...holding]).toEqual([1]);
    for (const { world } of worlds) expect(world.outputs()).toHaveLength(80 * 40 + 1);
  });

  it('go on while one waits for a schema', async () => {
    const fetched = Promise.withResolvers<void>();
    const { decode } = makeUnitWorld().steps;
    const { worlds } = worldsInTurns(
      { decode: (record) => fetched.promise.then(() => decode(record)) },
      {},
    );
    const [waiting, other] = worlds;
    const ended = waiting!.run(valuesOf('a', 3));
    await other!.run(valuesOf('b', 3));
    expect(other!.partition.committed).toBe(3n);
    expect(waiting!.stored.size).toBe(0);
    fetched.resolve();
    await ended;
    expect(waiting!.partition.committed).toBe(3n);
  });

  it('go on after one that failed', async () => {
    const { worlds } = worldsInTurns(
      {
        decode: () => {
          throw Object.assign(new Error('away'), { retriable: true });
        },
      },
      {},
    );
    const [failing, other] = worlds;
    await expect(failing!.run(['a:read'])).rejects.toThrow('away');
    await other!.run(['b:read']);
    expect(other!.partition.committed).toBe(1n);
  });
});
