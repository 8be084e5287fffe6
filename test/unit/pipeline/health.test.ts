import { describe, expect, it } from 'vitest';
import { followMembership } from '../../../src/pipeline/follow-membership.ts';
import { createHealth } from '../../../src/pipeline/health.ts';
import { watchNeeds } from '../../../src/pipeline/watch-needs.ts';
import { fakeTime } from '../../support/fake-time.ts';
import { recordedTelemetry } from '../../support/recorded-telemetry.ts';

const READY = { ok: true, reasons: [] };

const running = (graceMs = 15_000) => {
  let now = 0;
  const health = createHealth({ now: () => now, graceMs });
  health.enter('running');
  return { health, pass: (ms: number) => void (now += ms) };
};

describe('health', () => {
  it('stays ready while something is away for less than the grace, and says since when after that', () => {
    const { health, pass } = running();
    health.down('opensearch', 'cannot be reached');
    pass(14_999);
    expect(health.ready()).toEqual(READY);
    pass(1);
    expect(health.ready()).toEqual({
      ok: false,
      reasons: ['opensearch: cannot be reached (for 15 s)'],
    });
  });

  it('counts an absence from its first sign, with the newest reason', () => {
    const { health, pass } = running();
    health.down('kafka', 'refused');
    pass(10_000);
    health.down('kafka', 'timed out');
    pass(10_000);
    expect(health.ready().reasons).toEqual(['kafka: timed out (for 20 s)']);
  });

  it('is ready again with the first answer', () => {
    const { health, pass } = running();
    health.down('kafka', 'refused');
    pass(60_000);
    health.up('kafka');
    expect(health.ready()).toEqual(READY);
    health.down('kafka', 'refused');
    expect(health.ready()).toEqual(READY);
  });

  it('stays live while what it needs is away: a restart would mend nothing', () => {
    const { health, pass } = running();
    health.down('opensearch', 'away');
    pass(3_600_000);
    expect(health.live()).toEqual(READY);
  });

  it('is not ready before it runs, whatever answers', () => {
    const health = createHealth({ now: () => 0, graceMs: 15_000 });
    health.up('kafka');
    expect(health.ready()).toEqual({ ok: false, reasons: ['starting'] });
  });

  it('takes a rebalance that does not end for an absence', () => {
    const { health, pass } = running();
    const told = recordedTelemetry();
    const telemetry = followMembership(told, health);
    telemetry.emit({ type: 'group.rebalancing', group: 'g' });
    pass(15_000);
    expect(health.ready().reasons).toEqual(['consumer group: is rebalancing (for 15 s)']);
    telemetry.emit({ type: 'group.joined', group: 'g', partitions: {} });
    expect(health.ready()).toEqual(READY);
    expect(told.events).toHaveLength(2);
  });
});

describe('the watch of what the service needs', () => {
  const watched = async (
    ask: (signal: AbortSignal, round: number) => Promise<void>,
    rounds: number,
  ) => {
    const { clock, sleep } = fakeTime();
    const health = createHealth({ now: clock, graceMs: 0 });
    health.enter('running');
    const telemetry = recordedTelemetry();
    const end = new AbortController();
    let round = 0;
    const seen: (readonly string[])[] = [];
    await watchNeeds(
      {
        needs: [{ name: 'kafka', ask: (signal) => ask(signal, round++) }],
        health,
        telemetry,
        intervalMs: 1_000,
        limitMs: 5_000,
        sleep: async (ms, signal) => {
          if (ms === 1_000) {
            seen.push(health.ready().reasons);
            if (seen.length === rounds) end.abort();
          }
          await sleep(ms, signal);
        },
      },
      end.signal,
    );
    return { seen, changes: telemetry.of('need.changed').map(({ up, reason }) => [up, reason]) };
  };

  it('tells each change once', async () => {
    const { changes, seen } = await watched(async (_signal, round) => {
      if (round === 1 || round === 2) throw new Error('connection refused');
    }, 5);
    expect(changes).toEqual([
      [true, ''],
      [false, 'connection refused'],
      [true, ''],
    ]);
    expect(seen.map((reasons) => reasons.length)).toEqual([0, 1, 1, 0, 0]);
  });

  it('takes an answer that does not come in time for none, and lets go of the question', async () => {
    let aborted = false;
    const { changes } = await watched(
      (signal) =>
        new Promise(() => {
          signal.addEventListener('abort', () => (aborted = true));
        }),
      1,
    );
    expect(changes).toEqual([[false, 'no answer within 5 s']]);
    expect(aborted).toBe(true);
  });

  it('tells a reason on few characters, however long the message', async () => {
    const { changes } = await watched(async () => {
      throw new Error('x'.repeat(5_000));
    }, 1);
    expect(String(changes[0]?.[1])).toHaveLength(201);
  });
});
