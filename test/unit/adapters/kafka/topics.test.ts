import { describe, expect, it } from 'vitest';
import { ensureTopics } from '../../../../src/adapters/kafka/topics.ts';

type Admin = Parameters<typeof ensureTopics>[0];
type Request = Parameters<Admin['createTopics']>[0];

const adminThat = (createTopics: Admin['createTopics']): Admin =>
  ({ listTopics: async () => ['there'], createTopics }) as unknown as Admin;

const spec = { topic: 'new', partitions: 3, replicationFactor: undefined, config: {} };

describe('ensureTopics', () => {
  it("leaves the replicas to the brokers' default where none are configured", async () => {
    const requests: Request[] = [];
    const admin = adminThat(async (request) => {
      requests.push(request);
      return true;
    });
    expect(await ensureTopics(admin, [spec])).toEqual([
      { topic: 'new', action: 'created', notes: [] },
    ]);
    expect(requests[0]?.topics).toMatchObject([{ topic: 'new', replicationFactor: -1 }]);
  });

  it('names each topic that the brokers refuse, why, and what to do', async () => {
    const refused = Object.assign(new Error('Topic creation errors'), {
      errors: [
        {
          topic: 'new',
          type: 'INVALID_REPLICATION_FACTOR',
          message: 'Replication-factor is invalid',
        },
      ],
    });
    await expect(
      ensureTopics(
        adminThat(() => Promise.reject(refused)),
        [spec],
      ),
    ).rejects.toThrow(
      'new: Replication-factor is invalid (set kafka.setup.replicationFactor to at most the number of brokers)',
    );
  });

  it('passes on what is no refusal of a topic', async () => {
    const away = new Error('connect ECONNREFUSED');
    await expect(
      ensureTopics(
        adminThat(() => Promise.reject(away)),
        [spec],
      ),
    ).rejects.toBe(away);
  });
});
