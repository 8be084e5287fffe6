import type { Admin } from 'kafkajs';
import { askingCoordinator, fetchCommitted } from './committed-offsets.ts';
import { KafkaError, protocolErrorType } from './kafka-error.ts';

/** Groups that are asked what they have committed, where an error names them. */
const MOST_ASKED = 50;

type GroupAdmin = Pick<Admin, 'describeGroups' | 'fetchOffsets' | 'listGroups'>;

/** What a broker answers for a group that it does not have: by the version of the request a state, or an error. */
const stateOf = async (admin: GroupAdmin, groupId: string) => {
  try {
    const { groups } = await askingCoordinator(() => admin.describeGroups([groupId]));
    return groups[0];
  } catch (error) {
    if (protocolErrorType(error) !== 'GROUP_ID_NOT_FOUND') throw error;
    return undefined;
  }
};

/** Groups that have committed offsets of the topic, of those that this user may see. */
const groupsOf = async (admin: GroupAdmin, topic: string): Promise<readonly string[]> => {
  const { groups } = await admin.listGroups();
  const asked = groups.map(({ groupId }) => groupId).slice(0, MOST_ASKED);
  const found = await Promise.all(
    asked.map(async (groupId) => {
      try {
        return (await fetchCommitted(admin, groupId, topic)).size > 0 ? [groupId] : [];
      } catch {
        // A help beside the error: a group that cannot be asked is not named.
        return [];
      }
    }),
  );
  return found.flat().sort();
};

/**
 * How many members a group has; none where it has only committed.
 * @throws KafkaError `group_unknown` that names the groups of the topic
 */
export const readGroupMembers = async (
  admin: GroupAdmin,
  groupId: string,
  topic: string,
): Promise<number> => {
  const group = await stateOf(admin, groupId);
  if (group !== undefined && group.state !== 'Dead') return group.members.length;
  const others = await groupsOf(admin, topic).catch(() => []);
  throw new KafkaError(
    'group_unknown',
    [
      `Kafka knows no consumer group ${groupId}: no member has joined it, and nothing is committed for it.`,
      others.length === 0
        ? `No group that this user may see has committed offsets of ${topic}.`
        : `Groups that have committed offsets of ${topic}: ${others.join(', ')}.`,
      'Set kafka.groupId to the one that is meant, or start its first member; orders for a member that is still to start take --new-group.',
    ].join(' '),
    { retriable: false },
  );
};
