import type { Kafka, Producer, Transaction } from 'kafkajs';
import type { EncodedValue } from '../../codec/model-encoder.ts';
import type { DesiredResource } from '../../core/model/desired-resource.ts';
import type { OutputRecord, ScopePublication } from '../../pipeline/ports.ts';
import { errorMessage, isFenced, KafkaError } from './kafka-error.ts';
import { keyPartitioner } from './key-partitioner.ts';
import { outputChunks } from './output-chunks.ts';
import { writeRefusal } from './write-refusal.ts';

export interface DesiredStatePublisherOptions {
  readonly kafka: Pick<Kafka, 'producer'>;
  readonly topic: string;
  /** The transactional id is this and the scope, such as `driftline-desired-prod/5d8e…`. */
  readonly transactionalIdPrefix: string;
  /** Asked for when a publication begins: what only reads registers no schema. May reject as a registry does. */
  readonly encoder: () => Promise<(resource: DesiredResource) => EncodedValue>;
  /** Milliseconds; longer for many records. Default 60,000. */
  readonly transactionTimeoutMs?: number;
}

/** Half of the broker's default limit of a record batch. */
const LIMITS = { maxRecords: 1_000, maxBytes: 512 * 1024 };

/** A publish is one transaction, however large, and may be as slow as this. */
const MS_A_RECORD = 1;
/** What brokers allow without being told otherwise. */
const LONGEST_TRANSACTION_MS = 900_000;

const timeoutFor = (records: number, configured = 60_000): number =>
  Math.max(configured, Math.min(records * MS_A_RECORD, LONGEST_TRANSACTION_MS));

/**
 * Begins a publication of about so many records. What is read after this call is what `write` may be planned on.
 * @throws KafkaError here and from `write`: `output_refused`, `transactional_id_fenced`, `transaction_failed`; here
 * what `encoder` throws.
 */
export const beginPublication = async (
  options: DesiredStatePublisherOptions,
  scope: string,
  records: number,
): Promise<ScopePublication> => {
  const encode = await options.encoder();
  const producer = options.kafka.producer({
    transactionalId: `${options.transactionalIdPrefix}${scope}`,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: keyPartitioner,
    transactionTimeout: timeoutFor(records, options.transactionTimeoutMs),
    retry: { initialRetryTime: 20, maxRetryTime: 2_000, retries: 12 },
  });
  let transaction: Transaction;
  try {
    await producer.connect();
    transaction = await producer.transaction();
  } catch (error) {
    await producer.disconnect();
    throw failureOf(error, scope, 'begin');
  }
  return {
    write: async ({ upserts, tombstones }, signal) => {
      await transact(
        transaction,
        recordsOf(options.topic, upserts, tombstones, encode),
        scope,
        signal,
      );
    },
    close: () => end(producer, transaction),
  };
};

function* recordsOf(
  topic: string,
  upserts: Iterable<DesiredResource>,
  tombstones: readonly string[],
  encode: (resource: DesiredResource) => EncodedValue,
): Generator<OutputRecord> {
  for (const key of tombstones) yield { topic, key, value: null, headers: {} };
  for (const resource of upserts) yield { topic, key: resource.key, ...encode(resource) };
}

const transact = async (
  transaction: Transaction,
  records: Iterable<OutputRecord>,
  scope: string,
  signal: AbortSignal,
): Promise<void> => {
  let step: Step = 'send';
  try {
    for (const topicMessages of outputChunks(records, LIMITS)) {
      signal.throwIfAborted();
      await transaction.sendBatch({ acks: -1, topicMessages: [...topicMessages] });
    }
    signal.throwIfAborted();
    step = 'commit';
    await transaction.commit();
  } catch (error) {
    if (step === 'send') signal.throwIfAborted();
    throw failureOf(error, scope, step);
  }
};

const end = async (producer: Producer, transaction: Transaction): Promise<void> => {
  try {
    if (transaction.isActive()) await transaction.abort();
  } catch {
    // The broker aborts it at its timeout, or when the scope is published again.
  }
  await producer.disconnect();
};

type Step = 'begin' | 'send' | 'commit';

const failureOf = (error: unknown, scope: string, step: Step): KafkaError => {
  const refusal = writeRefusal(error, `publish ${scope}`);
  if (refusal !== undefined) return refusal;
  if (isFenced(error)) {
    return new KafkaError(
      'transactional_id_fenced',
      `Another publish of ${scope} has begun; this one wrote nothing.`,
      {
        retriable: true,
        cause: error,
      },
    );
  }
  const doubt =
    step === 'commit'
      ? 'It is not known whether it was published. Publish again: only what is missing is written.'
      : 'Nothing was published.';
  return new KafkaError(
    'transaction_failed',
    `Cannot publish ${scope}: ${errorMessage(error)}. ${doubt}`,
    {
      retriable: true,
      cause: error,
    },
  );
};
