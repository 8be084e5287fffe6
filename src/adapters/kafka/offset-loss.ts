import type { Admin } from 'kafkajs';
import type { Telemetry } from '../../telemetry/telemetry-event.ts';
import { fetchCommitted } from './committed-offsets.ts';

type OffsetAdmin = Pick<Admin, 'fetchOffsets' | 'fetchTopicOffsets'>;

const keyOf = (topic: string, partition: number): string => `${topic}/${partition}`;

/**
 * Tells how many records were lost when retention overtook the group. kafkajs resets to the log start by itself and
 * says so only in its log, so the positions are remembered here.
 */
export interface OffsetLoss {
  /** Remembers what the group has committed, before it is joined. */
  learn(topics: readonly string[]): Promise<void>;
  committed(topic: string, partition: number, offset: bigint): void;
  /** Reports a reset that kafkajs has just made. */
  report(topic: string, partition: number): Promise<void>;
}

export const createOffsetLoss = (
  admin: OffsetAdmin,
  groupId: string,
  telemetry: Telemetry,
): OffsetLoss => {
  const positions = new Map<string, bigint>();
  return {
    learn: async (topics) => {
      for (const topic of topics) {
        for (const [partition, { offset }] of await fetchCommitted(admin, groupId, topic)) {
          positions.set(keyOf(topic, partition), offset);
        }
      }
    },
    committed: (topic, partition, offset) => {
      positions.set(keyOf(topic, partition), offset);
    },
    report: async (topic, partition) => {
      const position = positions.get(keyOf(topic, partition));
      const range = (await admin.fetchTopicOffsets(topic)).find(
        (entry) => entry.partition === partition,
      );
      let lost = 'unknown';
      if (position !== undefined && range !== undefined) {
        const gap = BigInt(range.low) - position;
        // A position past the end means that the topic was made anew: what it held before cannot be counted.
        if (gap > 0n) lost = String(gap);
      }
      telemetry.emit({ type: 'consumer.offset-reset', topic, partition, lost });
    },
  };
};
