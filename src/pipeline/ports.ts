import type { PartitionControl } from '../codec/partition-control.ts';
import type { DesiredResource } from '../core/model/desired-resource.ts';
import type { SourceContent } from '../core/model/source-content.ts';

/** A Kafka message as received. */
export interface InputRecord {
  readonly topic: string;
  readonly partition: number;
  /** Decimal text: offsets pass 2^53. */
  readonly offset: string;
  /** Broker or producer time, in milliseconds since the epoch. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<
    Record<string, Buffer | string | readonly (Buffer | string)[] | undefined>
  >;
}

/** One batch of one partition: the unit that is indexed and then committed as one. */
export interface InputBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly InputRecord[];
  /** The offset to commit after this batch: one past its last, control records included. */
  readonly nextOffset: string;
  /** Offset of the end of the partition when the batch was fetched. */
  readonly highWatermark: string;
  /** Offsets of records that an operator has ordered to skip: each becomes a dead letter. */
  readonly skip?: ReadonlySet<string>;
}

export interface OutputRecord {
  readonly topic: string;
  readonly key: Buffer | string | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, Buffer | string | readonly (Buffer | string)[]>>;
}

/** What holds during one unit: keeps the group membership alive, and ends it when the partition is lost or on shutdown. */
export interface UnitScope {
  readonly signal: AbortSignal;
  /** Call at least every few seconds of waiting. Throws when the group has moved on. */
  heartbeat(): Promise<void>;
}

/** Writes the outputs and the consumed offset of one partition in one Kafka transaction. */
export interface UnitCommitter {
  commit(batch: InputBatch, outputs: readonly OutputRecord[], scope: UnitScope): Promise<void>;
}

/** Versions are decimal text. */
export type DocumentWrite =
  | 'create'
  | { readonly replace: string }
  | { readonly supersede: string }
  | { readonly remove: string };

/** One document to be indexed, or to be removed. */
export interface IndexDocument {
  readonly index: string;
  /** At most 512 bytes. */
  readonly id: string;
  /** One line of JSON, UTF-8, without a line end; empty to remove. */
  readonly body: Buffer;
  /**
   * `create`: written once; `replace` and `remove`: the highest version wins, an equal one too; `supersede`: only a
   * higher version than that of the document that is there.
   */
  readonly write: DocumentWrite;
  /** SHA-256 of the record, hex, for `create`: an existing document with the same hash is a success. */
  readonly hash?: string;
  /** Where the record stands in Kafka, for `create`: tells a second attempt from a second delivery. */
  readonly origin?: RecordOrigin;
}

/** The place of a record in Kafka; `offset` in decimal text. */
export type RecordOrigin = Pick<InputRecord, 'topic' | 'partition' | 'offset'>;

export type DocumentResult =
  | { readonly status: 'written' | 'superseded' }
  /** The document is there already: of an earlier attempt at this record. */
  | { readonly status: 'unchanged' }
  /** The document is there already: of the same record at another place, whose unit tells its candidates. */
  | { readonly status: 'delivered_before' }
  /** Another record's document has this id. */
  | { readonly status: 'conflict' }
  /** OpenSearch will never take this document. */
  | { readonly status: 'rejected'; readonly message: string };

/** Writes documents until each has a result; one result a document, in order. Throws only when aborted or beyond its patience. */
export interface DocumentWriter {
  write(documents: readonly IndexDocument[], scope: UnitScope): Promise<readonly DocumentResult[]>;
}

/** Milliseconds since the epoch. */
export type Clock = () => number;

/** Where states of infrastructure as code come from: files, buckets and workspaces alike. */
export interface StateSource {
  /** Each file once, in a stable order. A file that cannot be had is a failure in its place; the rest goes on. */
  files(signal: AbortSignal): AsyncIterable<StateFile | StateFileFailure>;
}

export interface StateFile {
  readonly ok: true;
  /** What to name it by: a path or URL, without credentials. */
  readonly source: string;
  /** Decompressed. */
  readonly content: SourceContent;
  /** Found in a folder by an ending that others have too: where it is no state it is passed over. */
  readonly guessed?: true;
}

/** A source that tells versions, so that what has not changed need not be fetched again. */
export interface WatchableStateSource {
  /** What to name it by, without credentials. */
  readonly name: string;
  /**
   * Each file once, in a stable order.
   * @param known versions that need not be had again, by the `source` of the file
   */
  poll(known: ReadonlyMap<string, string>, signal: AbortSignal): AsyncIterable<StatePoll>;
}

export type StatePoll = VersionedStateFile | UnchangedStateFile | StateFileFailure;

/** Equal versions mean equal content. */
export interface VersionedStateFile extends StateFile {
  readonly version: string;
}

export interface UnchangedStateFile {
  readonly ok: true;
  readonly source: string;
  readonly unchanged: true;
}

export const STATE_FILE_FAILURES = [
  'not_found',
  'no_match',
  'not_readable',
  'too_large',
  'not_gzip',
  'invalid_location',
  'sdk_missing',
  'refused',
  'unavailable',
  'too_many',
] as const;

export interface StateFileFailure {
  readonly ok: false;
  readonly reason: (typeof STATE_FILE_FAILURES)[number];
  readonly source: string;
  readonly message: string;
}

/** What one publish of a scope writes to the topic of desired resources. */
export interface DesiredStateChanges {
  /** Gone through once. */
  readonly upserts: Iterable<DesiredResource>;
  /** Keys that code no longer owns. */
  readonly tombstones: readonly string[];
}

/** The right to publish one scope: whoever begins later for the same scope takes it away. */
export interface ScopePublication {
  /** Writes all or nothing. Throws a typed error, or the signal's reason. */
  write(changes: DesiredStateChanges, signal: AbortSignal): Promise<void>;
  /** Ends the publication; without `write` nothing has been published. */
  close(): Promise<void>;
}

/** The topic of desired resources, as a publisher sees it; `Held` is what it keeps of a resource. */
export interface DesiredStateTopic<Held> {
  /** What the topic holds, by key; undefined for a value that cannot be decoded. Follows the topic. */
  readonly held: ReadonlyMap<string, Held | undefined>;
  /** Resolves once `held` has all that was committed at the call. */
  catchUp(signal: AbortSignal): Promise<void>;
  /** `records`: about how many are to be written; the more, the longer it may take. */
  begin(scope: string, records: number): Promise<ScopePublication>;
  close(): Promise<void>;
}

/** Where a group stands in one partition of a topic. */
export interface PartitionStatus {
  readonly partition: number;
  /** The first offset that the partition holds, and one past the last. */
  readonly low: bigint;
  readonly high: bigint;
  /** Undefined: the group has committed nothing yet. */
  readonly committed: bigint | undefined;
  readonly control: PartitionControl;
}

/** What is to be committed for a partition, with the records that go out in the same transaction. */
export interface PartitionOrder {
  readonly offset: bigint;
  readonly control: PartitionControl;
  readonly outputs: readonly OutputRecord[];
}

/** The consumption of one topic by one group, as an operator sees it. */
export interface Consumption {
  readonly topic: string;
  readonly deadLetters: string;
  status(): Promise<readonly PartitionStatus[]>;
  /** How many members the group has. Throws a typed error where there is no such group. */
  members(): Promise<number>;
  /** The first offset of each partition whose record is not older than `time`; the end where there is none. */
  offsetsAt(time: number): Promise<ReadonlyMap<number, bigint>>;
  /**
   * Takes the partition from the member that holds it, gives `plan` what is committed, and commits what it gives. The
   * member finds the order when it commits, or within seconds where it is idle. `refused`: what `plan` said.
   */
  order(
    partition: number,
    plan: (status: PartitionStatus) => PartitionOrder | { readonly refused: string },
  ): Promise<{ readonly refused: string } | undefined>;
}
