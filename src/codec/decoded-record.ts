import type { AuditEvent } from '../core/model/audit-event.ts';
import type { DeadLetterReason, RecordFailure } from '../core/model/outcome.ts';

/** The audit events of one record, and what of it could not be read. Both may be there, where a record holds many. */
export interface DecodedRecord {
  readonly events: readonly AuditEvent[];
  readonly failures: readonly RecordFailure[];
  /** No key of the records that the events carry does harm in a document. Absent: not known. */
  readonly isHarmless?: boolean | undefined;
}

/** Decodes a record in a binary form that needs schemas; see `decodeRecord` for when it is a promise. */
export interface SchemaDecoder {
  decode(value: Buffer): DecodedRecord | Promise<DecodedRecord>;
}

export const decodeFailure = (reason: DeadLetterReason, message: string): RecordFailure => ({
  stage: 'decode',
  reason,
  message,
});

export const failedRecord = (failure: RecordFailure): DecodedRecord => ({
  events: [],
  failures: [failure],
});

export const isFailure = <T extends object>(value: T | RecordFailure): value is RecordFailure =>
  'stage' in value && 'reason' in value && 'message' in value;
