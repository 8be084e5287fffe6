import { visitTexts } from '../../codec/desired-resource-layout.ts';
import { emptyParts, type PayloadParts } from '../../codec/desired-resource-parts.ts';
import type { DesiredPayloads } from '../../codec/desired-resource-payload.ts';
import {
  createRecordCursor,
  type PackedRecords,
  type RecordCursor,
} from '../../codec/record-batch.ts';
import {
  ABSENT,
  ACCOUNT_END,
  ACCOUNT_START,
  COUNT,
  KEY_END,
  KEY_HIGH,
  KEY_LOW,
  KEY_START,
  PAYLOAD_END,
  PAYLOAD_START,
  PROVIDER_END,
  PROVIDER_START,
  RECORD_WORDS,
  type LocatedRecords,
} from './located-records.ts';
import { sameBytes } from './same-bytes.ts';
import { createTextHash, hashBytes, IDENTITY_SEED, KEY_SEED } from './text-hash.ts';

/** A record that the store did not take; what its key held before stays. */
export interface RejectedRecord {
  readonly partition: number;
  readonly offset: number;
  readonly message: string;
}

/** Finds keys and payloads in the records of a batch, and hashes what they are found by. */
export interface RecordLocator {
  begin(partition: number, records: PackedRecords): void;
  /**
   * The next of the records, about 1 MiB; undefined behind the last. Its words hold until the next call.
   * @throws RecordBatchError
   */
  next(): (LocatedRecords & { readonly isLast: boolean }) | undefined;
}

/** A batch may be much larger: its records go in pieces, so that neither they nor their words are held at once. */
const PIECE_BYTES = 1024 * 1024;
const PIECE_WORDS = 131_072;
const FIRST_WORDS = 16_384;

export const createRecordLocator = (
  payloads: Pick<DesiredPayloads, 'locate'>,
  onRejected: (rejected: RejectedRecord) => void,
): RecordLocator => {
  const cursor = createRecordCursor();
  const parts = emptyParts();
  const hash = createTextHash();
  let partition = 0;
  let words = new Uint32Array(FIRST_WORDS);
  let size = 0;
  /** Where the piece begins in the batch. */
  let start = 0;
  let converted: Buffer[] = [];
  let convertedBytes = 0;
  /** Where the words of what was converted are: as if the piece had no bytes, until its end is known. */
  let convertedAt: number[] = [];

  const reserve = (count: number): void => {
    if (size + count <= words.length) return;
    const larger = new Uint32Array(2 * (size + count));
    larger.set(words.subarray(0, size));
    words = larger;
  };

  const addHash = (from: number, to: number): void => {
    reserve(2);
    hashBytes(hash, IDENTITY_SEED, parts.bytes, from, to);
    words[size++] = hash.high;
    words[size++] = hash.low;
  };

  /** How far the words of a payload are from its offsets; one that was converted comes behind all of the piece. */
  const shiftOf = (payload: PayloadParts, record: Buffer, at: number): number => {
    if (payload.bytes === record) return -start;
    const shift = convertedBytes - payload.start;
    converted.push(payload.bytes.subarray(payload.start, payload.end));
    convertedBytes += payload.end - payload.start;
    convertedAt.push(at);
    return shift;
  };

  /** @returns why the record is not taken */
  const add = ({ bytes, keyStart, keyEnd, valueStart, valueEnd }: RecordCursor) => {
    if (keyEnd < 0) return 'The record has no key.';
    if (valueEnd >= 0) {
      const failure = payloads.locate(bytes, valueStart, valueEnd, parts);
      if (failure !== undefined) return failure.message;
      const length = keyEnd - keyStart;
      if (
        parts.keyEnd - parts.keyStart !== length ||
        !sameBytes(bytes, keyStart, parts.bytes, parts.keyStart, length)
      )
        return 'The resource has another key than the record.';
    }
    reserve(RECORD_WORDS);
    const at = size;
    size += RECORD_WORDS;
    hashBytes(hash, KEY_SEED, bytes, keyStart, keyEnd);
    words[at + KEY_START] = keyStart - start;
    words[at + KEY_END] = keyEnd - start;
    words[at + KEY_HIGH] = hash.high;
    words[at + KEY_LOW] = hash.low;
    words[at + PAYLOAD_END] = ABSENT;
    words[at + ACCOUNT_END] = ABSENT;
    words[at + COUNT] = 0;
    if (valueEnd < 0) return undefined;
    const shift = shiftOf(parts, bytes, at);
    words[at + PAYLOAD_START] = shift + parts.start;
    words[at + PAYLOAD_END] = shift + parts.end;
    words[at + PROVIDER_START] = shift + parts.providerStart;
    words[at + PROVIDER_END] = shift + parts.providerEnd;
    if (parts.accountEnd >= 0) {
      words[at + ACCOUNT_START] = shift + parts.accountStart;
      words[at + ACCOUNT_END] = shift + parts.accountEnd;
    }
    visitTexts(parts.bytes, parts.identities, addHash);
    words[at + COUNT] = (size - at - RECORD_WORDS) / 2;
    return undefined;
  };

  const isFull = (): boolean =>
    cursor.at - start + convertedBytes >= PIECE_BYTES || size >= PIECE_WORDS;

  return {
    begin: (of, records) => {
      partition = of;
      cursor.reset(records);
    },
    next: () => {
      size = 0;
      start = cursor.at;
      converted = [];
      convertedBytes = 0;
      convertedAt = [];
      let end = start;
      while (!isFull() && cursor.next()) {
        // Records before those that are meant are passed over, and left out.
        if (end === start) start = cursor.recordStart;
        const message = add(cursor);
        if (message !== undefined) onRejected({ partition, offset: cursor.offset, message });
        end = cursor.at;
      }
      if (end === start) return undefined;
      const bytes = cursor.bytes.subarray(start, end);
      for (const at of convertedAt)
        for (const offset of PAYLOAD_OFFSETS)
          if (words[at + offset] !== ABSENT) words[at + offset]! += bytes.length;
      const isLast = end === cursor.bytes.length;
      return { bytes, converted, words: words.subarray(0, size), isLast };
    },
  };
};

/** Offsets in the words of a record that lie in its payload. */
const PAYLOAD_OFFSETS = [
  PAYLOAD_START,
  PAYLOAD_END,
  PROVIDER_START,
  PROVIDER_END,
  ACCOUNT_START,
  ACCOUNT_END,
];
