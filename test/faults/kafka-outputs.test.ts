import kafkajs from 'kafkajs';
import { describe, expect } from 'vitest';
import {
  committedOffsets,
  createTopics,
  readCommitted,
  withAdmin,
} from '../support/kafka-reader.ts';
import { faultTest } from './support/fault-test.ts';

const UNIT = ['--set', 'unit.maxRecords=100'];

describe('the output topics, as they can be', () => {
  faultTest('T27-output-topic-missing', { partitions: 1 }, async (run) => {
    const { kafka, topics } = run.deployment;
    await run.feed(500, 0);
    const first = run.member(UNIT);
    await run.deployment.caughtUp();
    expect(await run.retire(first)).toBe(0);
    const told = await readCommitted(kafka, topics.candidates);
    await withAdmin(kafka, (admin) => admin.deleteTopics({ topics: [topics.candidates] }));
    await run.feed(500, 0);
    const refused = run.member(UNIT);
    expect(await refused.exited).toBe(1);
    expect(refused.stderr()).toContain(`${topics.candidates}. Run \`driftline setup\``);
    expect((await committedOffsets(kafka, run.deployment.groupId, topics.audit)).get(0)).toBe(
      '500',
    );
    await createTopics(kafka, [{ topic: topics.candidates, partitions: 1 }]);
    // What the deleted topic held is put back, so that the count of the whole can be taken.
    const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await producer.connect();
    await producer.send({
      topic: topics.candidates,
      messages: told.map(({ key, value, headers }) => ({ key, value, headers: { ...headers } })),
    });
    await producer.disconnect();
    run.member(UNIT);
  });

  faultTest('T27b-output-topic-refused', { partitions: 1 }, async (run) => {
    const { kafka, topics } = run.deployment;
    const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } =
      kafkajs;
    const rule = {
      resourceType: AclResourceTypes.TOPIC,
      resourceName: topics.candidates,
      resourcePatternType: ResourcePatternTypes.LITERAL,
      principal: 'User:ANONYMOUS',
      host: '*',
      operation: AclOperationTypes.WRITE,
      permissionType: AclPermissionTypes.DENY,
    };
    const others = {
      ...rule,
      operation: AclOperationTypes.ALL,
      permissionType: AclPermissionTypes.ALLOW,
    };
    await withAdmin(kafka, (admin) => admin.createAcls({ acl: [others, rule] }));
    try {
      await run.feed(500, 0);
      const refused = run.member(UNIT);
      expect(await refused.exited).toBe(1);
      expect(refused.stderr()).toContain(`Write on Topic ${topics.candidates}`);
      expect((await run.evidence()).committed.get(0)).toBeUndefined();
    } finally {
      await withAdmin(kafka, (admin) => admin.deleteAcls({ filters: [rule] }));
    }
    run.member(UNIT);
  });

  faultTest('T28-record-too-large-for-the-topic', { partitions: 1, rssCapMb: 700 }, async (run) => {
    const { kafka, topics } = run.deployment;
    await withAdmin(kafka, (admin) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: kafkajs.ConfigResourceTypes.TOPIC,
            name: topics.audit,
            configEntries: [{ name: 'max.message.bytes', value: String(8 * 1024 * 1024) }],
          },
        ],
      }),
    );
    await run.feed(200, 0);
    const huge = Buffer.from(
      JSON.stringify({ eventID: 'huge', fill: 'x'.repeat(5 * 1024 * 1024) }),
    );
    await run.deployment.produce([huge], { partition: 0 });
    await run.feed(200, 0);
    run.member(UNIT);
    await run.deployment.caughtUp();
    const { deadLetters } = await run.evidence();
    expect(deadLetters).toHaveLength(1);
    expect(deadLetters[0]?.headers['driftline.truncated']).toBe(String(huge.length));
    expect(
      huge.subarray(0, deadLetters[0]?.value?.length).equals(deadLetters[0]?.value ?? huge),
    ).toBe(true);
  });
});
