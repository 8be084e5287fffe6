import { describe, expect } from 'vitest';
import { faultTest } from './support/fault-test.ts';

const second = 1_000;
const minute = 60 * second;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const UNIT = ['--set', 'unit.maxRecords=100'];

describe('the group, in motion', () => {
  faultTest(
    'T16-rebalance-storm',
    { partitions: 4, timeoutMs: 10 * minute, drainMs: 3 * minute },
    async (run) => {
      run.member(UNIT);
      const load = run.load(100);
      const until = performance.now() + 2 * minute;
      while (performance.now() < until) {
        const guest = run.member(UNIT);
        const asked = performance.now();
        await guest.event('group.joined', minute);
        await pause(3 * second - (performance.now() - asked));
        expect(await run.retire(guest)).toBe(0);
      }
      await load.stop();
    },
  );

  faultTest('T17-scale-1-4-1', { partitions: 4, timeoutMs: 8 * minute }, async (run) => {
    const stays = run.member(UNIT);
    await stays.event('group.joined');
    const load = run.load(50);
    const guests = [run.member(UNIT), run.member(UNIT), run.member(UNIT)];
    await Promise.all(guests.map((guest) => guest.event('unit.finished', 2 * minute)));
    await pause(5 * second);
    for (const guest of guests) expect(await run.retire(guest)).toBe(0);
    await pause(3 * second);
    await load.stop();
  });
});
