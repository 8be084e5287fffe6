import {
  createRecordCursor,
  type PackedRecords,
  type RecordCursor,
} from '../../codec/record-batch.ts';
import type { DesiredResource } from '../../core/model/desired-resource.ts';
import type { RecordFailure } from '../../core/model/outcome.ts';
import type { Telemetry } from '../../telemetry/telemetry-event.ts';

/** What a reader of the topic finds before it begins. */
export interface TopicFacts {
  readonly origin: {
    readonly topic: string;
    /** Undefined where the brokers do not tell it. */
    readonly topicId: string | undefined;
    readonly clusterId: string | undefined;
  };
  readonly ranges: readonly {
    readonly partition: number;
    readonly low: bigint;
    /** One past the last committed record. */
    readonly high: bigint;
  }[];
  /** Milliseconds that the topic keeps a tombstone at least. */
  readonly tombstonesKeptMs: number;
}

/** What the records of the topic go into. The desired-state store on disk is one. */
export interface DesiredStateSink {
  readonly index: { readonly size: number };
  /** Whether it keeps what it has beyond the process, and so wants to know how old that is. */
  readonly durable: boolean;
  /**
   * Where to go on, by partition; a partition that is missing is read from its beginning. `facts` are on their way: what
   * takes time is done meanwhile. Rejects as they do.
   */
  open(facts: Promise<TopicFacts>): Promise<{
    readonly positions: ReadonlyMap<number, bigint>;
    /** Why what was there was thrown away. */
    readonly rebuilt: string | undefined;
  }>;
  /**
   * Takes records of one partition, in order, and keeps nothing of their memory; `next` is one past the last offset of
   * the batch. May keep them back until `settle`. Called again once it has resolved.
   */
  write(partition: number, records: readonly PackedRecords[], next: bigint): Promise<void>;
  /** Resolves once lookups find all that was written. `currentTime`: when this is all that the topic had, in milliseconds since the epoch. */
  settle(currentTime: number): Promise<void>;
}

/** What keeps decoded resources in memory. */
export interface DesiredStateTarget {
  upsert(resource: DesiredResource): void;
  remove(key: string): void;
  /** Told of a record whose value cannot be decoded; what the key held before stays unless this removes it. */
  undecodable?(key: string): void;
  readonly size: number;
}

/** Decodes each record on this thread, into memory: for publishers, which need whole resources. */
export const decodingSink = (options: {
  readonly topic: string;
  readonly target: DesiredStateTarget;
  /** A failure is one record's; a throw is one of the surroundings, such as the registry, and ends the reader. */
  readonly decode: (value: Buffer) => Promise<DesiredResource | RecordFailure>;
  readonly telemetry: Telemetry;
}): DesiredStateSink => {
  const { topic, target, decode, telemetry } = options;

  const cursor = createRecordCursor();

  const apply = async (partition: number, record: RecordCursor): Promise<void> => {
    const { bytes, keyStart, keyEnd, valueStart, valueEnd } = record;
    const offset = String(record.offset);
    const key = keyEnd < 0 ? undefined : bytes.toString('utf8', keyStart, keyEnd);
    const undecodable = (message: string): void => {
      telemetry.emit({ type: 'desired-state.undecodable', topic, partition, offset, message });
      if (key !== undefined) target.undecodable?.(key);
    };
    if (key === undefined) return undecodable('The record has no key.');
    if (valueEnd < 0) return target.remove(key);
    // A copy: what is decoded may keep parts of it.
    const decoded = await decode(Buffer.from(bytes.subarray(valueStart, valueEnd)));
    if (!('key' in decoded)) return undecodable(decoded.message);
    if (decoded.key !== key) return undecodable('The resource has another key than the record.');
    target.upsert(decoded);
  };

  return {
    index: target,
    durable: false,
    open: async (facts) => {
      await facts;
      return { positions: new Map(), rebuilt: undefined };
    },
    write: async (partition, records) => {
      for (const packed of records) {
        cursor.reset(packed);
        while (cursor.next()) await apply(partition, cursor);
      }
    },
    settle: async () => undefined,
  };
};
