import { beforeAll, describe, expect, it } from 'vitest';
import { judgeSources, type SourceReport } from '../bench/detection/judge-source.ts';
import { summaryOf } from '../bench/detection/report.ts';
import { labelsOf } from '../support/detection-labels.ts';
import { hasSharedData } from '../support/shared-data.ts';
import { sourceRecords, sources, valueAt } from '../support/source-records.ts';

/** What `npm run bench:detection` reached: less is a regression. */
const FLOORS = { mutating: 230, changes: 272, rightResources: 100, rightAttributes: 95 };

// ../shared/data is not part of the repository.
describe.skipIf(!hasSharedData)('detection over the events of others', () => {
  let reports: readonly SourceReport[] = [];

  beforeAll(async () => {
    reports = await judgeSources();
  });

  it('gives every event one outcome', () => {
    const accounted = reports.map(({ source, outcomes }) => [
      source,
      Object.values(outcomes).reduce((sum, count) => sum + count, 0),
    ]);
    expect(accounted).toEqual(reports.map(({ source, input }) => [source, input]));
  });

  it('finds the resource that a labelled event touched, and never another', () => {
    const { rightResources, wrongResources, mutating } = summaryOf(reports);
    expect(mutating).toBeGreaterThanOrEqual(FLOORS.mutating);
    expect(reports.flatMap(({ wrong }) => wrong)).toEqual([]);
    expect(wrongResources).toBe(0);
    expect(rightResources).toBeGreaterThanOrEqual(FLOORS.rightResources);
  });

  it('tells what a labelled event set, against what code says', () => {
    const { rightAttributes, changes } = summaryOf(reports);
    expect(changes).toBeGreaterThanOrEqual(FLOORS.changes);
    expect(rightAttributes).toBeGreaterThanOrEqual(FLOORS.rightAttributes);
  });

  it('makes no candidate of what failed or read, or of a trusted pipeline', () => {
    const forbidden = reports.flatMap(({ source, forbidden: { failed, read, pipeline } }) =>
      [failed, read, pipeline].flatMap(({ candidates }) =>
        candidates.map((line) => `${source} ${line}`),
      ),
    );
    expect(forbidden).toEqual([]);
    const events = (what: 'failed' | 'read' | 'pipeline'): number =>
      reports.reduce((sum, { forbidden }) => sum + forbidden[what].events, 0);
    expect(Math.min(events('failed'), events('read'), events('pipeline'))).toBeGreaterThan(10);
  });

  it('has labels of the events that stand in the files, with every verdict', () => {
    const verdicts = new Set<string>();
    for (const source of sources()) {
      const labels = labelsOf(source);
      for (const { line, act } of sourceRecords(source)) {
        const label = labels.get(line);
        if (label === undefined) continue;
        const ids = ['eventID', 'eventDataId', 'insertId', 'auditID', 'id'].map((name) =>
          valueAt(act, name),
        );
        if (label.outcome !== 'dead-letter') expect(ids).toContain(label.event);
        for (const { changes } of label.resources ?? []) {
          for (const { verdict } of changes ?? []) verdicts.add(verdict);
        }
      }
    }
    expect([...verdicts].toSorted()).toEqual([
      'differs',
      'equals_desired',
      'not_in_desired',
      'unknown',
    ]);
  });
});
