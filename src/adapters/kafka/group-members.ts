import type { Admin } from 'kafkajs';
import { askingCoordinator, fetchCommitted } from './committed-offsets.ts';
import { KafkaError, protocolErrorType } from './kafka-error.ts';

/** Groups that are asked what they have committed, where an error names them: a request each. */
const MOST_ASKED = 1_000;
const ASKED_AT_ONCE = 50;

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

/** In the place of a wait for the coordinator of one of many groups. */
const waitForNone = (): Promise<never> => Promise.reject(new Error('a group is not waited for'));

interface GroupsOfTopic {
  readonly found: readonly string[];
  /** Groups that were not asked, or did not answer. */
  readonly more: number;
}

/** Groups that have committed offsets of the topic, of those that this user may see. */
const groupsOf = async (admin: GroupAdmin, topic: string): Promise<GroupsOfTopic> => {
  const hasCommitted = async (groupId: string): Promise<boolean | undefined> => {
    try {
      return (await fetchCommitted(admin, groupId, topic, waitForNone)).size > 0;
    } catch {
      // A help beside the error: a group that cannot be asked is not named.
      return undefined;
    }
  };
  const groups = (await admin.listGroups()).groups.map(({ groupId }) => groupId).sort();
  const asked = groups.slice(0, MOST_ASKED);
  const found: string[] = [];
  let more = groups.length - asked.length;
  for (let from = 0; from < asked.length; from += ASKED_AT_ONCE) {
    const some = asked.slice(from, from + ASKED_AT_ONCE);
    const answers = await Promise.all(some.map(hasCommitted));
    found.push(...some.filter((_, index) => answers[index]));
    more += answers.filter((answer) => answer === undefined).length;
  }
  return { found, more };
};

const whoHasCommitted = ({ found, more }: GroupsOfTopic, topic: string): string => {
  const rest = more === 0 ? '' : ` ${more} more could not be asked.`;
  return found.length === 0
    ? `No group that this user may see has committed offsets of ${topic}.${rest}`
    : `Groups that have committed offsets of ${topic}: ${found.join(', ')}.${rest}`;
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
  const others = await groupsOf(admin, topic).catch(() => ({ found: [], more: 0 }));
  throw new KafkaError(
    'group_unknown',
    [
      `Kafka knows no consumer group ${groupId}: no member has joined it, and nothing is committed for it.`,
      whoHasCommitted(others, topic),
      'Set kafka.groupId to the one that is meant, or start its first member; orders for a member that is still to start take --new-group.',
    ].join(' '),
    { retriable: false },
  );
};
