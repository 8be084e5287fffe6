import {
  deadLettersHandlingAcls,
  deadLettersTransactionalId,
  explainingDenial,
  lagAcls,
} from './adapters/kafka/acls.ts';
import { connectAdmin, createKafka } from './adapters/kafka/client.ts';
import { readGroupLag } from './adapters/kafka/group-lag.ts';
import { createGroupControl } from './adapters/kafka/group-control.ts';
import { readGroupMembers } from './adapters/kafka/group-members.ts';
import { openOperatorTransactions } from './adapters/kafka/operator-transactions.ts';
import { readTopic } from './adapters/kafka/read-topic.ts';
import type { Config } from './config/schema.ts';
import type { Consumption } from './pipeline/ports.ts';
import type { GroupLag } from './pipeline/ports/partition-lag.ts';
import type { DeadLetterTopic } from './pipeline/handle-dead-letters.ts';
import { kafkaConnection } from './compose-kafka.ts';
import { processId, SILENT } from './compose-parts.ts';

type KafkaClient = ReturnType<typeof createKafka>;

/** What the commands on a running deployment work with. The configuration is read when first needed. */
export const composeOperations = (
  config: () => Config,
): {
  readonly withDeadLetters: <T>(work: (topic: DeadLetterTopic) => Promise<T>) => Promise<T>;
  readonly withConsumption: <T>(work: (consumption: Consumption) => Promise<T>) => Promise<T>;
  readonly lag: () => Promise<GroupLag>;
} => {
  const connected = async <T>(
    work: (clients: {
      readonly ask: KafkaClient;
      readonly transact: KafkaClient;
      readonly admin: ReturnType<KafkaClient['admin']>;
    }) => Promise<T>,
  ): Promise<T> => {
    const connection = kafkaConnection(config());
    const ask = createKafka(connection, 'ask', SILENT);
    const admin = ask.admin();
    try {
      await connectAdmin(admin, connection);
      return await work({ ask, admin, transact: createKafka(connection, 'transact', SILENT) });
    } finally {
      await admin.disconnect();
    }
  };
  return {
    withDeadLetters: (work) =>
      connected(({ ask, transact, admin }) => {
        const { groupId, topics } = config().kafka;
        const topic = topics.deadLetters;
        const acls = deadLettersHandlingAcls({ groupId, topics });
        return work({
          name: topic,
          origins: [topics.auditEvents],
          read: (visit, signal) =>
            explainingDenial(acls, () =>
              readTopic(
                {
                  kafka: ask,
                  admin,
                  topic,
                  groupId: `${groupId}-dead-letters-${processId()}`,
                  visit,
                },
                signal,
              ),
            ),
          begin: async () => {
            const transactions = await explainingDenial(acls, () =>
              openOperatorTransactions({
                kafka: transact,
                transactionalId: deadLettersTransactionalId(groupId),
                purpose: 'handle dead letters',
              }),
            );
            return {
              commit: (outputs) => explainingDenial(acls, () => transactions.commit(outputs)),
              close: () => transactions.close(),
            };
          },
        });
      }),
    lag: () =>
      connected(({ ask, admin }) => {
        const { groupId, topics } = config().kafka;
        const topic = topics.auditEvents;
        return explainingDenial(lagAcls({ groupId, topics }), async () => {
          const partitions = await readGroupLag({
            kafka: ask,
            admin,
            groupId,
            topic,
            clock: Date.now,
          });
          return { members: await readGroupMembers(admin, groupId, topic), partitions };
        });
      }),
    withConsumption: (work) =>
      connected(({ transact, admin }) => {
        const { groupId, topics } = config().kafka;
        return work(
          createGroupControl({
            admin,
            kafka: transact,
            groupId,
            topics,
          }),
        );
      }),
  };
};
