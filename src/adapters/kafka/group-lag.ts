import type { Admin, Kafka } from 'kafkajs';
import type { PartitionLag } from '../../pipeline/ports/partition-lag.ts';
import { fetchCommitted } from './committed-offsets.ts';
import { readOldestTimes } from './oldest-times.ts';
import { readTopicRanges } from './topic-facts.ts';

export interface GroupLagOptions {
  /** Made for `ask`. */
  readonly kafka: Pick<Kafka, 'admin'>;
  /** Connected. */
  readonly admin: Admin;
  readonly groupId: string;
  readonly topic: string;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** How far a group is behind in each partition, in the order of the partitions. @throws KafkaError `topic_missing` */
export const readGroupLag = async (options: GroupLagOptions): Promise<readonly PartitionLag[]> => {
  const { kafka, admin, groupId, topic, clock } = options;
  // First: of a topic that is not there the offsets of a group are refused without its name.
  const ranges = await readTopicRanges(admin, topic);
  const committed = await fetchCommitted(admin, groupId, topic);
  const places = ranges.map(({ partition, leader, low, high }) => {
    const held = committed.get(partition);
    // What retention took is no lag any more: it is lost, and told as such by the member.
    const offset = held === undefined || held.offset < low ? low : held.offset;
    return { partition, leader, offset, high, held };
  });
  const behind = places.filter(({ offset, high }) => high > offset);
  const times = await readOldestTimes(kafka, topic, behind);
  const now = clock();
  return places
    .map(({ partition, offset, high, held }): PartitionLag => {
      const time = times.get(partition);
      const records = high > offset ? high - offset : 0n;
      const seconds =
        records === 0n ? 0 : time === undefined ? undefined : Math.max(0, now - time) / 1000;
      return {
        partition,
        committed: held?.offset,
        end: high,
        records,
        seconds,
        paused: held?.control.paused !== undefined,
      };
    })
    .sort((a, b) => a.partition - b.partition);
};
