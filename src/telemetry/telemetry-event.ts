import type { CandidateKind, Severity } from '../core/model/drift-candidate.ts';
import type { DeadLetterReason, EventOutcome } from '../core/model/outcome.ts';
import type { Provider } from '../core/model/provider.ts';

/** Everything the service tells about itself. Each is a log line, a metric, or both: see `render-event.ts`. */
export type TelemetryEvent =
  | { readonly type: 'service.started'; readonly version: string; readonly group: string; readonly topics: readonly string[] }
  | { readonly type: 'service.stopped'; readonly reason: string }
  | { readonly type: 'desired-state.loading'; readonly topic: string }
  | { readonly type: 'desired-state.loaded'; readonly topic: string; readonly resources: number; readonly seconds: number }
  | { readonly type: 'desired-state.changed'; readonly resources: number }
  | { readonly type: 'desired-state.undecodable'; readonly topic: string; readonly partition: number; readonly offset: string; readonly message: string }
  | { readonly type: 'group.joined'; readonly group: string; readonly partitions: Readonly<Record<string, readonly number[]>> }
  | { readonly type: 'group.rebalancing'; readonly group: string }
  | { readonly type: 'consumer.crashed'; readonly message: string; readonly restart: boolean }
  | { readonly type: 'consumer.stalled'; readonly seconds: number }
  | { readonly type: 'consumer.offset-reset'; readonly topic: string; readonly partition: number; readonly lost: string }
  | { readonly type: 'records.received'; readonly topic: string; readonly partition: number; readonly count: number; readonly lag: number }
  | { readonly type: 'event.processed'; readonly provider: Provider; readonly outcome: EventOutcome; readonly unmapped: boolean }
  | { readonly type: 'candidate.found'; readonly kind: CandidateKind; readonly severity: Severity }
  | { readonly type: 'record.dead-lettered'; readonly reason: DeadLetterReason }
  | { readonly type: 'bulk.finished'; readonly seconds: number; readonly items: Readonly<Record<string, number>> }
  | { readonly type: 'bulk.retrying'; readonly attempt: number; readonly items: number; readonly delaySeconds: number; readonly cause: string }
  | { readonly type: 'transaction.finished'; readonly outcome: 'committed' | 'aborted' | 'failed'; readonly seconds: number }
  | { readonly type: 'unit.finished'; readonly topic: string; readonly partition: number; readonly nextOffset: string; readonly records: number; readonly seconds: number };

export interface Telemetry {
  emit(event: TelemetryEvent): void;
}
