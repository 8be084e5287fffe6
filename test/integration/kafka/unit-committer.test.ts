import { randomUUID } from 'node:crypto';
import { afterAll, inject } from 'vitest';
import { createKafka } from '../../../src/adapters/kafka/client.ts';
import { fetchCommitted } from '../../../src/adapters/kafka/committed-offsets.ts';
import {
  createUnitCommitter,
  type PartitionCommitter,
} from '../../../src/adapters/kafka/unit-committer.ts';
import { describeCommitter } from '../../contract/committer-contract.ts';
import {
  committedOffsets,
  createTopics,
  readCommitted,
  testKafka,
} from '../../support/kafka-reader.ts';
import { openScope } from '../../support/unit-fixtures.ts';

const broker = inject('stack').kafka;
const onlooker = testKafka(broker);
const kafka = createKafka({ brokers: [broker], clientId: 'committer-test' }, 'transact', {
  emit: () => undefined,
});
const admin = kafka.admin();
const open: PartitionCommitter[] = [];

afterAll(async () => {
  await Promise.all(open.map((committer) => committer.close()));
  await admin.disconnect();
});

describeCommitter('Kafka', async () => {
  await admin.connect();
  const run = randomUUID().slice(0, 8);
  const [topic, outputTopic, groupId] = [`in-${run}`, `out-${run}`, `group-${run}`];
  await createTopics(onlooker, [{ topic }, { topic: outputTopic }]);
  return {
    topic,
    outputTopic,
    takeOver: async () => {
      const committer = createUnitCommitter({
        groupId,
        topic,
        partition: 0,
        createProducer: () =>
          kafka.producer({
            transactionalId: `${groupId}-${topic}-0`,
            maxInFlightRequests: 1,
            transactionTimeout: 30_000,
            allowAutoTopicCreation: false,
          }),
        fetchCommitted: async () => (await fetchCommitted(admin, groupId, topic)).get(0),
        telemetry: { emit: () => undefined },
        now: () => performance.now(),
        heartbeatIntervalMs: 100,
      });
      open.push(committer);
      await committer.open(openScope());
      return committer;
    },
    committedOffset: async () => (await committedOffsets(onlooker, groupId, topic)).get(0),
    committedOutputs: async () =>
      (await readCommitted(onlooker, outputTopic)).map(({ value }) => String(value)),
  };
});
