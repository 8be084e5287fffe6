import type { Admin } from 'kafkajs';
import type { Telemetry } from '../../telemetry/telemetry-event.ts';

type OffsetAdmin = Pick<Admin, 'fetchOffsets' | 'fetchTopicOffsets'>;

const keyOf = (topic: string, partition: number): string => `${topic}/${partition}`;

/** The group's committed offset of each partition of a topic that has one. */
export const fetchCommittedOffsets = async (
  admin: Pick<Admin, 'fetchOffsets'>,
  groupId: string,
  topic: string,
): Promise<ReadonlyMap<number, bigint>> => {
  const [answer] = await admin.fetchOffsets({ groupId, topics: [topic] });
  const offsets = new Map<number, bigint>();
  for (const { partition, offset } of answer?.partitions ?? []) {
    const value = BigInt(offset);
    if (value >= 0n) offsets.set(partition, value);
  }
  return offsets;
};

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
        for (const [partition, offset] of await fetchCommittedOffsets(admin, groupId, topic)) {
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
