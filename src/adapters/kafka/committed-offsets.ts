import type { Admin } from 'kafkajs';
import { readControl, type PartitionControl } from '../../codec/partition-control.ts';

/** What a group has committed for a partition. */
export interface Committed {
  readonly offset: bigint;
  readonly control: PartitionControl;
}

/** What a group has committed for each partition of a topic that it has committed anything for. */
export const fetchCommitted = async (
  admin: Pick<Admin, 'fetchOffsets'>,
  groupId: string,
  topic: string,
): Promise<ReadonlyMap<number, Committed>> => {
  const [answer] = await admin.fetchOffsets({ groupId, topics: [topic] });
  return new Map(
    (answer?.partitions ?? []).flatMap(({ partition, offset, metadata }) =>
      BigInt(offset) < 0n
        ? []
        : [[partition, { offset: BigInt(offset), control: readControl(metadata) }] as const],
    ),
  );
};
