import type { JsonObject } from '../core/model/json.ts';
import { DEFAULT_MAX_DEPTH, DEFAULT_MAX_RECORD_BYTES } from './codec-limits.ts';
import { decodeFailure, failedRecord, isFailure } from './decoded-record.ts';
import type { DecodedRecord, SchemaDecoder } from './decoded-record.ts';
import { gunzip, isGzip } from './gunzip.ts';
import { decodeJsonEvents, type JsonEventLimits } from './json-events.ts';
import { readJsonRecord } from './json-record.ts';

export interface DecodeOptions {
  /** Largest record in bytes, also after decompression. Default 8 MiB. */
  readonly maxRecordBytes?: number;
  /** Deepest nesting of JSON. Default 64. */
  readonly maxDepth?: number;
  /** What is known of where the record came from beside its value: read as its outermost envelope. */
  readonly origin?: JsonObject | undefined;
  /** Reads Avro; without it an Avro record fails with `unknown_schema`. */
  readonly avro?: SchemaDecoder;
}

const decodeJson = (
  bytes: Buffer,
  limits: JsonEventLimits,
  origin: JsonObject | undefined,
): DecodedRecord => {
  const record = readJsonRecord(bytes, limits.maxDepth);
  return isFailure(record) ? failedRecord(record) : decodeJsonEvents(record, limits, origin);
};

const tooLarge = (maxBytes: number): DecodedRecord =>
  failedRecord(decodeFailure('too_large', `The value is larger than ${maxBytes} bytes.`));

/**
 * The audit events of a record's value. Recognised by the first bytes: Confluent wire format (0x00 and a schema id),
 * Avro single-object encoding (C3 01), gzip, otherwise JSON (see `decodeJsonEvents`).
 * A promise only where a schema must be fetched; it rejects where the registry cannot answer, never for the record.
 */
export const decodeRecord = (
  value: Buffer | null,
  options: DecodeOptions = {},
): DecodedRecord | Promise<DecodedRecord> => {
  const { maxRecordBytes = DEFAULT_MAX_RECORD_BYTES, maxDepth = DEFAULT_MAX_DEPTH } = options;
  if (value === null || value.length === 0) {
    return failedRecord(decodeFailure('empty', 'The record has no value.'));
  }
  if (value.length > maxRecordBytes) return tooLarge(maxRecordBytes);
  const first = value[0]!;
  if (first === 0x00 || (first === 0xc3 && value[1] === 0x01)) {
    return options.avro === undefined
      ? failedRecord(decodeFailure('unknown_schema', 'No Avro schemas are configured.'))
      : options.avro.decode(value);
  }
  const limits = { maxDepth, maxBytes: maxRecordBytes };
  const { origin } = options;
  if (!isGzip(value)) return decodeJson(value, limits, origin);
  const content = gunzip(value, maxRecordBytes);
  return isFailure(content) ? failedRecord(content) : decodeJson(content, limits, origin);
};
