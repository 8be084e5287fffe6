import type { Kafka } from 'kafkajs';
import { connectAdmin, type KafkaConnection } from './client.ts';

/** Asks whether the brokers answer, over a connection of its own that is kept. */
export interface BrokerProbe {
  /** Rejects with a KafkaError or kafkajs's own error where they do not. */
  ask(): Promise<void>;
  close(): Promise<void>;
}

/** @param kafka made for `ask` */
export const createBrokerProbe = (
  kafka: Pick<Kafka, 'admin'>,
  connection: Pick<KafkaConnection, 'brokers'>,
): BrokerProbe => {
  const admin = kafka.admin();
  let connected = false;
  let asking: Promise<void> | undefined;
  const once = async (): Promise<void> => {
    try {
      if (!connected) await connectAdmin(admin, connection);
      connected = true;
      await admin.describeCluster();
    } catch (error) {
      connected = false;
      throw error;
    }
  };
  return {
    // kafkajs cannot be aborted: a question that still goes on is not put a second time.
    ask: () => {
      asking ??= once().finally(() => {
        asking = undefined;
      });
      return asking;
    },
    close: () => admin.disconnect(),
  };
};
