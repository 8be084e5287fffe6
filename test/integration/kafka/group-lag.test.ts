import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import { expect, inject, it } from 'vitest';
import { createKafka } from '../../../src/adapters/kafka/client.ts';
import { readGroupLag } from '../../../src/adapters/kafka/group-lag.ts';
import type { PartitionLag } from '../../../src/pipeline/ports/partition-lag.ts';
import { testKafka, withAdmin } from '../../support/kafka-reader.ts';

it('tells the lag of each partition in records and in seconds, as the group moves on', async () => {
  const broker = inject('stack').kafka;
  const run = `t${randomUUID().slice(0, 8)}`;
  const [topic, groupId] = [`${run}.events`, `${run}-group`];
  const kafka = createKafka({ brokers: [broker], clientId: run }, 'ask', {
    emit: () => undefined,
  });
  const minute = 60_000;
  const now = Date.now();
  const lag = (): Promise<readonly PartitionLag[]> =>
    withAdmin(kafka, (admin) => readGroupLag({ kafka, admin, groupId, topic, clock: () => now }));
  const seconds = async () => (await lag()).map((each) => [each.records, each.seconds]);

  await withAdmin(kafka, (admin) =>
    admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 2 }] }),
  );
  expect(await seconds()).toEqual([
    [0n, 0],
    [0n, 0],
  ]);

  const producer = testKafka(broker).producer({
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  for (const minutes of [30, 20, 10]) {
    const timestamp = String(now - minutes * minute);
    await producer.send({ topic, messages: [{ partition: 1, value: 'act', timestamp }] });
  }
  await producer.disconnect();
  expect(await seconds()).toEqual([
    [0n, 0],
    [3n, 30 * 60],
  ]);

  const commit = (offset: string) =>
    withAdmin(kafka, (admin) =>
      admin.setOffsets({ groupId, topic, partitions: [{ partition: 1, offset }] }),
    );
  await commit('2');
  expect((await lag())[1]).toMatchObject({ committed: 2n, end: 3n, records: 1n, seconds: 600 });
  await commit('3');
  expect((await lag())[1]).toMatchObject({ records: 0n, seconds: 0 });
});
