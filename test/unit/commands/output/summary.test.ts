import { describe, expect, it } from 'vitest';
import { ScanCounter, summaryText } from '../../../../src/commands/output/summary.ts';

describe('scan summary', () => {
  it('adds up to the events that came', () => {
    const counter = new ScanCounter();
    for (const outcome of ['read', 'read', 'failed', 'dead-letter'] as const)
      counter.addOutcome(outcome, false);
    counter.addOutcome('unresolved', true);
    const summary = counter.summary(12);
    expect(summary.events).toBe(5);
    expect(Object.values(summary.outcomes).reduce((sum, count) => sum + count)).toBe(5);
    expect(summary.unmapped_operations).toBe(1);
    expect(summaryText(summary)).toContain(
      '5  audit events, against 12 desired resources\nNo drift candidates in what could be read.',
    );
  });
});
