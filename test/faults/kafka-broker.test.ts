import { describe, expect } from 'vitest';
import { withAdmin } from '../support/kafka-reader.ts';
import type { Verdict } from './support/fault-proxy.ts';
import type { FaultRun } from './support/fault-run.ts';
import { faultTest } from './support/fault-test.ts';
import { isCommit, kafkaApiOf } from './support/proxied-request.ts';
import { strikeAt } from './support/strike.ts';

const second = 1_000;
const minute = 60 * second;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const UNIT = ['--set', 'unit.maxRecords=100'];

/** Kills the broker when the service sends it such a request, and brings it back after a while. */
const killBrokerAt = async (
  run: FaultRun,
  matches: (request: Buffer) => boolean,
  downMs: number,
): Promise<void> => {
  await run.feed(1_000, 0);
  await run.feed(1_000, 1);
  const dead = Promise.withResolvers<void>();
  const struck = strikeAt(run.kafkaProxy, matches, 3, async (): Promise<Verdict> => {
    await run.broker.kill();
    dead.resolve();
    return 'cut';
  });
  const member = run.supervise(UNIT);
  await struck;
  await dead.promise;
  await pause(downMs);
  await run.broker.revive();
  expect(member.ends.length).toBeLessThanOrEqual(3);
};

describe('the broker, broken', () => {
  faultTest('T08-kill9-broker-mid-transaction', {}, (run) =>
    killBrokerAt(
      run,
      (request) => kafkaApiOf(request) === 'endTxn' && isCommit(request),
      2 * second,
    ),
  );

  faultTest('T09-clean-restart-broker', {}, async (run) => {
    const member = run.supervise(UNIT);
    const load = run.load(50);
    await member.current().event('unit.finished');
    await pause(3 * second);
    await run.broker.terminate();
    await pause(2 * second);
    await run.broker.revive();
    await pause(5 * second);
    await load.stop();
  });

  faultTest('T10-sigstop-broker-40s', { timeoutMs: 8 * minute }, async (run) => {
    const member = run.supervise(UNIT);
    await run.feed(1_000, 0);
    await member.current().event('unit.finished');
    const load = run.load(100);
    await pause(2 * second);
    await run.broker.freeze();
    await pause(40 * second);
    await run.broker.thaw();
    await pause(5 * second);
    await load.stop();
  });

  faultTest('T21-coordinator-unavailable', {}, (run) =>
    killBrokerAt(run, (request) => kafkaApiOf(request) === 'addOffsetsToTxn', 10 * second),
  );

  faultTest('T31-open-transaction-left-by-crash', {}, async (run) => {
    await run.feed(1_000, 0);
    const doomed = run.member(UNIT);
    await strikeAt(
      run.kafkaProxy,
      (request) => kafkaApiOf(request) === 'endTxn' && isCommit(request),
      3,
      () => {
        doomed.kill('SIGKILL');
        return 'cut';
      },
    );
    await doomed.exited;
    const { kafka, topics } = run.deployment;
    const stableEnds = (): Promise<string> =>
      withAdmin(kafka, async (admin) =>
        JSON.stringify((await admin.fetchTopicOffsets(topics.candidates)).map(({ high }) => high)),
      );
    const before = await stableEnds();
    const from = performance.now();
    while ((await stableEnds()) === before) await pause(200);
    // transaction.timeout.ms of the deployment, and the broker's look for old transactions every 10 s.
    expect(performance.now() - from).toBeLessThan((10 + 10 + 5) * second);
    run.member(UNIT);
  });
});
