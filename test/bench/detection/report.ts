import { OUTCOMES } from '../../../src/core/model/outcome.ts';
import type { Share, SourceReport } from './judge-source.ts';

export interface Summary {
  readonly input: number;
  /** Sum of all outcomes: the input. */
  readonly accounted: number;
  readonly labels: number;
  readonly mutating: number;
  /** Percent, of labelled resources and attributes. */
  readonly rightResources: number;
  readonly rightKinds: number;
  readonly rightAttributes: number;
  readonly rightOutcomes: number;
  readonly unmanagedFound: number;
  readonly wrongResources: number;
  /** Candidates on labelled events that are on a resource of the label, or on what it creates, in percent. */
  readonly precision: number;
  readonly forbiddenCandidates: number;
  readonly changes: number;
}

const percent = (right: number, of: number): number =>
  of === 0 ? 100 : Math.floor((right / of) * 1000) / 10;

const sum = (reports: readonly SourceReport[], number: (report: SourceReport) => number): number =>
  reports.reduce((total, report) => total + number(report), 0);

const shareOfAll = (
  reports: readonly SourceReport[],
  share: (report: SourceReport) => Share,
): number =>
  percent(
    sum(reports, (each) => share(each).right),
    sum(reports, (each) => share(each).of),
  );

const accountedOf = ({ outcomes }: SourceReport): number =>
  Object.values(outcomes).reduce((total, count) => total + count, 0);

const forbiddenOf = ({ forbidden }: SourceReport): number =>
  Object.values(forbidden).reduce((total, { candidates }) => total + candidates.length, 0);

export const summaryOf = (reports: readonly SourceReport[]): Summary => {
  const candidates = sum(reports, (each) => each.candidates);
  const wrong = sum(reports, (each) => each.wrong.length);
  return {
    input: sum(reports, (each) => each.input),
    accounted: sum(reports, accountedOf),
    labels: sum(reports, (each) => each.labels),
    mutating: sum(reports, (each) => each.mutating),
    changes: sum(reports, (each) => each.attributes.of),
    rightResources: shareOfAll(reports, (each) => each.resources),
    rightKinds: shareOfAll(reports, (each) => each.kinds),
    rightAttributes: shareOfAll(reports, (each) => each.attributes),
    rightOutcomes: shareOfAll(reports, (each) => each.labelledOutcomes),
    unmanagedFound: shareOfAll(reports, (each) => each.unmanaged),
    wrongResources: wrong,
    precision: percent(candidates - wrong, candidates),
    forbiddenCandidates: sum(reports, forbiddenOf),
  };
};

const COLUMNS = ['source', 'input', ...OUTCOMES] as const;

const table = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = (rows[0] ?? []).map((_cell, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
};

const of = ({ right, of: all }: Share): string => (all === 0 ? '-' : `${right}/${all}`);

const missLines = (report: SourceReport): readonly string[] => [
  ...report.resources.misses.map((miss) => `${report.source} resource: ${miss}`),
  ...report.wrong.map((wrong) => `${report.source} wrong resource: ${wrong}`),
  ...report.kinds.misses
    .filter((miss) => !miss.includes(': none,'))
    .map((miss) => `${report.source} kind: ${miss}`),
  ...report.attributes.misses.map((miss) => `${report.source} attribute: ${miss}`),
  ...report.unmanaged.misses.map((miss) => `${report.source} unmanaged: ${miss}`),
  ...report.labelledOutcomes.misses.map((miss) => `${report.source} outcome: ${miss}`),
  ...Object.entries(report.forbidden).flatMap(([what, { candidates }]) =>
    candidates.map((line) => `${report.source} candidate of ${what}: ${line}`),
  ),
];

/** What became of the input by source, then how it stands to the labels, then each miss. */
export const reportLines = (
  reports: readonly SourceReport[],
  withMisses: boolean,
): readonly string[] => {
  const total = summaryOf(reports);
  return [
    'Outcomes, with the first third of the resources left out',
    ...table([
      COLUMNS,
      ...reports.map(({ source, input, outcomes }) => [
        source,
        String(input),
        ...OUTCOMES.map((name) => String(outcomes[name] ?? 0)),
      ]),
    ]),
    '',
    'Against the labels, over all three thirds',
    ...table([
      [
        'source',
        'labels',
        'mutating',
        'resources',
        'wrong',
        'kinds',
        'attributes',
        'unmanaged',
        'outcomes',
      ],
      ...reports.map((each) => [
        each.source,
        String(each.labels),
        String(each.mutating),
        of(each.resources),
        String(each.wrong.length),
        of(each.kinds),
        of(each.attributes),
        of(each.unmanaged),
        of(each.labelledOutcomes),
      ]),
    ]),
    '',
    ...Object.entries(total).map(([name, value]) => `${name}: ${value}`),
    ...(withMisses ? ['', ...reports.flatMap(missLines)] : []),
  ];
};
