import type { Kafka } from 'kafkajs';
import type { OutputRecord } from '../../pipeline/ports.ts';
import { errorMessage, isFenced, KafkaError } from './kafka-error.ts';
import { keyPartitioner } from './key-partitioner.ts';
import { outputChunks } from './output-chunks.ts';
import { writeRefusal } from './write-refusal.ts';

export interface OperatorTransactionsOptions {
  /** Made for `transact`. */
  readonly kafka: Pick<Kafka, 'producer'>;
  readonly transactionalId: string;
  /** What the transactions do, for errors: `replay dead letters`. */
  readonly purpose: string;
}

/** An offset to commit for a group, with the metadata that a member finds beside it. */
export interface CommittedPosition {
  readonly groupId: string;
  readonly topic: string;
  readonly partition: number;
  /** Decimal text. */
  readonly offset: string;
  readonly metadata: string | null;
}

/** Transactions of one operator's command: whoever begins later under the same id ends these. */
export interface OperatorTransactions {
  /** Writes all or nothing. Throws KafkaError `output_refused`, `transactional_id_fenced`, `transaction_failed`. */
  commit(outputs: readonly OutputRecord[], position?: CommittedPosition): Promise<void>;
  close(): Promise<void>;
}

const LIMITS = { maxRecords: 500, maxBytes: 512 * 1024 };
const TIMEOUT_MS = 60_000;

const failureOf = (error: unknown, purpose: string): KafkaError => {
  if (error instanceof KafkaError) return error;
  const refusal = writeRefusal(error, purpose);
  if (refusal !== undefined) return refusal;
  if (isFenced(error)) {
    return new KafkaError(
      'transactional_id_fenced',
      `Cannot ${purpose}: another process has taken over. What was not yet committed was not done; look again, then repeat.`,
      { retriable: true, cause: error },
    );
  }
  return new KafkaError('transaction_failed', `Cannot ${purpose}: ${errorMessage(error)}.`, {
    retriable: true,
    cause: error,
  });
};

/** Begins: fences whoever holds the id, and settles what it left open. Throws as `commit` does. */
export const openOperatorTransactions = async ({
  kafka,
  transactionalId,
  purpose,
}: OperatorTransactionsOptions): Promise<OperatorTransactions> => {
  const producer = kafka.producer({
    transactionalId,
    // Not `idempotent`: a transaction is so by itself, and kafkajs would ask for a right that it does not need.
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: keyPartitioner,
    transactionTimeout: TIMEOUT_MS,
  });
  const transact = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      throw failureOf(error, purpose);
    }
  };
  try {
    await producer.connect();
    // kafkajs asks for the producer id at the first transaction: an empty one fences.
    const first = await producer.transaction();
    await first.abort();
  } catch (error) {
    await producer.disconnect();
    throw failureOf(error, purpose);
  }
  return {
    commit: (outputs, position) =>
      transact(async () => {
        const transaction = await producer.transaction();
        try {
          for (const topicMessages of outputChunks(outputs, LIMITS)) {
            await transaction.sendBatch({ acks: -1, topicMessages: [...topicMessages] });
          }
          if (position !== undefined) {
            const { groupId, topic, ...partition } = position;
            await transaction.sendOffsets({
              consumerGroupId: groupId,
              topics: [{ topic, partitions: [partition] }],
            });
          }
        } catch (error) {
          // A transaction that cannot be aborted ends at its timeout, or when the id is used again.
          await transaction.abort().catch(() => undefined);
          throw error;
        }
        await transaction.commit();
      }),
    close: () => producer.disconnect(),
  };
};
