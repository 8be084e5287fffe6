import type { ByteWriter } from './byte-writer.ts';
import { crc32c } from './crc32c.ts';

/** A record to write. A text is written as UTF-8. */
export interface BatchMessage {
  readonly key?: Buffer | string | null | undefined;
  /** Null: a tombstone. */
  readonly value: Buffer | string | null;
  readonly headers?: Readonly<Record<string, HeaderValue | readonly HeaderValue[] | undefined>>;
  /** Milliseconds since the epoch, decimal. Default: `now` of the batch. */
  readonly timestamp?: string | null | undefined;
}

type HeaderValue = Buffer | string;

/** What a batch says besides its records. */
export interface BatchHead {
  readonly isTransactional: boolean;
  /** -1: no producer id. */
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const MAGIC = 2;
const TRANSACTIONAL_BIT = 0x10;
/** Where the CRC begins to count: behind offset, length, leader's epoch, magic and the CRC itself. */
const CRC_AT = 17;
const CRC_FROM = 21;
const LENGTH_AT = 8;
const LENGTH_FROM = 12;
/** No leader's epoch is known to a producer. */
const NO_EPOCH = 0;

const writeHeader = (to: ByteWriter, name: string, value: HeaderValue | undefined): void => {
  to.sized(name);
  to.sized(value ?? null);
};

const writeHeaders = (to: ByteWriter, headers: BatchMessage['headers'] = {}): void => {
  const names = Object.keys(headers);
  to.varint(
    names.reduce((sum, name) => {
      const values = headers[name];
      return sum + (Array.isArray(values) ? values.length : 1);
    }, 0),
  );
  for (const name of names) {
    const values = headers[name];
    if (Array.isArray(values))
      for (const value of values as readonly HeaderValue[]) writeHeader(to, name, value);
    else writeHeader(to, name, values as HeaderValue | undefined);
  }
};

const writeRecord = (
  to: ByteWriter,
  { key, value, headers }: BatchMessage,
  offsetDelta: number,
  timestampDelta: number,
): void => {
  const start = to.length;
  to.int8(0);
  to.varint(timestampDelta);
  to.varint(offsetDelta);
  to.sized(key ?? null);
  to.sized(value);
  writeHeaders(to, headers);
  to.sizeFrom(start);
};

/**
 * Writes messages as one record batch of format 2, not compressed: https://kafka.apache.org/documentation/#recordbatch
 * @param messages one at least
 */
export const writeRecordBatch = (
  to: ByteWriter,
  messages: readonly BatchMessage[],
  head: BatchHead,
): void => {
  const { now } = head;
  const times = messages.map(({ timestamp }) =>
    timestamp === undefined || timestamp === null ? now : Number(timestamp),
  );
  const [first = now] = times;
  const start = to.length;
  to.int64(0n);
  to.int32(0);
  to.int32(NO_EPOCH);
  to.int8(MAGIC);
  to.int32(0);
  to.int16(head.isTransactional ? TRANSACTIONAL_BIT : 0);
  to.int32(messages.length - 1);
  to.int64(BigInt(first));
  to.int64(BigInt(times.reduce((most, time) => Math.max(most, time), first)));
  to.int64(head.producerId);
  to.int16(head.producerEpoch);
  to.int32(head.firstSequence);
  to.int32(messages.length);
  for (const [at, message] of messages.entries())
    writeRecord(to, message, at, (times[at] ?? now) - first);
  const batch = to.written().subarray(start);
  batch.writeInt32BE(batch.length - LENGTH_FROM, LENGTH_AT);
  batch.writeUInt32BE(crc32c(batch.subarray(CRC_FROM)), CRC_AT);
};
