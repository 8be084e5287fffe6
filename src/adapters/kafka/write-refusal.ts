import { KafkaError, protocolErrorType } from './kafka-error.ts';

/** What a broker refuses of a transaction, by Kafka's name of the error, and no repeat would mend. */
const REFUSALS: Readonly<Record<string, string>> = {
  MESSAGE_TOO_LARGE: 'a topic refuses a record of this size: raise its max.message.bytes',
  RECORD_LIST_TOO_LARGE: 'a topic refuses a record of this size: raise its max.message.bytes',
  INVALID_TOPIC_EXCEPTION: 'the name of a topic is not valid',
  UNKNOWN_TOPIC_OR_PARTITION: 'a topic does not exist: run `driftline setup`',
  TOPIC_AUTHORIZATION_FAILED: 'this user may not write to a topic',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'this user may not use the transactional id',
  GROUP_AUTHORIZATION_FAILED: 'this user may not commit offsets of the group',
  CLUSTER_AUTHORIZATION_FAILED: 'this user may not write transactions',
  INVALID_TRANSACTION_TIMEOUT:
    'the transaction timeout (kafka.transactionTimeoutMs; up to 15 minutes for a large publish) is above transaction.max.timeout.ms of the brokers',
};

/**
 * The error of a transaction that was refused, `output_refused`; undefined where a repeat may help.
 * @param purpose what was to be done, such as `publish prod`
 */
export const writeRefusal = (error: unknown, purpose: string): KafkaError | undefined => {
  const type = protocolErrorType(error);
  const refusal = type === undefined ? undefined : REFUSALS[type];
  if (refusal === undefined) return undefined;
  return new KafkaError('output_refused', `Cannot ${purpose}: ${refusal} (${type}).`, {
    retriable: false,
    cause: error,
  });
};
