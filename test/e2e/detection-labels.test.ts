import { beforeAll, describe, expect, it } from 'vitest';
import { judgeSources, type SourceReport } from '../bench/detection/judge-source.ts';
import { summaryOf } from '../bench/detection/report.ts';
import { labelsOf } from '../support/detection-labels.ts';
import { hasSharedData } from '../support/shared-data.ts';
import { sourceRecords, sources, valueAt } from '../support/source-records.ts';

/**
 * What `npm run bench:detection` reached, by the kind of record that a source's name ends in: less is a regression.
 * Labelled events on resources, and labelled changes.
 */
const FLOORS: readonly (readonly [kind: string, mutating: number, changes: number])[] = [
  ['cloudtrail', 230, 272],
  ['azure', 115, 27],
  ['gcp', 44, 32],
  ['k8s', 37, 26],
];

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

  it('finds no resource but those that a labelled event touched', () => {
    expect(reports.flatMap(({ wrong }) => wrong)).toEqual([]);
  });

  it.each(FLOORS)(
    'finds what labelled events in %s records touched, set and created, and nothing else',
    (kind, mutating, changes) => {
      const found = reports.filter(({ source }) => source.endsWith(kind));
      const missed = found.flatMap(
        ({ resources, kinds, attributes, unmanaged, labelledOutcomes }) =>
          [resources, kinds, attributes, unmanaged, labelledOutcomes].flatMap(
            ({ misses }) => misses,
          ),
      );
      expect(missed).toEqual([]);
      const summary = summaryOf(found);
      expect(summary.mutating).toBeGreaterThanOrEqual(mutating);
      expect(summary.changes).toBeGreaterThanOrEqual(changes);
    },
  );

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
        const ids = ['eventID', 'eventDataId', 'correlationId', 'insertId', 'auditID', 'id'].map(
          (name) => valueAt(act, name),
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
