import type { Admin } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { readGroupMembers } from '../../../../src/adapters/kafka/group-members.ts';

const cluster = (
  state: string,
  others: Readonly<Record<string, string>> = {},
  members = 0,
): Parameters<typeof readGroupMembers>[0] =>
  ({
    describeGroups: async () => ({
      groups: [{ state, members: Array<unknown>(members).fill({}) }],
    }),
    listGroups: async () => ({
      groups: Object.keys(others).map((groupId) => ({ groupId, protocolType: 'consumer' })),
    }),
    fetchOffsets: async ({ groupId }: { readonly groupId: string }) => {
      if (others[groupId] === 'denied') throw new Error('denied');
      return [
        {
          topic: 'events',
          partitions: [{ partition: 0, offset: others[groupId] ?? '-1', metadata: null }],
        },
      ];
    },
  }) as unknown as Admin;

describe('the members of a group', () => {
  it.each([
    ['Stable', 3],
    ['Empty', 0],
  ])('are counted where it is %s', async (state, members) => {
    expect(await readGroupMembers(cluster(state, {}, members), 'driftline', 'events')).toBe(
      members,
    );
  });

  it('a misspelt group is told, with the groups of the topic', async () => {
    const admin = cluster('Dead', { driftline: '7', other: '-1', secret: 'denied', audit: '1' });
    await expect(readGroupMembers(admin, 'driftlime', 'events')).rejects.toMatchObject({
      code: 'group_unknown',
      retriable: false,
      message: expect.stringMatching(
        /no consumer group driftlime: .* of events: audit, driftline\. 1 more could not be asked\. Set kafka\.groupId/,
      ) as unknown,
    });
  });

  it('the groups of the topic are told of a cluster with hundreds, and of thousands that not all were asked', async () => {
    const others = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`other-${n}`, '-1']));
    const told = (count: number) =>
      readGroupMembers(cluster('Dead', { ...others(count), zeta: '1' }), 'driftlime', 'events');
    await expect(told(400)).rejects.toThrow('of events: zeta. Set');
    await expect(told(1_200)).rejects.toThrow('of events. 201 more could not be asked. Set');
  });

  it('are told as unknown even where the groups may not be listed', async () => {
    const admin = {
      ...cluster('Dead'),
      listGroups: async () => {
        throw new Error('denied');
      },
    };
    await expect(readGroupMembers(admin, 'driftlime', 'events')).rejects.toThrow(
      'Kafka knows no consumer group driftlime',
    );
  });
});
