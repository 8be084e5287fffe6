import {
  CANDIDATE_KINDS,
  SEVERITIES,
  type DriftCandidate,
} from '../../core/model/drift-candidate.ts';
import { OUTCOMES, type Outcome } from '../../core/model/outcome.ts';

/** Counts of a scan. `outcomes` add up to the audit events and the records that held none. */
export interface ScanSummary {
  readonly events: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly candidates: number;
  readonly kinds: Readonly<Record<string, number>>;
  readonly severities: Readonly<Record<string, number>>;
  readonly desired_resources: number;
  readonly unmapped_operations: number;
  /** Files, folders and globs that were named and gave nothing, and files that were read in part. */
  readonly unreadable_files: number;
}

const zeros = <K extends string>(names: readonly K[]): Record<K, number> =>
  Object.fromEntries(names.map((name) => [name, 0])) as Record<K, number>;

/** Counts outcomes as they come. */
export class ScanCounter {
  readonly #outcomes = zeros(OUTCOMES);
  readonly #kinds = zeros(CANDIDATE_KINDS);
  readonly #severities = zeros(SEVERITIES);
  #unmapped = 0;
  #candidates = 0;

  addOutcome(outcome: Outcome, unmapped: boolean): void {
    this.#outcomes[outcome] += 1;
    if (unmapped) this.#unmapped += 1;
  }

  addCandidate(candidate: DriftCandidate): void {
    this.#candidates += 1;
    this.#kinds[candidate.kind] += 1;
    this.#severities[candidate.severity.level] += 1;
  }

  summary(desiredResources: number, unreadableFiles: number): ScanSummary {
    return {
      events: Object.values(this.#outcomes).reduce((sum, count) => sum + count, 0),
      outcomes: { ...this.#outcomes },
      candidates: this.#candidates,
      kinds: { ...this.#kinds },
      severities: { ...this.#severities },
      desired_resources: desiredResources,
      unmapped_operations: this.#unmapped,
      unreadable_files: unreadableFiles,
    };
  }
}

const MEANING: Readonly<Record<Outcome, string>> = {
  read: 'changed nothing',
  failed: 'refused or failed',
  runtime: 'mutating by name, not configuration',
  iac: 'made by code',
  service: 'the provider acting by itself',
  ignored: 'taken out by a rule',
  candidate: 'outside code, on what code owns or covers',
  unresolved: 'outside code, no desired resource found',
  'dead-letter': 'could not be read',
};

const count = (value: number): string => value.toLocaleString('en-US');

const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .filter(([, value]) => value > 0)
    .map(([name, value]) => `${count(value)} ${name}`)
    .join(', ');

const isWhole = ({ outcomes, unreadable_files }: ScanSummary): boolean =>
  outcomes['dead-letter'] === 0 && unreadable_files === 0;

/** So that nobody takes what was not read for clean. */
export const unreadableText = (inputs: number): readonly string[] =>
  inputs === 0
    ? []
    : [
        `${count(inputs)} of the --events could not be read, or not to the end: what is missing is in none of these counts.`,
      ];

/** The summary for a person: each outcome with its meaning, and totals that add up. */
export const summaryText = (summary: ScanSummary): string => {
  const width = Math.max(6, count(summary.events).length);
  const rows = OUTCOMES.filter((outcome) => summary.outcomes[outcome] > 0).map(
    (outcome) =>
      `${count(summary.outcomes[outcome]).padStart(width)}  ${outcome.padEnd(12)} ${MEANING[outcome]}`,
  );
  return [
    ...rows,
    `${count(summary.events).padStart(width)}  ${summary.events === 1 ? 'audit event' : 'audit events'}, against ${count(summary.desired_resources)} desired resources`,
    summary.candidates === 0
      ? `No drift candidates${isWhole(summary) ? '' : ' in what could be read'}.`
      : `${count(summary.candidates)} drift candidate${summary.candidates === 1 ? '' : 's'}: ${listed(summary.kinds)}\nSeverity: ${listed(summary.severities)}`,
    ...unreadableText(summary.unreadable_files),
  ].join('\n');
};
