import type { DriftCandidate } from '../core/model/drift-candidate.ts';
import type { RecordFailure } from '../core/model/outcome.ts';
import type { ProcessedEvent } from '../core/model/processed-event.ts';
import type { EventCount, Telemetry } from '../telemetry/telemetry-event.ts';
import type { InputRecord } from './ports.ts';

interface MutableCount {
  readonly provider: EventCount['provider'];
  readonly outcome: EventCount['outcome'];
  count: number;
  unmapped: number;
}

/** What a unit has come to so far. Told to telemetry once the unit is committed, so that a repeat counts nothing twice. */
export interface UnitTally {
  event(processed: ProcessedEvent): void;
  /** In record order. A candidate id counts once in a unit. */
  candidate(candidate: DriftCandidate): void;
  /** One dead letter a record, for its first failure. */
  failure(record: InputRecord, failure: RecordFailure): void;
  readonly candidates: () => readonly DriftCandidate[];
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
  const candidates = new Map<string, DriftCandidate>();
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
    candidate: (candidate) => {
      if (!candidates.has(candidate.candidate_id))
        candidates.set(candidate.candidate_id, candidate);
    },
    failure: (record, failure) => {
      if (!failures.has(record.offset)) failures.set(record.offset, { record, failure });
    },
    candidates: () => [...candidates.values()],
    failures: () => [...failures.values()],
    tell: (telemetry, records) => {
      const recordTimes = records.map(({ timestamp }) => timestamp);
      telemetry.emit({ type: 'unit.indexed', actTimes, recordTimes });
      if (counts.size > 0)
        telemetry.emit({ type: 'events.processed', counts: [...counts.values()] });
      for (const { kind, severity, time } of candidates.values()) {
        telemetry.emit({
          type: 'candidate.found',
          kind,
          severity: severity.level,
          actTime: time,
        });
      }
      for (const { failure } of failures.values()) {
        telemetry.emit({ type: 'record.dead-lettered', reason: failure.reason });
      }
    },
  };
};
