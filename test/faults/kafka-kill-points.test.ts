import { describe, expect } from 'vitest';
import type { FaultProxy, Verdict } from './support/fault-proxy.ts';
import type { FaultRun } from './support/fault-run.ts';
import { faultTest } from './support/fault-test.ts';
import { requireSound } from './support/invariants.ts';
import { isBulk, isCommit, kafkaApiOf, type KafkaApi } from './support/proxied-request.ts';
import { strikeAt } from './support/strike.ts';

const RECORDS = 2_000;
const UNIT = ['--set', 'unit.maxRecords=100'];

/** Kills the member at the third such request, looks at what is there, and lets another one do the rest. */
const killAt = async (
  run: FaultRun,
  proxy: FaultProxy,
  matches: (request: Buffer) => boolean,
  verdict: Verdict,
): Promise<void> => {
  await run.feed(RECORDS / 2, 0);
  await run.feed(RECORDS / 2, 1);
  const doomed = run.member(UNIT);
  const struck = strikeAt(proxy, matches, 3, () => {
    doomed.kill('SIGKILL');
    return verdict;
  });
  await Promise.race([struck, doomed.exited]);
  expect(await doomed.exited).toBeNull();
  const { evidence, findings } = await run.judge('committed');
  requireSound(findings);
  const committed = [...evidence.committed.values()].reduce((sum, offset) => sum + offset, 0n);
  expect(committed).toBeLessThan(RECORDS);
  run.member(UNIT);
};

const kafka =
  (api: KafkaApi) =>
  (request: Buffer): boolean =>
    kafkaApiOf(request) === api;
const commit = (request: Buffer): boolean => kafka('endTxn')(request) && isCommit(request);

describe('the service, killed at a step of its delivery', () => {
  faultTest('T01-kill9-app-before-bulk', {}, (run) =>
    killAt(run, run.opensearchProxy, isBulk, 'cut'),
  );
  faultTest('T02-kill9-app-after-bulk-before-send', {}, (run) =>
    killAt(run, run.kafkaProxy, kafka('produce'), 'cut'),
  );
  faultTest('T03-kill9-app-after-send-before-sendOffsets', {}, (run) =>
    killAt(run, run.kafkaProxy, kafka('addOffsetsToTxn'), 'cut'),
  );
  faultTest('T04-kill9-app-between-sendOffsets-and-commit', {}, (run) =>
    killAt(run, run.kafkaProxy, commit, 'cut'),
  );
  faultTest('T05-kill9-app-during-commit', {}, (run) =>
    killAt(run, run.kafkaProxy, commit, 'pass'),
  );
});
