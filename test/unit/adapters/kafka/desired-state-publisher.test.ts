import type { Kafka } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { beginPublication } from '../../../../src/adapters/kafka/desired-state-publisher.ts';

/** The timeout of the transaction that a publication of so many records asks the brokers for. */
const timeoutOf = async (records: number, transactionTimeoutMs?: number): Promise<unknown> => {
  let asked: unknown;
  const kafka = {
    producer: (config: { readonly transactionTimeout?: number }) => {
      asked = config.transactionTimeout;
      return { connect: async () => undefined, transaction: async () => ({}) };
    },
  } as unknown as Pick<Kafka, 'producer'>;
  const configured = transactionTimeoutMs === undefined ? {} : { transactionTimeoutMs };
  await beginPublication(
    {
      kafka,
      topic: 'desired.state',
      transactionalIdPrefix: 'p-',
      encoder: async () => () => expect.fail('nothing is written'),
      ...configured,
    },
    'prod/l-1',
    records,
  );
  return asked;
};

describe('the transaction of a publication', () => {
  it('is not aborted by its timeout while a million records are written', async () => {
    expect(await timeoutOf(1_000_000, 60_000)).toBe(900_000);
    expect(await timeoutOf(300_000)).toBe(300_000);
  });

  it('has the configured timeout where that is enough, so that readers wait no longer for a dead publisher', async () => {
    expect(await timeoutOf(10)).toBe(60_000);
    expect(await timeoutOf(10, 20_000)).toBe(20_000);
    expect(await timeoutOf(5_000_000, 1_800_000)).toBe(1_800_000);
  });
});
