import { describe, expect, it } from 'vitest';
import { fetchCommitted } from '../../../../src/adapters/kafka/committed-offsets.ts';

class ProtocolError extends Error {
  readonly type: string;

  constructor(type: string) {
    super(type);
    this.type = type;
  }
}

/** A coordinator that refuses as often as told, then answers. */
const coordinator = (type: string, refusals: number) => {
  let asked = 0;
  return {
    asked: () => asked,
    fetchOffsets: async () => {
      asked += 1;
      if (asked <= refusals) throw new ProtocolError(type);
      return [{ topic: 'events', partitions: [{ partition: 0, offset: '7', metadata: null }] }];
    },
  };
};

describe('what a group has committed', () => {
  it.each([
    'GROUP_LOAD_IN_PROGRESS',
    'GROUP_COORDINATOR_NOT_AVAILABLE',
    'NOT_COORDINATOR_FOR_GROUP',
  ])('is waited for while the broker answers %s, as it does after a restart', async (type) => {
    const slept: number[] = [];
    const admin = coordinator(type, 3);
    const committed = await fetchCommitted(admin, 'group', 'events', async (ms) => {
      slept.push(ms);
    });
    expect(committed.get(0)?.offset).toBe(7n);
    expect(slept).toEqual([250, 250, 250]);
  });

  it('is given up after ten seconds without a coordinator', async () => {
    let slept = 0;
    const admin = coordinator('NOT_COORDINATOR_FOR_GROUP', Infinity);
    const committed = fetchCommitted(admin, 'group', 'events', async (ms) => {
      slept += ms;
    });
    await expect(committed).rejects.toThrow('NOT_COORDINATOR_FOR_GROUP');
    expect(slept).toBe(9_750);
  });

  it('is not asked for again after any other refusal', async () => {
    const admin = coordinator('GROUP_AUTHORIZATION_FAILED', 1);
    await expect(fetchCommitted(admin, 'group', 'events')).rejects.toThrow(
      'GROUP_AUTHORIZATION_FAILED',
    );
    expect(admin.asked()).toBe(1);
  });
});
