import { createRequire } from 'node:module';
import { beforeEach, describe, expect, it } from 'vitest';
import { protocolErrorType } from '../../../../src/adapters/kafka/kafka-error.ts';
import { mendHeartbeat } from '../../../../src/adapters/kafka/mend-heartbeat.ts';

interface ConsumerGroup {
  memberId: string | null;
  lastRequest: number;
  coordinator: { heartbeat(): Promise<void> };
  heartbeat(options: { readonly interval: number }): Promise<void>;
}

const require = createRequire(import.meta.url);
const KafkaConsumerGroup = require('kafkajs/src/consumer/consumerGroup.js') as new (
  options: unknown,
) => ConsumerGroup;

describe('the heartbeat of a member', () => {
  let group: ConsumerGroup;
  let sent: number;

  beforeEach(() => {
    mendHeartbeat();
    sent = 0;
    group = new KafkaConsumerGroup({
      retry: {},
      groupId: 'g',
      logger: { namespace: () => ({}) },
      instrumentationEmitter: { emit: () => undefined },
    });
    group.coordinator = { heartbeat: async () => void (sent += 1) };
    group.lastRequest = 0;
  });

  it('is sent for a member of the group', async () => {
    group.memberId = 'a member';
    await group.heartbeat({ interval: 1 });
    expect(sent).toBe(1);
  });

  it('does not pass for sent where a member that the group has dropped could not join again', async () => {
    group.memberId = null;
    const error: unknown = await group
      .heartbeat({ interval: 1 })
      .catch((thrown: unknown) => thrown);
    expect(protocolErrorType(error)).toBe('UNKNOWN_MEMBER_ID');
    expect(sent).toBe(0);
  });
});
