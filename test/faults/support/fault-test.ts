import { expect, inject, it } from 'vitest';
import { startStack } from '../../../deploy/local/stack.ts';
import { openFaultRun, type FaultRun, type FaultRunOptions } from './fault-run.ts';
import { faultStackOptions } from './fault-stack.ts';
import { requireSound, type Extent, type Findings } from './invariants.ts';
import { addRow, type ResultRow } from './result-table.ts';

export interface FaultTestOptions extends FaultRunOptions {
  /** How far the records have come at the end. Default `end`. */
  readonly extent?: Extent;
  /** How long the group may take to catch up after the body, in milliseconds. Default 120,000. */
  readonly drainMs?: number;
  /** I7: the most memory that a process may have resident, in MiB. Default 500. */
  readonly rssCapMb?: number;
  /** A test that moves the group's offsets on purpose. */
  readonly mayStepBack?: boolean;
  /** Of the body, the drain and the judgement. Default 5 minutes. */
  readonly timeoutMs?: number;
}

const minute = 60_000;

const rowOf = (
  test: string,
  run: FaultRun,
  evidence: Awaited<ReturnType<FaultRun['evidence']>>,
  findings: Findings,
): ResultRow & { readonly rssMb: number } => ({
  test,
  records: evidence.input.length,
  documents: evidence.documents.length,
  deadLetters: evidence.deadLetters.length,
  declaredDrops: Number(evidence.declaredDrops),
  duplicates: findings.duplicates,
  candidateDuplicates: findings.candidateDuplicates,
  rssMb: run.rssPeakMb(),
  seconds: 0,
  result: 'pass',
});

const failedRow = (test: string): ResultRow => ({ test, seconds: 0, result: 'FAIL' });

/**
 * One fault, on a deployment of its own. The body breaks things and mends them; then the group has to catch up, the
 * invariants I1 to I4, I6 and I7 are checked against what Kafka and OpenSearch hold, and a row goes into the table.
 * The stack is whole again before the next test.
 */
export const faultTest = (
  name: string,
  options: FaultTestOptions,
  body: (run: FaultRun) => Promise<void>,
): void => {
  const { extent = 'end', drainMs = 2 * minute, rssCapMb = 500, timeoutMs = 5 * minute } = options;
  it(name, { timeout: timeoutMs }, async () => {
    const started = performance.now();
    const stack = faultStackOptions(process.env);
    const run = await openFaultRun(stack, options);
    let row = failedRow(name);
    try {
      await body(run);
      run.kafkaProxy.set({ kind: 'none' });
      run.opensearchProxy.set({ kind: 'none' });
      if (extent === 'end') await run.deployment.caughtUp(drainMs);
      const { evidence, findings } = await run.judge(extent);
      const counted = rowOf(name, run, evidence, findings);
      row = { ...counted, result: 'FAIL' };
      requireSound(findings);
      if (options.mayStepBack !== true) expect(run.stepsBack).toEqual([]);
      expect(counted.rssMb).toBeLessThan(rssCapMb);
      expect(await run.retireAll()).toEqual([]);
      row = { ...row, result: 'pass' };
    } finally {
      addRow(inject('faultRows'), {
        ...row,
        seconds: Math.round((performance.now() - started) / 1000),
      });
      await run.broker.thaw();
      await run.opensearch.thaw();
      await run.close();
      await startStack(stack);
    }
  });
};
