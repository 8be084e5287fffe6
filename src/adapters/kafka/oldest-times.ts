import type { Kafka } from 'kafkajs';
import { batchAt, firstTimestamp } from '../../codec/record-batch.ts';
import { fetchBatches } from './fetch-batches.ts';
import { clusterOf } from './kafkajs-cluster.ts';

/** One batch is sent however small this is. */
const LIMITS = { maxBytes: 1, maxBytesPerPartition: 1, maxWaitMs: 500 };

/** A place in a partition that has a record there, or behind. */
export interface Position {
  readonly partition: number;
  readonly leader: number;
  readonly offset: bigint;
}

/**
 * The time of the first record of the batch at each position, in milliseconds since the epoch; a partition without an
 * answer is missing. Reads without a group. Rejects as kafkajs does.
 */
export const readOldestTimes = async (
  kafka: Pick<Kafka, 'admin'>,
  topic: string,
  positions: readonly Position[],
): Promise<ReadonlyMap<number, number>> => {
  const times = new Map<number, number>();
  const cluster = positions.length === 0 ? undefined : clusterOf(kafka);
  if (cluster === undefined) return times;
  try {
    await cluster.connect();
    await cluster.addTargetTopic(topic);
    for (const { partition, leader, offset } of positions) {
      const broker = await cluster.findBroker({ nodeId: String(leader) });
      // One at a time: the limits let only the first partition of a request have a batch.
      const { partitions } = await fetchBatches(broker, topic, [{ partition, offset }], LIMITS);
      const [fetched] = partitions;
      if (fetched === undefined || fetched.errorCode !== 0) continue;
      const batch = batchAt(fetched.batches, 0);
      if (batch !== undefined) times.set(partition, firstTimestamp(fetched.batches, 0));
    }
    return times;
  } finally {
    await cluster.disconnect();
  }
};
