/** What became of an audit event: each ends in exactly one. The last one is for a record that holds no event. */
export const OUTCOMES = [
  'read',
  'failed',
  'runtime',
  'iac',
  'service',
  'ignored',
  'candidate',
  'unresolved',
  'dead-letter',
] as const;

export type Outcome = (typeof OUTCOMES)[number];

/** The outcomes of an event that was decoded. */
export type EventOutcome = Exclude<Outcome, 'dead-letter'>;

/** Why a record cannot be processed: the closed list behind dead letters and their metric label. */
export const DEAD_LETTER_REASONS = [
  'empty',
  'too_large',
  'too_deep',
  'not_json',
  'unknown_format',
  'unknown_schema',
  'not_avro',
  'invalid_event',
  'document_rejected',
  /** A fault of the program, not of the record. */
  'program_error',
  /** An operator has ordered it. */
  'skipped',
] as const;

export type DeadLetterReason = (typeof DEAD_LETTER_REASONS)[number];

/** Where in the pipeline the record failed. */
export type DeadLetterStage = 'consume' | 'decode' | 'normalize' | 'process' | 'index';

/** A record (or a part of it) that cannot be processed. `message` names what and where, never the payload. */
export interface RecordFailure {
  readonly stage: DeadLetterStage;
  readonly reason: DeadLetterReason;
  readonly message: string;
}
