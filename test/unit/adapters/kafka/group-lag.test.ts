import kafkajs, { type Admin } from 'kafkajs';
import { expect, it } from 'vitest';
import { readGroupLag } from '../../../../src/adapters/kafka/group-lag.ts';

/** What kafkajs throws for a topic that is not there, from whichever request meets it. */
const refuse = async (): Promise<never> => {
  throw Object.assign(
    new kafkajs.KafkaJSError('This server does not host this topic-partition', {
      retriable: false,
    }),
    { type: 'UNKNOWN_TOPIC_OR_PARTITION', code: 3 },
  );
};

it('names the topic that is not there, and what makes it', async () => {
  const admin = {
    fetchOffsets: refuse,
    fetchTopicMetadata: refuse,
    fetchTopicOffsets: refuse,
  } as Partial<Admin> as Admin;
  const lag = readGroupLag({
    kafka: { admin: () => admin },
    admin,
    groupId: 'driftline',
    topic: 'audit.events',
    clock: () => 0,
  });
  await expect(lag).rejects.toMatchObject({
    code: 'topic_missing',
    message: 'The topic audit.events does not exist: run `driftline setup`.',
  });
});
