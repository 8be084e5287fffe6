import { setTimeout as delay } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { readControl, type PartitionControl } from '../../codec/partition-control.ts';
import { protocolErrorType } from './kafka-error.ts';

/** What a group has committed for a partition. */
export interface Committed {
  readonly offset: bigint;
  readonly control: PartitionControl;
}

type OffsetAdmin = Pick<Admin, 'fetchOffsets'>;

/** What a broker answers while the group's coordinator moves or loads, as after a restart. */
const coordinatorOnItsWay: ReadonlySet<string> = new Set([
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
]);

const TRIES = 40;
const BETWEEN_TRIES_MS = 250;

/**
 * Waits up to ten seconds for a coordinator that is on its way: kafkajs tries the search for it again, but not the
 * request to it (kafkajs 2.2.4, admin/index.js).
 */
export const askingCoordinator = async <T>(
  ask: () => Promise<T>,
  sleep: (ms: number) => Promise<void> = delay,
): Promise<T> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      const type = protocolErrorType(error);
      if (type === undefined || !coordinatorOnItsWay.has(type) || tries === TRIES) throw error;
      await sleep(BETWEEN_TRIES_MS);
    }
  }
};

/** What a group has committed for each partition of a topic that it has committed anything for. */
export const fetchCommitted = async (
  admin: OffsetAdmin,
  groupId: string,
  topic: string,
  sleep: (ms: number) => Promise<void> = delay,
): Promise<ReadonlyMap<number, Committed>> => {
  const [answer] = await askingCoordinator(
    () => admin.fetchOffsets({ groupId, topics: [topic] }),
    sleep,
  );
  return new Map(
    (answer?.partitions ?? []).flatMap(({ partition, offset, metadata }) =>
      BigInt(offset) < 0n
        ? []
        : [[partition, { offset: BigInt(offset), control: readControl(metadata) }] as const],
    ),
  );
};
