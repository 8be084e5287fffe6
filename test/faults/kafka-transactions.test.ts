import { describe, expect } from 'vitest';
import { readEvent } from '../support/cloudtrail-fixture.ts';
import type { Verdict } from './support/fault-proxy.ts';
import { faultTest } from './support/fault-test.ts';
import { isCommit, kafkaApiOf } from './support/proxied-request.ts';
import { strikeAt } from './support/strike.ts';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('transactions', () => {
  faultTest(
    'T18-txn-timeout-exceeded',
    { partitions: 1, settings: { 'kafka.transactionTimeoutMs': '5000' } },
    async (run) => {
      await run.feed(1_000, 0);
      const member = run.member(['--set', 'unit.maxRecords=100']);
      // The broker looks for old transactions every 10 s: by then it has aborted this one and bumped the epoch.
      await strikeAt(
        run.kafkaProxy,
        (request) => kafkaApiOf(request) === 'endTxn' && isCommit(request),
        3,
        async (): Promise<Verdict> => {
          await pause(17_000);
          return 'pass';
        },
      );
      await run.deployment.caughtUp();
      const outcomes = member.lines
        .filter(({ event }) => event === 'transaction.finished')
        .map((line) => line['outcome']);
      expect(outcomes).toContain('failed');
      expect(outcomes.at(-1)).toBe('committed');
    },
  );

  faultTest('T20-concurrent-transactions', { partitions: 1 }, async (run) => {
    const records = 4_000;
    await run.deployment.produce(
      Array.from({ length: records }, (_, number) => readEvent(`quiet-${number}`)),
    );
    const member = run.member(['--set', 'unit.maxRecords=20']);
    await run.deployment.caughtUp();
    const outcomes = member.lines.filter(({ event }) => event === 'transaction.finished');
    expect(outcomes.length).toBeGreaterThanOrEqual(records / 20);
    expect(outcomes.filter(({ outcome }) => outcome !== 'committed')).toEqual([]);
  });
});
