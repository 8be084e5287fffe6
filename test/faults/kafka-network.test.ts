import { describe, expect } from 'vitest';
import { untilStatus } from '../support/probes.ts';
import { faultTest } from './support/fault-test.ts';

const second = 1_000;
const minute = 60 * second;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const UNIT = ['--set', 'unit.maxRecords=100'];

describe('the way to the broker, broken', () => {
  faultTest(
    'T11-blackhole-proxy-45s',
    { timeoutMs: 8 * minute, drainMs: 4 * minute },
    async (run) => {
      const member = run.supervise([...UNIT, '--set', 'http.readyGraceMs=5000']);
      await run.feed(500, 0);
      await member.current().event('unit.finished');
      const load = run.load(200);
      await pause(2 * second);
      await untilStatus(member.current, '/readyz', 200);
      run.kafkaProxy.set({ kind: 'black-hole' });
      const healed = pause(45 * second);
      const { reasons } = await untilStatus(member.current, '/readyz', 503);
      expect(reasons).toContainEqual(expect.stringMatching(/^kafka: .+ \(for \d+ s\)$/));
      await untilStatus(member.current, '/livez', 200, 5 * second);
      await healed;
      run.kafkaProxy.set({ kind: 'none' });
      await untilStatus(member.current, '/readyz', 200, 2 * minute);
      await load.stop();
    },
  );

  faultTest(
    'T11-blackhole-8s-no-process-ends',
    // Far less than the time after which a member that cannot leave its dead connections gives up.
    { drainMs: 45 * second },
    async (run) => {
      const members = [run.member(UNIT), run.member(UNIT)];
      await run.feed(500, 0);
      await Promise.all(members.map((member) => member.event('group.joined')));
      const load = run.load(200);
      await pause(2 * second);
      run.kafkaProxy.set({ kind: 'black-hole' });
      await pause(8 * second);
      run.kafkaProxy.set({ kind: 'none' });
      await pause(10 * second);
      await load.stop();
    },
  );

  faultTest('T12-tcp-reset-every-1s', { timeoutMs: 8 * minute }, async (run) => {
    const member = run.supervise(UNIT);
    await run.feed(500, 0);
    await member.current().event('unit.finished');
    const load = run.load(100);
    for (let turn = 0; turn < 30; turn += 1) {
      await pause(second);
      run.kafkaProxy.reset();
    }
    await load.stop();
  });

  faultTest(
    'T13-latency-2s-jitter',
    {
      timeoutMs: 8 * minute,
      drainMs: 4 * minute,
      // The defaults of the service: a test's short ones would be too short for such a way.
      settings: {
        'kafka.sessionTimeoutMs': '45000',
        'kafka.heartbeatIntervalMs': '3000',
        'kafka.transactionTimeoutMs': '60000',
      },
    },
    async (run) => {
      const member = run.supervise();
      await run.feed(500, 0);
      await member.current().event('unit.finished');
      run.kafkaProxy.set({ kind: 'latency', ms: second, jitterMs: second / 2 });
      const load = run.load(200);
      await pause(60 * second);
      await load.stop();
    },
  );
});
