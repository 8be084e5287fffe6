import type { DriftCandidate } from '../core/model/drift-candidate.ts';
import type { RecordFailure } from '../core/model/outcome.ts';
import type { ProcessedEvent } from '../core/model/processed-event.ts';
import type { EventCount, Telemetry } from '../telemetry/telemetry-event.ts';
import type { InputRecord, OutputRecord } from './ports.ts';

interface MutableCount {
  readonly provider: EventCount['provider'];
  readonly outcome: EventCount['outcome'];
  count: number;
  unmapped: number;
}

/** What is told of a candidate: held until the commit, and nothing else of it. */
export interface FoundCandidate {
  readonly id: string;
  readonly kind: DriftCandidate['kind'];
  readonly severity: DriftCandidate['severity']['level'];
  /** Of the act, milliseconds since the epoch. */
  readonly actTime: number;
}

export const foundCandidate = (candidate: DriftCandidate): FoundCandidate => ({
  id: candidate.candidate_id,
  kind: candidate.kind,
  severity: candidate.severity.level,
  actTime: candidate.time,
});

/** What a unit has come to so far. Told to telemetry once the unit is committed, so that a repeat counts nothing twice. */
export interface UnitTally {
  event(processed: ProcessedEvent): void;
  /** In record order, with what tells of it. A candidate id counts once in a unit. */
  candidate(candidate: FoundCandidate, output: OutputRecord): void;
  /** One dead letter a record, for its first failure. */
  failure(record: InputRecord, failure: RecordFailure): void;
  /** What tells of the candidates. */
  readonly outputs: () => readonly OutputRecord[];
  readonly failures: () => readonly {
    readonly record: InputRecord;
    readonly failure: RecordFailure;
  }[];
  /** `records`: all of the unit. */
  tell(telemetry: Telemetry, records: readonly InputRecord[]): void;
}

export const createUnitTally = (): UnitTally => {
  const counts = new Map<string, MutableCount>();
  const actTimes: number[] = [];
  const candidates = new Map<
    string,
    { readonly candidate: FoundCandidate; readonly output: OutputRecord }
  >();
  const failures = new Map<
    string,
    { readonly record: InputRecord; readonly failure: RecordFailure }
  >();
  return {
    event: ({ event, outcome, unmapped }) => {
      actTimes.push(event.time);
      const key = `${event.provider} ${outcome}`;
      const known = counts.get(key);
      if (known === undefined) {
        counts.set(key, {
          provider: event.provider,
          outcome,
          count: 1,
          unmapped: unmapped ? 1 : 0,
        });
      } else {
        known.count += 1;
        if (unmapped) known.unmapped += 1;
      }
    },
    candidate: (candidate, output) => {
      if (!candidates.has(candidate.id)) candidates.set(candidate.id, { candidate, output });
    },
    failure: (record, failure) => {
      if (!failures.has(record.offset)) failures.set(record.offset, { record, failure });
    },
    outputs: () => Array.from(candidates.values(), ({ output }) => output),
    failures: () => [...failures.values()],
    tell: (telemetry, records) => {
      const recordTimes = records.map(({ timestamp }) => timestamp);
      telemetry.emit({ type: 'unit.indexed', actTimes, recordTimes });
      if (counts.size > 0)
        telemetry.emit({ type: 'events.processed', counts: [...counts.values()] });
      for (const { candidate } of candidates.values()) {
        const { kind, severity, actTime } = candidate;
        telemetry.emit({ type: 'candidate.found', kind, severity, actTime });
      }
      for (const { failure } of failures.values()) {
        telemetry.emit({ type: 'record.dead-lettered', reason: failure.reason });
      }
    },
  };
};
