import kafkajs, { type Admin, type Kafka, type KafkaConfig } from 'kafkajs';
import type { TlsMaterial } from '../../connection/tls-files.ts';
import type { Telemetry } from '../../telemetry/telemetry-event.ts';
import { mendConnection } from './mend-connection.ts';
import { mendCoordinator } from './mend-coordinator.ts';
import { mendFetch } from './mend-fetch.ts';
import { mendHeartbeat } from './mend-heartbeat.ts';
import { mendProduce } from './mend-produce.ts';
import { mendSignIn } from './mend-sign-in.ts';
import { mendTransactionRefusal } from './mend-transaction-refusal.ts';
import { socketFactory } from './broker-socket.ts';
import { bridgeLog, type OnOffsetReset } from './client-log.ts';
import { registerCompressionCodecs } from './compression.ts';
import { calmRequestQueueTimer } from './request-queue-timer.ts';
import { connectionError, saslOptions, type SaslSignIn } from './sign-in.ts';

/** How to reach Kafka. Durations in milliseconds. */
export interface KafkaConnection {
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** Speak TLS, with what this gives at each new connection. Default: no TLS. */
  readonly tls?: (() => TlsMaterial) | undefined;
  readonly sasl?: SaslSignIn | undefined;
  /** Default 5,000. */
  readonly connectionTimeoutMs?: number;
  /** Default 30,000. */
  readonly requestTimeoutMs?: number;
  /** Most bytes that one fetched batch may unpack to. Default 64 MiB. */
  readonly maxDecompressedBytes?: number;
}

/**
 * For what the client is used: decides how it retries.
 * - `consume`: rides out a broker restart of about 40 s.
 * - `ask`: answers a person within seconds.
 * - `transact`: short first delay, since CONCURRENT_TRANSACTIONS is answered with it at each transaction.
 */
export type KafkaUse = 'consume' | 'transact' | 'ask';

const retries: Readonly<Record<KafkaUse, NonNullable<KafkaConfig['retry']>>> = {
  consume: { initialRetryTime: 300, maxRetryTime: 10_000, multiplier: 2, retries: 8 },
  ask: { initialRetryTime: 200, maxRetryTime: 2_000, multiplier: 2, retries: 3 },
  transact: { initialRetryTime: 20, maxRetryTime: 2_000, multiplier: 2, retries: 12 },
};

/**
 * A Kafka client. Consumer and transactional producers take one each: kafkajs shares a map of committed offsets within
 * a client and marks an offset in it before the transaction has ended.
 */
export const createKafka = (
  connection: KafkaConnection,
  use: KafkaUse,
  telemetry: Telemetry,
  onOffsetReset?: OnOffsetReset,
): Kafka => {
  calmRequestQueueTimer();
  mendConnection();
  mendFetch();
  mendCoordinator();
  mendHeartbeat();
  mendProduce();
  mendSignIn();
  mendTransactionRefusal();
  registerCompressionCodecs(connection.maxDecompressedBytes ?? 64 * 1024 * 1024);
  return new kafkajs.Kafka({
    brokers: [...connection.brokers],
    clientId: connection.clientId,
    ...(connection.tls === undefined ? {} : { ssl: true }),
    socketFactory: socketFactory(connection.tls),
    ...(connection.sasl === undefined ? {} : { sasl: saslOptions(connection.sasl) }),
    connectionTimeout: connection.connectionTimeoutMs ?? 5_000,
    requestTimeout: connection.requestTimeoutMs ?? 30_000,
    retry: { ...retries[use], restartOnFailure: async () => false },
    logLevel: kafkajs.logLevel.INFO,
    logCreator: bridgeLog(telemetry, onOffsetReset),
  });
};

/** @throws KafkaError `kafka_unavailable`, `kafka_certificate` or `kafka_sign_in` that names the brokers */
export const connectAdmin = async (
  admin: Pick<Admin, 'connect'>,
  { brokers }: Pick<KafkaConnection, 'brokers'>,
): Promise<void> => {
  try {
    await admin.connect();
  } catch (error) {
    throw connectionError(error, brokers);
  }
};
