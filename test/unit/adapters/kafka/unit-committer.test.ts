import type { Producer, Transaction } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { NO_CONTROL } from '../../../../src/codec/partition-control.ts';
import { createUnitCommitter } from '../../../../src/adapters/kafka/unit-committer.ts';
import type { TelemetryEvent } from '../../../../src/telemetry/telemetry-event.ts';
import { inputBatch, openScope, outputRecord } from '../../../support/unit-fixtures.ts';

const protocolError = (type: string, retriable = false): Error =>
  Object.assign(new Error(`This is ${type}`), { type, retriable });

type Step = 'connect' | 'transaction' | 'sendBatch' | 'sendOffsets' | 'commit';

/**
 * A broker that remembers one partition. `faults` tells by step what goes wrong there, once for each entry;
 * `applied`: the commit takes effect although its answer is an error.
 */
const makeBroker = (faults: { step: Step; error: Error; applied?: boolean }[] = []) => {
  const calls: string[] = [];
  const told: TelemetryEvent[] = [];
  const state = {
    committed: undefined as bigint | undefined,
    control: NO_CONTROL,
    metadata: undefined as unknown,
    outputs: [] as string[],
    producers: 0,
  };
  const fail = (step: Step): boolean => {
    calls.push(step);
    const at = faults.findIndex((fault) => fault.step === step);
    if (at < 0) return false;
    const [fault] = faults.splice(at, 1);
    if (fault === undefined) return false;
    if (fault.applied === true) return true;
    throw fault.error;
  };
  const createProducer = (): Producer => {
    state.producers += 1;
    const transaction = async (): Promise<Transaction> => {
      fail('transaction');
      const pending: string[] = [];
      let offset: bigint | undefined;
      return {
        isActive: () => true,
        sendBatch: async ({ topicMessages = [] }) => {
          fail('sendBatch');
          pending.push(
            ...topicMessages.flatMap(({ messages }) => messages.map(({ value }) => String(value))),
          );
          return [];
        },
        sendOffsets: async ({ topics }) => {
          fail('sendOffsets');
          const [position] = topics[0]?.partitions ?? [];
          offset = BigInt(position?.offset ?? '0');
          state.metadata = position !== undefined && 'metadata' in position && position.metadata;
        },
        commit: async () => {
          const applied = fail('commit');
          state.committed = offset;
          state.outputs.push(...pending);
          if (applied) throw new Error('the connection was closed before the answer');
        },
        abort: async () => void calls.push('abort'),
      } as Partial<Transaction> as Transaction;
    };
    return {
      connect: async () => void fail('connect'),
      disconnect: async () => void calls.push('disconnect'),
      transaction,
    } as Partial<Producer> as Producer;
  };
  const committer = createUnitCommitter({
    groupId: 'g',
    topic: 'audit.events',
    partition: 0,
    createProducer,
    fetchCommitted: async () =>
      state.committed === undefined
        ? undefined
        : { offset: state.committed, control: state.control },
    telemetry: { emit: (event) => void told.push(event) },
    now: () => performance.now(),
    heartbeatIntervalMs: 1,
    maxAttempts: 3,
  });
  return { calls, told, state, committer };
};

const unit = inputBatch(['one', 'two']);
const outputs = [outputRecord('drift.candidates', 'a')];

describe('createUnitCommitter', () => {
  it('asks again for offsets while the transaction before is still ending', async () => {
    const broker = makeBroker(
      Array.from({ length: 5 }, () => ({
        step: 'sendOffsets' as const,
        error: protocolError('CONCURRENT_TRANSACTIONS'),
      })),
    );
    await broker.committer.commit(unit, [], openScope());
    expect(broker.state.producers).toBe(1);
    expect(broker.state.committed).toBe(2n);
  });

  it('learns from the committed offset that a commit without an answer took effect', async () => {
    const broker = makeBroker([{ step: 'commit', error: new Error('unused'), applied: true }]);
    await broker.committer.commit(unit, outputs, openScope());
    expect(broker.state.outputs).toEqual(['a']);
    expect(broker.state.producers).toBe(2);
    expect(broker.calls).not.toContain('abort');
  });

  it('commits once more with a new producer when the commit did not take effect', async () => {
    const broker = makeBroker([{ step: 'commit', error: new Error('request timed out') }]);
    await broker.committer.commit(unit, outputs, openScope());
    expect(broker.state.outputs).toEqual(['a']);
    expect(broker.state.producers).toBe(2);
    const outcomes = broker.told.flatMap((event) =>
      event.type === 'transaction.finished' ? [event.outcome] : [],
    );
    expect(outcomes).toEqual(['failed', 'committed']);
  });

  it('aborts what it can when sending fails, and starts anew', async () => {
    const broker = makeBroker([{ step: 'sendBatch', error: new Error('connection lost') }]);
    await broker.committer.commit(unit, outputs, openScope());
    expect(broker.calls).toContain('abort');
    expect(broker.state.outputs).toEqual(['a']);
  });

  it('gives a unit up when another member has moved the offset', async () => {
    const broker = makeBroker([{ step: 'commit', error: protocolError('INVALID_PRODUCER_EPOCH') }]);
    await broker.committer.open(openScope());
    broker.state.committed = undefined;
    const scope = {
      ...openScope(),
      heartbeat: async () => {
        broker.state.committed = 1n;
      },
    };
    await expect(broker.committer.commit(unit, outputs, scope)).rejects.toMatchObject({
      code: 'partition_lost',
    });
    expect(broker.state.outputs).toEqual([]);
  });

  it('gives a unit up when an operator has paused the partition meanwhile', async () => {
    const broker = makeBroker([{ step: 'commit', error: protocolError('INVALID_PRODUCER_EPOCH') }]);
    broker.state.committed = 0n;
    await broker.committer.open(openScope());
    broker.state.control = { paused: { since: '2026-01-01T00:00:00Z', note: '' }, skip: [] };
    await expect(broker.committer.commit(unit, outputs, openScope())).rejects.toMatchObject({
      code: 'partition_lost',
    });
    expect(broker.state.outputs).toEqual([]);
  });

  it('gives a unit up when an operator has ordered to skip a record meanwhile', async () => {
    const broker = makeBroker([{ step: 'commit', error: protocolError('INVALID_PRODUCER_EPOCH') }]);
    broker.state.committed = 0n;
    await broker.committer.open(openScope());
    broker.state.control = { paused: undefined, skip: ['1'] };
    await expect(broker.committer.commit(unit, outputs, openScope())).rejects.toMatchObject({
      code: 'partition_lost',
    });
  });

  it('leaves orders for records to come beside the offset, and drops those that are done', async () => {
    const broker = makeBroker();
    broker.state.committed = 0n;
    broker.state.control = { paused: undefined, skip: ['1', '40'] };
    await broker.committer.open(openScope());
    await broker.committer.commit(unit, outputs, openScope());
    expect(broker.state.metadata).toBe('{"driftline":{"skip":["40"]}}');
  });

  it('does not fence the owner back when the membership is over', async () => {
    const over = protocolError('UNKNOWN_MEMBER_ID');
    const broker = makeBroker([{ step: 'commit', error: protocolError('PRODUCER_FENCED') }]);
    const scope = { ...openScope(), heartbeat: () => Promise.reject(over) };
    await expect(broker.committer.commit(unit, outputs, scope)).rejects.toBe(over);
    expect(broker.state.producers).toBe(1);
  });

  it('names two deployments that fence each other', async () => {
    const broker = makeBroker(
      Array.from({ length: 3 }, () => ({
        step: 'commit' as const,
        error: protocolError('PRODUCER_FENCED'),
      })),
    );
    await expect(broker.committer.commit(unit, outputs, openScope())).rejects.toMatchObject({
      code: 'transactional_id_fenced',
      retriable: false,
    });
  });

  it('says at once what no repeat would mend', async () => {
    const broker = makeBroker([{ step: 'sendBatch', error: protocolError('MESSAGE_TOO_LARGE') }]);
    await expect(broker.committer.commit(unit, outputs, openScope())).rejects.toThrow(
      'raise its max.message.bytes',
    );
    expect(broker.state.producers).toBe(1);
  });

  it('ends its attempts', async () => {
    const broker = makeBroker(
      Array.from({ length: 9 }, () => ({ step: 'connect' as const, error: new Error('refused') })),
    );
    await expect(broker.committer.commit(unit, outputs, openScope())).rejects.toMatchObject({
      code: 'transaction_failed',
      retriable: true,
    });
  });

  it('takes no unit after it was closed', async () => {
    const broker = makeBroker();
    await broker.committer.commit(unit, outputs, openScope());
    await broker.committer.close();
    await expect(
      broker.committer.commit(inputBatch(['x'], { from: 2 }), [], openScope()),
    ).rejects.toMatchObject({
      code: 'partition_lost',
    });
  });
});
