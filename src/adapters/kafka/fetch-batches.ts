import { createRequire } from 'node:module';
import { answerMemory } from './answer-memory.ts';
import type { ClusterBroker } from './kafkajs-cluster.ts';

const FETCH = 1;
/** The last version that kafkajs 2.2.4 can ask in. Kafka 2.3. */
const NEWEST = 11;
/** The first one that tells aborted transactions and brings format 2. Kafka 0.11. */
const OLDEST = 4;

/** Sizes in bytes. A broker sends one batch at least, however large. */
export interface FetchLimits {
  readonly maxBytes: number;
  readonly maxBytesPerPartition: number;
  /** Milliseconds that the broker waits for a record to come. */
  readonly maxWaitMs: number;
}

export interface FetchedPartition {
  readonly partition: number;
  /** Kafka's code; 0: none. */
  readonly errorCode: number;
  readonly highWatermark: bigint;
  /** Transactions that were aborted and have records in what was fetched. */
  readonly aborted: readonly { readonly producerId: bigint; readonly firstOffset: bigint }[];
  /** Batches one behind the other; the last may be cut. Part of the answer's memory. */
  readonly batches: Buffer;
}

export interface FetchAnswer {
  readonly errorCode: number;
  readonly partitions: readonly FetchedPartition[];
  /** Nobody reads the batches any more: their memory is used again. */
  readonly release: () => void;
}

/** As kafkajs looks into it. */
interface ReadAnswer extends FetchAnswer {
  readonly clientSideThrottleTime: number;
}

interface KafkajsFetch {
  readonly protocol: (options: { readonly version: number }) => (request: object) => {
    readonly request: {
      readonly apiKey: number;
      readonly apiVersion: number;
      readonly apiName: string;
      readonly encode: () => Promise<object>;
    };
  };
}

const answerOf = (raw: Buffer, version: number): ReadAnswer => {
  let at = 0;
  const int16 = (): number => raw.readInt16BE((at += 2) - 2);
  const int32 = (): number => raw.readInt32BE((at += 4) - 4);
  const int64 = (): bigint => raw.readBigInt64BE((at += 8) - 8);
  const clientSideThrottleTime = int32();
  const errorCode = version >= 7 ? int16() : 0;
  if (version >= 7) at += 4;
  const partitions: FetchedPartition[] = [];
  for (let topics = int32(); topics > 0; topics--) {
    const name = int16();
    at += name;
    for (let left = int32(); left > 0; left--) {
      const partition = int32();
      const error = int16();
      const highWatermark = int64();
      // The last stable offset, and from version 5 the first one.
      at += version >= 5 ? 16 : 8;
      const aborted: { readonly producerId: bigint; readonly firstOffset: bigint }[] = [];
      for (let each = int32(); each > 0; each--)
        aborted.push({ producerId: int64(), firstOffset: int64() });
      if (version >= 11) at += 4;
      const length = Math.max(int32(), 0);
      const batches = raw.subarray(at, at + length);
      at += length;
      partitions.push({ partition, errorCode: error, highWatermark, aborted, batches });
    }
  }
  let released = false;
  const release = (): void => {
    if (released) return;
    released = true;
    answerMemory.giveBack(raw);
  };
  return { clientSideThrottleTime, errorCode, partitions, release };
};

/** Fetches committed batches of a topic from the broker that leads the partitions, undecoded. */
export const fetchBatches = async (
  broker: ClusterBroker,
  topic: string,
  positions: readonly { readonly partition: number; readonly offset: bigint }[],
  limits: FetchLimits,
): Promise<FetchAnswer> => {
  const version = Math.max(OLDEST, Math.min(NEWEST, broker.versions?.[FETCH]?.maxVersion ?? 0));
  const { protocol } = createRequire(import.meta.url)(
    'kafkajs/src/protocol/requests/fetch/index.js',
  ) as KafkajsFetch;
  const { request } = protocol({ version })({
    maxWaitTime: limits.maxWaitMs,
    minBytes: 1,
    maxBytes: limits.maxBytes,
    topics: [
      {
        topic,
        partitions: positions.map(({ partition, offset }) => ({
          partition,
          fetchOffset: String(offset),
          maxBytes: limits.maxBytesPerPartition,
        })),
      },
    ],
  });
  return broker.connectionPool.send({
    request,
    response: {
      decode: async (raw) => answerOf(raw, version),
      parse: async (answer: ReadAnswer) => answer,
    },
  });
};
