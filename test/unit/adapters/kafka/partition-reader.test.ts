import type { Kafka } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { answerMemory } from '../../../../src/adapters/kafka/answer-memory.ts';
import type {
  ClusterRequest,
  KafkajsCluster,
} from '../../../../src/adapters/kafka/kafkajs-cluster.ts';
import { createPartitionReader } from '../../../../src/adapters/kafka/partition-reader.ts';
import { batchOf } from '../../../support/record-batch.ts';

const VALUE_BYTES = 300_000;
const ANSWERS = 8;

/** An answer to a fetch of version 4 with one batch of one partition. */
const fetchAnswer = (batch: Buffer): Buffer => {
  const head = Buffer.alloc(4 + 4 + 2 + 1 + 4 + 4 + 2 + 8 + 8 + 4 + 4);
  let at = head.writeInt32BE(0);
  at = head.writeInt32BE(1, at);
  at = head.writeInt16BE(1, at);
  at += head.write('t', at);
  at = head.writeInt32BE(1, at);
  at = head.writeInt32BE(0, at);
  at = head.writeInt16BE(0, at);
  at = head.writeBigInt64BE(BigInt(ANSWERS), at);
  at = head.writeBigInt64BE(BigInt(ANSWERS), at);
  at = head.writeInt32BE(0, at);
  head.writeInt32BE(batch.length, at);
  return Buffer.concat([head, batch]);
};

/** A client whose only broker has one batch an answer, in the memory that answers are read to. */
const clientOf = (answers: Buffer[]): Pick<Kafka, 'admin'> => {
  const send = async <T>({ response }: ClusterRequest<T>): Promise<T> => {
    const number = answers.length;
    if (number === ANSWERS) return new Promise<never>(() => undefined);
    const value = Buffer.alloc(VALUE_BYTES, number + 1);
    const whole = fetchAnswer(batchOf([{ offset: number, key: Buffer.from('k'), value }]));
    const answer = answerMemory.take(whole.length);
    whole.copy(answer);
    answers.push(answer);
    return response.parse((await response.decode(answer)) as never);
  };
  const cluster: Partial<KafkajsCluster> = {
    connect: async () => undefined,
    disconnect: async () => undefined,
    refreshMetadata: async () => undefined,
    addTargetTopic: async () => undefined,
    findTopicPartitionMetadata: () => [{ partitionId: 0, leader: 1 }],
    findBroker: async () => ({ versions: { 1: { maxVersion: 4 } }, connectionPool: { send } }),
  };
  return { [Symbol('private:Kafka:createCluster')]: () => cluster } as never;
};

describe('a reader of partitions', () => {
  it('leaves the bytes of an answer alone until they are handled, and then uses their memory again', async () => {
    const answers: Buffer[] = [];
    const seen: boolean[] = [];
    const all = Promise.withResolvers<void>();
    const reader = createPartitionReader({
      kafka: clientOf(answers),
      topic: 't',
      limits: { maxBytes: 1, maxBytesPerPartition: 1, maxWaitMs: 1 },
      positions: new Map(),
      patienceMs: 1_000,
      now: () => 0,
      onRecords: async ({ records }) => {
        // Meanwhile the next answer comes.
        await new Promise((resolve) => setImmediate(resolve));
        const expected = Buffer.alloc(VALUE_BYTES, seen.length + 1);
        seen.push(records.every(({ bytes }) => bytes.includes(expected)));
        if (seen.length === ANSWERS) all.resolve();
      },
      onNothing: () => undefined,
    });
    const running = reader.run();
    running.catch(all.reject);
    await all.promise;
    expect(seen).toEqual(new Array(ANSWERS).fill(true));
    expect(new Set(answers.map(({ buffer }) => buffer)).size).toBe(2);
  });

  it('ends where records are not taken, even if that may be tried again: its fetches go well meanwhile', async () => {
    const failure = Object.assign(new Error('the store has failed'), { retriable: true });
    let asked = 0;
    const reader = createPartitionReader({
      kafka: clientOf([]),
      topic: 't',
      limits: { maxBytes: 1, maxBytesPerPartition: 1, maxWaitMs: 1 },
      positions: new Map(),
      patienceMs: 1_000,
      now: () => 0,
      onRecords: async () => {
        asked++;
        throw failure;
      },
      onNothing: () => undefined,
    });
    await expect(reader.run()).rejects.toBe(failure);
    expect(asked).toBe(1);
  });
});
