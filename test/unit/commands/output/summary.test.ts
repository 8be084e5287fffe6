import { describe, expect, it } from 'vitest';
import { ScanCounter, summaryText } from '../../../../src/commands/output/summary.ts';

describe('scan summary', () => {
  it('adds up to the events that came', () => {
    const counter = new ScanCounter();
    for (const outcome of ['read', 'read', 'failed', 'dead-letter'] as const)
      counter.addOutcome(outcome, false);
    counter.addOutcome('unresolved', true);
    const summary = counter.summary(12, 0);
    expect(summary.events).toBe(5);
    expect(Object.values(summary.outcomes).reduce((sum, count) => sum + count)).toBe(5);
    expect(summary.unmapped_operations).toBe(1);
    expect(summaryText(summary)).toContain(
      '5  audit events, against 12 desired resources\nNo drift candidates in what could be read.',
    );
  });

  it('does not call clean what could not be read', () => {
    const summary = new ScanCounter().summary(12, 1);
    expect(summary.unreadable_files).toBe(1);
    expect(summaryText(summary)).toBe(
      '     0  audit events, against 12 desired resources\nNo drift candidates in what could be read.\n1 of the --events could not be read, or not to the end: what is missing is in none of these counts.',
    );
    expect(summaryText(new ScanCounter().summary(12, 0))).toMatch(/No drift candidates\.$/);
  });
});
