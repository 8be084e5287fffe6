import type { Admin, Kafka } from 'kafkajs';
import { controlText, NO_CONTROL } from '../../codec/partition-control.ts';
import type { Consumption, PartitionStatus } from '../../pipeline/ports.ts';
import {
  consumptionOrderAcls,
  consumptionStatusAcls,
  explainingDenial,
  type AclNames,
} from './acls.ts';
import { fetchCommitted } from './committed-offsets.ts';
import { readGroupMembers } from './group-members.ts';
import { openOperatorTransactions } from './operator-transactions.ts';
import { readTopicRanges } from './topic-facts.ts';
import { partitionTransactionalId } from './transactional-id.ts';

export interface GroupControlOptions {
  /** Connected. */
  readonly admin: Admin;
  /** Made for `transact`. */
  readonly kafka: Pick<Kafka, 'producer'>;
  readonly groupId: string;
  /** As the configuration names them: the audit events are what the group reads. */
  readonly topics: AclNames['topics'];
}

/**
 * Orders for the members of a group, left beside the committed offset. An order is committed under the partition's own
 * transactional id, so that a unit which is in work cannot commit over it.
 */
export const createGroupControl = (options: GroupControlOptions): Consumption => {
  const { admin, kafka, groupId, topics } = options;
  const { auditEvents: topic, deadLetters } = topics;

  const status = async (): Promise<readonly PartitionStatus[]> => {
    const ranges = await readTopicRanges(admin, topic);
    const committed = await fetchCommitted(admin, groupId, topic);
    return ranges
      .map(({ partition, low, high }) => ({
        partition,
        low,
        high,
        committed: committed.get(partition)?.offset,
        control: committed.get(partition)?.control ?? NO_CONTROL,
      }))
      .sort((a, b) => a.partition - b.partition);
  };

  const order: Consumption['order'] = async (partition, plan) => {
    const transactions = await openOperatorTransactions({
      kafka,
      transactionalId: partitionTransactionalId(groupId, topic, partition),
      purpose: `order partition ${partition} of ${topic}`,
    });
    try {
      const found = (await status()).find((each) => each.partition === partition);
      if (found === undefined) return { refused: `${topic} has no partition ${partition}` };
      const planned = plan(found);
      if ('refused' in planned) return planned;
      await transactions.commit(planned.outputs, {
        groupId,
        topic,
        partition,
        offset: String(planned.offset),
        metadata: controlText(planned.control),
      });
      return undefined;
    } finally {
      await transactions.close();
    }
  };

  return {
    topic,
    deadLetters,
    status: () => explainingDenial(consumptionStatusAcls(options), status),
    members: () =>
      explainingDenial(consumptionStatusAcls(options), () =>
        readGroupMembers(admin, groupId, topic),
      ),
    offsetsAt: async (time) => {
      const offsets = await explainingDenial(consumptionStatusAcls(options), () =>
        admin.fetchTopicOffsetsByTimestamp(topic, time),
      );
      return new Map(offsets.map(({ partition, offset }) => [partition, BigInt(offset)]));
    },
    order: (partition, plan) =>
      explainingDenial(consumptionOrderAcls(options), () => order(partition, plan)),
  };
};
