import { connectAdmin, createKafka } from './adapters/kafka/client.ts';
import { openOperatorTransactions } from './adapters/kafka/operator-transactions.ts';
import { readTopic } from './adapters/kafka/read-topic.ts';
import type { Config } from './config/schema.ts';
import type { DeadLetterTopic } from './pipeline/handle-dead-letters.ts';
import { kafkaConnection, processId } from './compose-parts.ts';

/** The commands print what they do themselves. */
const SILENT = { emit: (): void => undefined };

/** What the commands on a running deployment work with. The configuration is read when first needed. */
export const composeOperations = (
  config: () => Config,
): {
  readonly withDeadLetters: <T>(work: (topic: DeadLetterTopic) => Promise<T>) => Promise<T>;
} => ({
  withDeadLetters: async (work) => {
    const { kafka } = config();
    const connection = kafkaConnection(config());
    const client = createKafka(connection, 'ask', SILENT);
    const admin = client.admin();
    const name = kafka.topics.deadLetters;
    try {
      await connectAdmin(admin, connection);
      return await work({
        name,
        origins: [kafka.topics.auditEvents],
        read: (visit, signal) =>
          readTopic(
            {
              kafka: client,
              admin,
              topic: name,
              groupId: `${kafka.groupId}-dead-letters-${processId()}`,
              visit,
            },
            signal,
          ),
        begin: () =>
          openOperatorTransactions({
            kafka: createKafka(connection, 'transact', SILENT),
            transactionalId: `${kafka.groupId}-dead-letters`,
            purpose: 'handle dead letters',
          }),
      });
    } finally {
      await admin.disconnect();
    }
  },
});
