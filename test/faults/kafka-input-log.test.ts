import kafkajs, { type Producer } from 'kafkajs';
import { describe, expect } from 'vitest';
import { ingressEvent, readEvent } from '../support/cloudtrail-fixture.ts';
import { createTopics, withAdmin } from '../support/kafka-reader.ts';
import type { FaultRun } from './support/fault-run.ts';
import { faultTest } from './support/fault-test.ts';
import { requireSound } from './support/invariants.ts';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const UNIT = ['--set', 'unit.maxRecords=100'];

const withUpstream = async (
  { deployment }: FaultRun,
  work: (producer: Producer) => Promise<void>,
): Promise<void> => {
  const producer = deployment.kafka.producer({
    transactionalId: `upstream-${deployment.groupId}`,
    idempotent: true,
    maxInFlightRequests: 1,
    retry: { initialRetryTime: 20 },
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  await work(producer);
  await producer.disconnect();
};

const upstreamTransaction = async (
  producer: Producer,
  topic: string,
  values: readonly string[],
  end: 'commit' | 'abort',
): Promise<void> => {
  const transaction = await producer.transaction();
  await transaction.send({ topic, messages: values.map((value) => ({ value, partition: 0 })) });
  await transaction[end]();
};

const names = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, number) => readEvent(`${prefix}-${number}`));

describe('the input log, as it can be', () => {
  faultTest('T22-aborted-upstream-transactions', { partitions: 1 }, async (run) => {
    const { audit } = run.deployment.topics;
    const member = run.member(UNIT);
    await member.event('group.joined');
    await withUpstream(run, async (producer) => {
      for (let turn = 0; turn < 10; turn += 1) {
        await upstreamTransaction(producer, audit, names(`never-${turn}`, 20), 'abort');
        await upstreamTransaction(producer, audit, names(`kept-${turn}`, 20), 'commit');
      }
      await run.deployment.caughtUp();
      // The log ends with aborted records: nothing is delivered, and the lag has to reach zero all the same.
      await upstreamTransaction(producer, audit, names('last-never', 50), 'abort');
    });
    await run.deployment.caughtUp();
    const { evidence } = await run.judge('end');
    expect(evidence.documents).toHaveLength(200);
    expect(JSON.stringify(evidence.documents)).not.toContain('never');
  });

  faultTest('T23-control-only-batches-and-compacted-holes', { partitions: 2 }, async (run) => {
    const { kafka, topics } = run.deployment;
    // Nothing but aborted records and control records before the group has ever committed.
    await withUpstream(run, async (producer) => {
      for (let turn = 0; turn < 5; turn += 1) {
        await upstreamTransaction(producer, topics.audit, names(`gone-${turn}`, 5), 'abort');
      }
    });
    const settings = {
      'cleanup.policy': 'compact',
      'segment.ms': '200',
      'min.cleanable.dirty.ratio': '0.01',
      'max.compaction.lag.ms': '500',
    };
    await withAdmin(kafka, (admin) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: kafkajs.ConfigResourceTypes.TOPIC,
            name: topics.audit,
            configEntries: Object.entries(settings).map(([name, value]) => ({ name, value })),
          },
        ],
      }),
    );
    const producer = kafka.producer({
      idempotent: true,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    for (let turn = 0; turn < 6; turn += 1) {
      await producer.send({
        topic: topics.audit,
        messages: Array.from({ length: 30 }, (_, number) => ({
          partition: 1,
          key: `key-${number % 10}`,
          value: readEvent(`turn-${turn}-${number}`),
        })),
      });
      await pause(400);
    }
    await producer.disconnect();
    // The broker's cleaner looks every 15 s.
    await pause(20_000);
    run.member(UNIT);
    await run.deployment.caughtUp();
    const { evidence } = await run.judge('end');
    expect(evidence.input.length).toBeLessThan(180);
    expect(evidence.input.length).toBeGreaterThan(0);
  });

  faultTest('T24-offset-out-of-range-low', { partitions: 1, mayStepBack: true }, async (run) => {
    const { kafka, topics } = run.deployment;
    await run.feed(100, 0);
    const first = run.member(UNIT);
    await run.deployment.caughtUp();
    expect(await run.retire(first)).toBe(0);
    await run.feed(100, 0);
    await withAdmin(kafka, async (admin) => {
      // kafkajs loads a topic's metadata only in some of its calls.
      await admin.fetchTopicOffsets(topics.audit);
      await admin.deleteTopicRecords({
        topic: topics.audit,
        partitions: [{ partition: 0, offset: '137' }],
      });
    });
    const second = run.member(UNIT);
    expect(await second.event('consumer.offset-reset')).toMatchObject({ lost: '37' });
    await run.deployment.caughtUp();
    expect(Number((await run.evidence()).declaredDrops)).toBe(37);
  });

  faultTest('T25-topic-recreated', { partitions: 1, mayStepBack: true }, async (run) => {
    const { kafka, topics } = run.deployment;
    await run.deployment.produce(names('old', 300));
    const first = run.member(UNIT);
    await run.deployment.caughtUp();
    expect(await run.retire(first)).toBe(0);
    await withAdmin(kafka, (admin) => admin.deleteTopics({ topics: [topics.audit] }));
    // What the old topic gave is out of the count.
    await run.deleteDocuments();
    await pause(1_000);
    await createTopics(kafka, [{ topic: topics.audit }]);
    // More than before, so that the old offset would lie within the new log.
    await run.deployment.produce(names('new', 500));
    run.member(UNIT);
    await run.deployment.caughtUp();
    // Kafka drops the offsets of a group with the topic: the new one is read from its beginning.
    expect((await run.evidence()).documents).toHaveLength(500);
  });

  faultTest(
    'T26-partitions-added',
    { partitions: 1, settings: { 'kafka.metadataMaxAgeMs': '2000' } },
    async (run) => {
      const { kafka, topics } = run.deployment;
      await run.feed(200, 0);
      run.member(UNIT);
      await run.deployment.caughtUp();
      await withAdmin(kafka, (admin) =>
        admin.createPartitions({ topicPartitions: [{ topic: topics.audit, count: 3 }] }),
      );
      // Written before the group knows of them: they are read from their beginning.
      for (const partition of [0, 1, 2]) await run.feed(200, partition);
      await run.deployment.caughtUp();
    },
  );

  faultTest('T32-duplicate-upstream-event', { partitions: 2 }, async (run) => {
    const events = Array.from({ length: 20 }, (_, number) =>
      ingressEvent(`twice-${number}`, number),
    );
    await run.deployment.produce([...events, ...events], { partition: 0 });
    await run.deployment.produce(events, { partition: 1 });
    run.member(['--set', 'unit.maxRecords=7']);
    await run.deployment.caughtUp();
    await run.deployment.produce(events, { partition: 1 });
    await run.deployment.caughtUp();
    const { evidence, findings } = await run.judge('end');
    requireSound(findings);
    expect(evidence.documents).toHaveLength(20);
    expect(evidence.candidates).toHaveLength(20);
  });
});
