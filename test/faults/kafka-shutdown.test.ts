import { describe, expect } from 'vitest';
import { faultTest } from './support/fault-test.ts';
import { requireSound } from './support/invariants.ts';

const minute = 60_000;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const UNIT = ['--set', 'unit.maxRecords=100'];

describe('the service, asked to end and killed', () => {
  faultTest('T06-sigterm-graceful-drain', {}, async (run) => {
    await run.feed(3_000, 0);
    await run.feed(3_000, 1);
    const first = run.member(UNIT);
    await first.event('unit.finished');
    const asked = performance.now();
    expect(await run.retire(first)).toBe(0);
    expect(performance.now() - asked).toBeLessThan(25_000);
    const { evidence, findings } = await run.judge('committed');
    requireSound(findings);
    const committed = [...evidence.committed.values()].reduce((sum, offset) => sum + offset, 0n);
    expect(committed).toBeLessThan(6_000n);
    const second = run.member(UNIT);
    await run.deployment.caughtUp();
    // Each record was the work of one unit: what was committed was not done again, nor begun and dropped.
    const worked = [first, second]
      .flatMap(({ lines }) => lines)
      .filter(({ event }) => event === 'unit.finished')
      .reduce((sum, line) => sum + Number(line['records']), 0);
    expect(worked).toBe(6_000);
    const unchanged = second.lines.filter(({ event }) => event === 'bulk.finished');
    expect(unchanged.some(({ items }) => 'unchanged' in (items as object))).toBe(false);
  });

  faultTest(
    'T07-kill9-loop-20x-random',
    { timeoutMs: 15 * minute, drainMs: 5 * minute },
    async (run) => {
      const load = run.load(500);
      let seed = 7;
      const random = (): number => {
        seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
        return seed / 2_147_483_648;
      };
      for (let turn = 0; turn < 20; turn += 1) {
        const doomed = run.member(UNIT);
        await doomed.event('group.joined');
        await pause(random() * 2_500);
        doomed.kill('SIGKILL');
        await doomed.exited;
      }
      await load.stop();
      run.member(UNIT);
    },
  );
});
