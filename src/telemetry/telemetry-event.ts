import type { CandidateKind, Severity } from '../core/model/drift-candidate.ts';
import type { DeadLetterReason, EventOutcome } from '../core/model/outcome.ts';
import type { Provider } from '../core/model/provider.ts';

/** Whom the service has connections to that take files: certificates, keys, secrets. */
export const CONNECTION_PEERS = ['kafka', 'opensearch', 'schema-registry'] as const;

export type ConnectionPeer = (typeof CONNECTION_PEERS)[number];

/** Audit events of one provider that ended in one outcome. */
export interface EventCount {
  readonly provider: Provider;
  readonly outcome: EventOutcome;
  readonly count: number;
  /** How many of them have an operation that no table maps. */
  readonly unmapped: number;
}

/** What the local store holds of one scope. */
export interface ScopeCount {
  readonly scope: string;
  readonly resources: number;
  /** The newest; undefined where its format has none. */
  readonly serial: number | undefined;
  /** When a resource of it was written last, in milliseconds since the epoch. */
  readonly publishedTime: number;
}

/** Everything the service tells about itself. Each is a log line, a metric, or both: see `render-event.ts`. */
export type TelemetryEvent =
  | {
      readonly type: 'service.started';
      readonly version: string;
      readonly group: string;
      readonly topics: readonly string[];
    }
  | { readonly type: 'service.stopped'; readonly reason: string }
  | { readonly type: 'desired-state.loading'; readonly topic: string }
  /** What the store on disk had was thrown away. */
  | { readonly type: 'desired-state.rebuilding'; readonly topic: string; readonly reason: string }
  | {
      readonly type: 'desired-state.loaded';
      readonly topic: string;
      readonly resources: number;
      readonly seconds: number;
    }
  | { readonly type: 'desired-state.changed'; readonly resources: number }
  | { readonly type: 'desired-state.counted'; readonly scopes: readonly ScopeCount[] }
  | {
      readonly type: 'desired-state.undecodable';
      readonly topic: string;
      readonly partition: number;
      readonly offset: string;
      readonly message: string;
    }
  | {
      readonly type: 'desired-state.unindexed';
      readonly topic: string;
      readonly partition: number;
      readonly offset: string;
      readonly message: string;
    }
  | { readonly type: 'desired-index.swept'; readonly documents: number; readonly removed: number }
  | {
      readonly type: 'desired-watch.started';
      readonly sources: readonly string[];
      readonly intervalSeconds: number;
    }
  | {
      readonly type: 'state-source.polled';
      readonly source: string;
      readonly files: number;
      readonly changed: number;
      readonly seconds: number;
    }
  /** A location, or a file of it, cannot be had: what was published before stays. */
  | {
      readonly type: 'state-source.failed';
      readonly source: string;
      readonly reason: string;
      readonly message: string;
      readonly attempt: number;
      readonly delaySeconds: number;
    }
  | {
      readonly type: 'desired-state.published';
      readonly source: string;
      readonly scope: string;
      readonly serial: number;
      readonly added: number;
      readonly changed: number;
      readonly removed: number;
      readonly unchanged: number;
    }
  /** A state that was published is no longer found. `removeAfterSeconds` is null where its resources stay. */
  | {
      readonly type: 'desired-state.absent';
      readonly source: string;
      readonly removeAfterSeconds: number | null;
    }
  /** A state is taken for deleted: code owns nothing of its scope any more. */
  | {
      readonly type: 'desired-state.withdrawn';
      readonly source: string;
      readonly scope: string;
      readonly removed: number;
    }
  /** For want of a hash key: a change of such a secret is not seen. */
  | { readonly type: 'desired-state.secrets-dropped'; readonly source: string }
  /** A state was read, and may not be published. */
  | {
      readonly type: 'desired-state.refused';
      readonly source: string;
      readonly reason: string;
      readonly message: string;
    }
  | {
      readonly type: 'group.joined';
      readonly group: string;
      readonly partitions: Readonly<Record<string, readonly number[]>>;
    }
  | { readonly type: 'group.rebalancing'; readonly group: string }
  | { readonly type: 'consumer.crashed'; readonly message: string; readonly restart: boolean }
  | { readonly type: 'consumer.stalled'; readonly seconds: number }
  | {
      readonly type: 'consumer.offset-reset';
      readonly topic: string;
      readonly partition: number;
      readonly lost: string;
    }
  /** An operator has ordered it: see `driftline consumption`. */
  | { readonly type: 'partition.paused'; readonly topic: string; readonly partition: number }
  /** Told again and again while the partition is paused: from the committed offset to the end. */
  | {
      readonly type: 'partition.waiting';
      readonly topic: string;
      readonly partition: number;
      readonly records: number;
    }
  | { readonly type: 'partition.resumed'; readonly topic: string; readonly partition: number }
  | {
      readonly type: 'partition.moved';
      readonly topic: string;
      readonly partition: number;
      readonly offset: string;
    }
  | {
      readonly type: 'records.received';
      readonly topic: string;
      readonly partition: number;
      readonly count: number;
      /** Records from the first of these to the end of the partition: none of them is committed yet. */
      readonly lag: number;
    }
  /** `oldestTime`: of its first record, in milliseconds since the epoch. */
  | {
      readonly type: 'unit.started';
      readonly topic: string;
      readonly partition: number;
      readonly oldestTime: number;
    }
  /** A unit is indexed and committed. Times in milliseconds since the epoch: of its audit events, of its records in Kafka. */
  | {
      readonly type: 'unit.indexed';
      readonly actTimes: readonly number[];
      readonly recordTimes: readonly number[];
    }
  /** What became of the audit events of one unit: one event a unit, so that counting costs nothing per record. */
  | { readonly type: 'events.processed'; readonly counts: readonly EventCount[] }
  /** `actTime` in milliseconds since the epoch. */
  | {
      readonly type: 'candidate.found';
      readonly kind: CandidateKind;
      readonly severity: Severity;
      readonly actTime: number;
    }
  | { readonly type: 'record.dead-lettered'; readonly reason: DeadLetterReason }
  | {
      readonly type: 'bulk.finished';
      readonly seconds: number;
      readonly items: Readonly<Record<string, number>>;
    }
  /** How many bulk requests may be under way from now on. */
  | { readonly type: 'bulk.concurrency'; readonly limit: number }
  /** Somebody has to act (a write block, a closed index, refused credentials): the writer waits and tries again. */
  | {
      readonly type: 'bulk.blocked';
      readonly cause: string;
      /** In words, for a person: the missing privilege, what is wrong with the certificate. */
      readonly detail?: string;
      readonly items: number;
      readonly delaySeconds: number;
    }
  | {
      readonly type: 'bulk.retrying';
      readonly attempt: number;
      readonly items: number;
      readonly delaySeconds: number;
      readonly cause: string;
      readonly detail?: string;
    }
  /** A certificate, key or secret was exchanged for one that cannot be used: the one before stays. */
  | {
      readonly type: 'connection-file.refused';
      readonly peer: ConnectionPeer;
      readonly message: string;
    }
  /** The schema registry cannot be asked: the unit waits and tries again. */
  | {
      readonly type: 'schema-registry.retrying';
      readonly attempt: number;
      readonly delaySeconds: number;
      readonly message: string;
    }
  /** OpenSearch does not show what the index of desired resources holds: the sweep waits and tries again. */
  | {
      readonly type: 'desired-index.retrying';
      readonly attempt: number;
      readonly delaySeconds: number;
      readonly message: string;
    }
  /** Something that the service needs has begun to answer, or has ceased to. */
  | {
      readonly type: 'need.changed';
      readonly need: string;
      readonly up: boolean;
      /** Why not; empty where it answers. */
      readonly reason: string;
    }
  | {
      readonly type: 'client.logged';
      /** The log line's own level; a field `level` would stand in it twice. */
      readonly severity: 'debug' | 'info' | 'warn' | 'error';
      readonly client: 'kafkajs' | 'opensearch' | 'opentelemetry';
      readonly namespace: string;
      readonly message: string;
      readonly detail?: string;
    }
  /** Keys whose change counts from now on, and those that count after a restart. */
  | {
      readonly type: 'config.reloaded';
      readonly file: string;
      readonly taken: readonly string[];
      readonly needRestart: readonly string[];
    }
  /** A changed file has faults: what was before stays. */
  | { readonly type: 'config.refused'; readonly file: string; readonly message: string }
  /** `ended` of the rules have had their last day. */
  | {
      readonly type: 'ignore-rules.loaded';
      readonly file: string;
      readonly rules: number;
      readonly ended: number;
    }
  | {
      readonly type: 'ignore-rule.ended';
      readonly id: string;
      readonly owner?: string;
      /** The last day, UTC. */
      readonly expires?: string;
    }
  /** The file has changed and has faults: the rules before stay. */
  | { readonly type: 'ignore-rules.refused'; readonly file: string; readonly message: string }
  | {
      readonly type: 'setup.template';
      readonly name: string;
      readonly action: 'created' | 'updated' | 'unchanged';
    }
  | {
      readonly type: 'transaction.finished';
      readonly outcome: 'committed' | 'aborted' | 'failed';
      readonly seconds: number;
    }
  | {
      readonly type: 'unit.finished';
      readonly topic: string;
      readonly partition: number;
      readonly nextOffset: string;
      readonly records: number;
      /** Records from `nextOffset` to the end of the partition, as the last fetch told it. */
      readonly lag: number;
      readonly seconds: number;
    };

export interface Telemetry {
  emit(event: TelemetryEvent): void;
}
