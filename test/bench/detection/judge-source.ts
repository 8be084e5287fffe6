import type { Outcome } from '../../../src/core/model/outcome.ts';
import { OUTCOMES } from '../../../src/core/model/outcome.ts';
import { desiredForEvents } from '../../support/desired-for-events.ts';
import { labelsOf, type EventLabel } from '../../support/detection-labels.ts';
import {
  pipelinePrincipal,
  sources,
  sourceRecords,
  statedOutcome,
  type SourceRecord,
} from '../../support/source-records.ts';
import { detectSource, type DetectedLine } from './detect-source.ts';
import { judgeEvent, type EventJudgement, type Finding } from './judge-event.ts';

export interface Share {
  readonly of: number;
  readonly right: number;
  /** `line address path: what was found instead`. */
  readonly misses: readonly string[];
}

export interface SourceReport {
  readonly source: string;
  /** Lines of the file, which hold one act each: the outcomes of the first run must add up to them. */
  readonly input: number;
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  readonly labels: number;
  /** Labelled events that touch resources. */
  readonly mutating: number;
  readonly resources: Share;
  readonly kinds: Share;
  readonly attributes: Share;
  readonly unmanaged: Share;
  readonly labelledOutcomes: Share;
  /** Candidates on resources of code that the act did not touch. */
  readonly wrong: readonly string[];
  /** Candidates on labelled events, in all three runs. */
  readonly candidates: number;
  /** Candidates of events that the record says failed or read, and of trusted pipelines: none may be. */
  readonly forbidden: Readonly<
    Record<
      'failed' | 'read' | 'pipeline',
      { readonly events: number; readonly candidates: readonly string[] }
    >
  >;
  readonly unlabelled: readonly string[];
  readonly deadLetters: readonly string[];
}

const THIRDS = [0, 1, 2] as const;

/** One statement may be judged in two of the runs: it is right where it is in both. */
const shareOf = (findings: readonly Finding[]): Share => {
  const byStatement = new Map<string, Finding>();
  for (const finding of findings) {
    if (byStatement.get(finding.of)?.right !== false) byStatement.set(finding.of, finding);
  }
  const all = [...byStatement.values()];
  const misses = all.filter(({ right }) => !right);
  return {
    of: all.length,
    right: all.length - misses.length,
    misses: misses.map(({ of, instead }) => `${of}: ${instead ?? ''}`),
  };
};

interface Run {
  readonly lines: readonly DetectedLine[];
  readonly judged: readonly EventJudgement[];
  readonly outcomes: readonly Finding[];
}

const runThird = async (
  records: readonly SourceRecord[],
  labels: ReadonlyMap<number, EventLabel>,
  trusted: readonly string[],
  third: number,
): Promise<Run> => {
  const desired = desiredForEvents(records, labels, third);
  const lines = await detectSource(records, desired, trusted);
  const judged: EventJudgement[] = [];
  const outcomes: Finding[] = [];
  lines.forEach((found, index) => {
    const label = labels.get(found.line);
    const act = records[index]?.act;
    if (label === undefined || act === undefined) return;
    if (label.resources !== undefined) {
      judged.push(judgeEvent(label, found, act, desired.kept, desired.byName));
      return;
    }
    const said = [
      ...found.events.map(({ outcome }) => outcome),
      ...found.failures.map(() => 'dead-letter'),
    ].join();
    const right = said === label.outcome;
    outcomes.push({
      of: `${label.line} ${label.call}`,
      right,
      ...(right ? {} : { instead: `${said}, not ${label.outcome ?? ''}` }),
    });
  });
  return { lines, judged, outcomes };
};

const forbiddenOf = (
  records: readonly SourceRecord[],
  runs: readonly Run[],
  isOne: (record: SourceRecord) => boolean,
): { readonly events: number; readonly candidates: readonly string[] } => {
  const forbidden = new Set(records.filter(isOne).map(({ line }) => line));
  const found = runs.flatMap(({ lines }) =>
    lines
      .filter(
        ({ line, events }) =>
          forbidden.has(line) && events.some((each) => each.candidates.length > 0),
      )
      .map(({ line, events }) => `${line} ${events[0]?.event.operation ?? ''}`),
  );
  return { events: forbidden.size, candidates: [...new Set(found)] };
};

const outcomesOf = (lines: readonly DetectedLine[]): SourceReport['outcomes'] => {
  const counts = new Map<Outcome, number>();
  for (const { events, failures } of lines) {
    const outcomes = [
      ...events.map(({ outcome }) => outcome),
      ...failures.map(() => 'dead-letter' as const),
    ];
    for (const outcome of outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  return Object.fromEntries(
    OUTCOMES.flatMap((name) => {
      const count = counts.get(name);
      return count === undefined ? [] : [[name, count]];
    }),
  );
};

/** A source through detection, three times with another third of its resources left out, against its labels. */
const judgeSource = async (source: string): Promise<SourceReport> => {
  const records = sourceRecords(source);
  const labels = labelsOf(source);
  const isPipeline = ({ act }: SourceRecord): boolean => pipelinePrincipal(act) !== undefined;
  const trusted = [...new Set(records.flatMap(({ act }) => pipelinePrincipal(act) ?? []))];
  const runs: Run[] = [];
  for (const third of THIRDS) runs.push(await runThird(records, labels, trusted, third));
  const judged = runs.flatMap((run) => run.judged);
  const first = runs[0]?.lines ?? [];
  return {
    source,
    input: records.length,
    outcomes: outcomesOf(first),
    labels: labels.size,
    mutating: [...labels.values()].filter(({ resources }) => resources !== undefined).length,
    resources: shareOf(judged.flatMap((each) => each.resources)),
    kinds: shareOf(judged.flatMap((each) => each.kinds)),
    attributes: shareOf(judged.flatMap((each) => each.attributes)),
    unmanaged: shareOf(judged.flatMap((each) => each.unmanaged)),
    labelledOutcomes: shareOf(runs.flatMap((run) => run.outcomes)),
    wrong: [...new Set(judged.flatMap((each) => each.wrong))],
    candidates: judged.reduce((sum, each) => sum + each.candidates, 0),
    forbidden: {
      failed: forbiddenOf(records, runs, ({ act }) => statedOutcome(act) === 'failed'),
      read: forbiddenOf(records, runs, ({ act }) => statedOutcome(act) === 'read'),
      pipeline: forbiddenOf(records, runs, isPipeline),
    },
    unlabelled: [...new Set(judged.flatMap((each) => each.unlabelled))],
    deadLetters: first.flatMap(({ line, failures }) =>
      failures.map((reason) => `${line} ${reason}`),
    ),
  };
};

/** All event files, or those that are named, in the order of their names. */
export const judgeSources = async (
  named: readonly string[] = sources(),
): Promise<readonly SourceReport[]> => {
  const reports: SourceReport[] = [];
  for (const source of named) reports.push(await judgeSource(source));
  return reports;
};
