/**
 * Kafka's record batches of format 2 (magic 2), the only one that brokers write since 0.11:
 * https://kafka.apache.org/documentation/#recordbatch
 */
export interface RecordBatch {
  readonly baseOffset: bigint;
  /** One past the last offset the batch has had, also where compaction removed its last records. */
  readonly next: bigint;
  /** 0: not compressed; 1: gzip; 2: snappy; 3: lz4; 4: zstd. */
  readonly compression: number;
  readonly isTransactional: boolean;
  readonly isControl: boolean;
  readonly producerId: bigint;
  /** Records that are there. */
  readonly count: number;
  /** Where the records lie, compressed or not. */
  readonly start: number;
  readonly end: number;
}

/** Bytes that are no batch of format 2. */
export class RecordBatchError extends Error {}

/** Records of a batch of one partition, not compressed any more. */
export interface PackedRecords {
  readonly baseOffset: number;
  /** Records before this offset are not meant: a fetch brings whole batches. */
  readonly from: number;
  readonly count: number;
  /** One past the last offset of the batch. */
  readonly next: number;
  /** Not kept by who is given it. */
  readonly bytes: Buffer;
}

const HEADER_BYTES = 61;
const LENGTH_AT = 8;
/** The length counts from here. */
const LENGTH_FROM = 12;
const MAGIC_AT = 16;
const ATTRIBUTES_AT = 21;
const LAST_DELTA_AT = 23;
const PRODUCER_AT = 43;
const COUNT_AT = 57;
const COMPRESSION_BITS = 0x07;
const TRANSACTIONAL_BIT = 0x10;
const CONTROL_BIT = 0x20;

/**
 * The batch at a position; undefined where only a part of it is there, as at the end of a fetch.
 * @throws RecordBatchError
 */
export const batchAt = (bytes: Buffer, at: number): RecordBatch | undefined => {
  if (bytes.length - at < HEADER_BYTES) return undefined;
  const magic = bytes.readInt8(at + MAGIC_AT);
  if (magic !== 2) {
    throw new RecordBatchError(
      `A batch is in message format ${magic}: only format 2 (Kafka 0.11 and later) can be read.`,
    );
  }
  const end = at + LENGTH_FROM + bytes.readInt32BE(at + LENGTH_AT);
  if (end < at + HEADER_BYTES)
    throw new RecordBatchError('A batch is shorter than its own header.');
  if (end > bytes.length) return undefined;
  const attributes = bytes.readInt16BE(at + ATTRIBUTES_AT);
  const baseOffset = bytes.readBigInt64BE(at);
  return {
    baseOffset,
    next: baseOffset + BigInt(bytes.readInt32BE(at + LAST_DELTA_AT)) + 1n,
    compression: attributes & COMPRESSION_BITS,
    isTransactional: (attributes & TRANSACTIONAL_BIT) !== 0,
    isControl: (attributes & CONTROL_BIT) !== 0,
    producerId: bytes.readBigInt64BE(at + PRODUCER_AT),
    count: bytes.readInt32BE(at + COUNT_AT),
    start: at + HEADER_BYTES,
    end,
  };
};

/** Goes from record to record; the fields are of the record it stands at, and offsets into `bytes`. */
export interface RecordCursor {
  readonly bytes: Buffer;
  readonly offset: number;
  readonly keyStart: number;
  /** -1: the record has no key. */
  readonly keyEnd: number;
  readonly valueStart: number;
  /** -1: a tombstone. */
  readonly valueEnd: number;
  readonly recordStart: number;
  /** One past the record, or where the first begins. */
  readonly at: number;
  /** Stands at the first record next. */
  reset(packed: PackedRecords): void;
  /** False behind the last record. @throws RecordBatchError */
  next(): boolean;
}

class Cursor implements RecordCursor {
  bytes: Buffer = Buffer.alloc(0);
  offset = 0;
  keyStart = 0;
  keyEnd = -1;
  valueStart = 0;
  valueEnd = -1;
  recordStart = 0;
  at = 0;
  #left = 0;
  #base = 0;
  #from = 0;

  reset({ bytes, baseOffset, from, count }: PackedRecords): void {
    this.bytes = bytes;
    this.at = 0;
    this.#left = count;
    this.#base = baseOffset;
    this.#from = from;
  }

  next(): boolean {
    while (this.#left > 0) {
      this.#left--;
      this.recordStart = this.at;
      const length = this.#varint();
      const end = this.at + length;
      if (length < 0 || end > this.bytes.length)
        throw new RecordBatchError('A record is longer than its batch.');
      // Attributes, which nothing uses, and the time, which may have more than 32 bits.
      this.at++;
      this.#passLong();
      this.offset = this.#base + this.#varint();
      this.keyEnd = this.#field();
      this.keyStart = this.#fieldStart;
      this.valueEnd = this.#field();
      this.valueStart = this.#fieldStart;
      if (this.at > end) throw new RecordBatchError('A field is longer than its record.');
      // Headers are passed over.
      this.at = end;
      if (this.offset >= this.#from) return true;
    }
    return false;
  }

  #fieldStart = 0;

  /** Passes over a field. @returns its end, or -1 where it is null */
  #field(): number {
    const length = this.#varint();
    this.#fieldStart = this.at;
    if (length < 0) return -1;
    this.at += length;
    return this.at;
  }

  #varint(): number {
    const { bytes } = this;
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = bytes[this.at++];
      if (byte === undefined) break;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1);
    }
    throw new RecordBatchError('A batch has a broken integer.');
  }

  #passLong(): void {
    const { bytes } = this;
    while ((bytes[this.at++] ?? 0) >= 0x80);
  }
}

export const createRecordCursor = (): RecordCursor => new Cursor();

const FIRST_TIMESTAMP_AT = 27;

/** The time of the first record that a batch has had, in milliseconds since the epoch. `at` is where the batch begins. */
export const firstTimestamp = (bytes: Buffer, at: number): number =>
  Number(bytes.readBigInt64BE(at + FIRST_TIMESTAMP_AT));

/**
 * Whether a control batch ends a transaction by aborting it. Its one record has the key `version: int16, type: int16`,
 * type 0 for an abort.
 */
export const isAbortMarker = (bytes: Buffer, batch: RecordBatch): boolean => {
  const cursor = createRecordCursor();
  cursor.reset({
    bytes: bytes.subarray(batch.start, batch.end),
    baseOffset: 0,
    from: 0,
    count: batch.count,
    next: 0,
  });
  return (
    cursor.next() &&
    cursor.keyEnd - cursor.keyStart >= 4 &&
    cursor.bytes.readInt16BE(cursor.keyStart + 2) === 0
  );
};
