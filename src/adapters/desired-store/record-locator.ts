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

/**
 * Finds keys and payloads in records, and hashes what they are found by. The words it returns hold until the next call.
 * @throws RecordBatchError
 */
export type RecordLocator = (partition: number, records: PackedRecords) => LocatedRecords;

const FIRST_WORDS = 16_384;

export const createRecordLocator = (
  payloads: Pick<DesiredPayloads, 'locate'>,
  onRejected: (rejected: RejectedRecord) => void,
): RecordLocator => {
  const cursor = createRecordCursor();
  const parts = emptyParts();
  const hash = createTextHash();
  let words = new Uint32Array(FIRST_WORDS);
  let size = 0;
  let converted: Buffer[] = [];
  /** One past the last byte of all that came and was converted. */
  let end = 0;

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

  /** How far offsets into `of` are from those of the record. */
  const placeOf = ({ bytes, start, end: stop }: PayloadParts, of: Buffer): number => {
    if (bytes === of) return 0;
    const payload = bytes.subarray(start, stop);
    converted.push(payload);
    const shift = end - start;
    end += payload.length;
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
    words[at + KEY_START] = keyStart;
    words[at + KEY_END] = keyEnd;
    words[at + KEY_HIGH] = hash.high;
    words[at + KEY_LOW] = hash.low;
    words[at + PAYLOAD_END] = ABSENT;
    words[at + ACCOUNT_END] = ABSENT;
    words[at + COUNT] = 0;
    if (valueEnd < 0) return undefined;
    const shift = placeOf(parts, bytes);
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

  return (partition, records) => {
    size = 0;
    converted = [];
    end = records.bytes.length;
    cursor.reset(records);
    while (cursor.next()) {
      const message = add(cursor);
      if (message !== undefined) onRejected({ partition, offset: cursor.offset, message });
    }
    return { bytes: records.bytes, converted, words: words.subarray(0, size) };
  };
};
