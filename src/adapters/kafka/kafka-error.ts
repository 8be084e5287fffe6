/** What can go wrong with Kafka around the records. */
export type KafkaErrorCode =
  | 'kafka_unavailable'
  /** TLS did not come about. */
  | 'kafka_certificate'
  /** The brokers refuse the sign-in, or there is nothing to sign in with. */
  | 'kafka_sign_in'
  /** An ACL is missing; the message names it. */
  | 'kafka_denied'
  | 'kafka_crashed'
  | 'kafka_stalled'
  | 'topic_missing'
  | 'group_unknown'
  | 'topic_refused'
  | 'output_refused'
  | 'transaction_failed'
  | 'transactional_id_fenced'
  | 'group_shared'
  | 'batch_too_large'
  | 'codec_unknown'
  | 'codec_failed';

/** A failure of Kafka or of the way to it. `retriable`: the same step may succeed later without a change by hand. */
export class KafkaError extends Error {
  readonly code: KafkaErrorCode;
  readonly retriable: boolean;

  constructor(
    code: KafkaErrorCode,
    message: string,
    options: { readonly retriable: boolean; readonly cause?: unknown },
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'KafkaError';
    this.code = code;
    this.retriable = options.retriable;
  }
}

/** The partition went to another member, or its committed offset moved, while a unit of it was in work: the unit is dropped. */
export class PartitionLostError extends Error {
  readonly code = 'partition_lost';
  readonly retriable = true;

  constructor(message: string) {
    super(message);
    this.name = 'PartitionLostError';
  }
}

const typeOf = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined;
  if ('type' in error && typeof error.type === 'string') return error.type;
  return error.cause === undefined ? undefined : typeOf(error.cause);
};

/** Kafka's own name of a protocol error, such as REBALANCE_IN_PROGRESS, however deep kafkajs has wrapped it. */
export const protocolErrorType = typeOf;

export const errorMessage = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

const groupMovedOn: ReadonlySet<string> = new Set([
  'REBALANCE_IN_PROGRESS',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'NOT_COORDINATOR_FOR_GROUP',
  'FENCED_INSTANCE_ID',
]);

/** Whether an error says that this member's assignment is over. */
export const isGroupMovedOn = (error: unknown): boolean => {
  const type = typeOf(error);
  return type !== undefined && groupMovedOn.has(type);
};

const fenced: ReadonlySet<string> = new Set([
  'PRODUCER_FENCED',
  'INVALID_PRODUCER_EPOCH',
  'INVALID_PRODUCER_ID_MAPPING',
]);

/** Whether an error says that the broker knows a newer producer under the same transactional id. */
export const isFenced = (error: unknown): boolean => {
  const type = typeOf(error);
  return type !== undefined && fenced.has(type);
};
