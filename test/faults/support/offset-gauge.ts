import type { Kafka } from 'kafkajs';

const everyMs = 500;

export interface OffsetGauge {
  /** Each time that the group's committed offset of a partition went back. */
  readonly steps: readonly string[];
  stop(): Promise<void>;
}

/** Watches the committed offsets of a group, which must never go back; looks away while the broker does not answer. */
export const startOffsetGauge = (kafka: Kafka, groupId: string, topic: string): OffsetGauge => {
  const admin = kafka.admin({ retry: { retries: 0 } });
  const last = new Map<number, bigint>();
  const steps: string[] = [];
  let stopped = false;
  const look = async (): Promise<void> => {
    const [answer] = await admin.fetchOffsets({ groupId, topics: [topic] });
    for (const { partition, offset } of answer?.partitions ?? []) {
      const now = BigInt(offset);
      const before = last.get(partition);
      if (before !== undefined && now < before)
        steps.push(`partition ${partition}: ${before} to ${now}`);
      last.set(partition, now);
    }
  };
  const run = async (): Promise<void> => {
    await admin.connect().catch(() => undefined);
    while (!stopped) {
      await look().catch(() => admin.connect().catch(() => undefined));
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
    await admin.disconnect().catch(() => undefined);
  };
  const running = run();
  return {
    steps,
    stop: async () => {
      stopped = true;
      await running;
    },
  };
};
