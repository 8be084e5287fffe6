import { setTimeout as delay } from 'node:timers/promises';
import type { Producer, Transaction } from 'kafkajs';
import {
  controlAfter,
  controlText,
  NO_CONTROL,
  type PartitionControl,
} from '../../codec/partition-control.ts';
import type { InputBatch, OutputRecord, UnitCommitter, UnitScope } from '../../pipeline/ports.ts';
import type { Telemetry } from '../../telemetry/telemetry-event.ts';
import type { Committed } from './committed-offsets.ts';
import {
  errorMessage,
  isFenced,
  KafkaError,
  PartitionLostError,
  protocolErrorType,
} from './kafka-error.ts';
import { outputChunks, type ChunkLimits } from './output-chunks.ts';
import { writeRefusal } from './write-refusal.ts';

export interface UnitCommitterOptions {
  readonly groupId: string;
  readonly topic: string;
  readonly partition: number;
  /** A new transactional producer under this partition's transactional id, not connected. */
  readonly createProducer: () => Producer;
  /** What the group has committed for this partition; undefined where there is nothing. */
  readonly fetchCommitted: () => Promise<Committed | undefined>;
  readonly telemetry: Telemetry;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** Time between membership checks after fencing, at least the heartbeat interval. */
  readonly heartbeatIntervalMs: number;
  readonly limits?: ChunkLimits;
  /** Default 6. */
  readonly maxAttempts?: number;
}

export interface PartitionCommitter extends UnitCommitter {
  /** Fences whoever held the partition before, settles its transaction, and tells what is committed. */
  open(scope: UnitScope): Promise<Committed | undefined>;
  /** Ends the producer. A commit under way fails with PartitionLostError. */
  close(): Promise<void>;
}

/** Half of the broker's default limit of a record batch, 1 MiB. */
const defaultLimits: ChunkLimits = { maxRecords: 1_000, maxBytes: 512 * 1024 };
const defaultAttempts = 6;
const maxFenced = 3;
const abortLimitMs = 3_000;
const concurrentRetryMs = 15;
const concurrentRetries = 200;

/** Ends a doubtful producer; what fails here changes nothing, for the next InitProducerId settles it. */
const quietly = async (work: Promise<unknown>): Promise<void> => {
  const limit = new AbortController();
  await Promise.race([
    work.catch(() => undefined),
    delay(abortLimitMs, undefined, { signal: limit.signal, ref: false }),
  ]);
  limit.abort();
};

/**
 * Commits the units of one partition, exactly once (KIP-447's older way, one transactional id a partition, since
 * kafkajs 2.2.4 sends no group metadata). After any doubt the producer is thrown away, a new one fences it, and the
 * committed offset tells whether the unit was done.
 */
export const createUnitCommitter = (options: UnitCommitterOptions): PartitionCommitter => {
  const { topic, partition, groupId, telemetry, now } = options;
  const name = `partition ${topic}/${partition}`;
  let producer: Producer | undefined;
  let next: Transaction | undefined;
  let position: bigint | undefined;
  let control: PartitionControl = NO_CONTROL;
  let known = false;
  let closed = false;

  const discard = async (open?: Transaction): Promise<void> => {
    const old = producer;
    producer = undefined;
    next = undefined;
    if (old === undefined) return;
    if (open?.isActive() === true) await quietly(open.abort());
    await quietly(old.disconnect());
  };

  const initialise = async (): Promise<Committed | undefined> => {
    await discard();
    const created = options.createProducer();
    try {
      await created.connect();
      const transaction = await created.transaction();
      const committed = await options.fetchCommitted();
      if (closed) throw new PartitionLostError(`${name} was given up.`);
      producer = created;
      next = transaction;
      position = committed?.offset;
      control = committed?.control ?? NO_CONTROL;
      known = true;
      return committed;
    } catch (error) {
      await quietly(created.disconnect());
      throw error;
    }
  };

  /** Decides after a failure whether another attempt makes sense; throws what ends the unit. */
  const judge = async (
    error: unknown,
    attempt: number,
    fencedTimes: number,
    scope: UnitScope,
  ): Promise<void> => {
    if (closed) throw new PartitionLostError(`${name} was given up.`);
    scope.signal.throwIfAborted();
    if (error instanceof PartitionLostError || error instanceof KafkaError) throw error;
    const refusal = writeRefusal(error, `commit ${name}`);
    if (refusal !== undefined) throw refusal;
    if (fencedTimes >= maxFenced) {
      throw new KafkaError(
        'transactional_id_fenced',
        `Another process takes over the transactional id of ${name} again and again while this one is a member of group ` +
          `${groupId}. Two deployments share the group and topics under different settings: give each its own kafka.groupId.`,
        { retriable: false, cause: error },
      );
    }
    if (attempt >= (options.maxAttempts ?? defaultAttempts)) {
      throw new KafkaError(
        'transaction_failed',
        `Cannot commit ${name} after ${attempt} attempts: ${errorMessage(error)}`,
        {
          retriable: true,
          cause: error,
        },
      );
    }
    if (isFenced(error))
      await delay(options.heartbeatIntervalMs + 50, undefined, { signal: scope.signal });
    else await delay(Math.min(100 * 2 ** attempt, 5_000), undefined, { signal: scope.signal });
    await scope.heartbeat();
  };

  /** What is ordered for records that are still to come stays beside the offset; kafkajs sends it, but not by its types. */
  const positionAt = (
    offset: string,
  ): { readonly partition: number; readonly offset: string; readonly metadata: string | null } => ({
    partition,
    offset,
    metadata: controlText(controlAfter(control, BigInt(offset))),
  });

  const sendOffsets = async (
    transaction: Transaction,
    offset: string,
    scope: UnitScope,
  ): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await transaction.sendOffsets({
          consumerGroupId: groupId,
          topics: [{ topic, partitions: [positionAt(offset)] }],
        });
        return;
      } catch (error) {
        if (protocolErrorType(error) !== 'CONCURRENT_TRANSACTIONS' || attempt >= concurrentRetries)
          throw error;
        await delay(concurrentRetryMs, undefined, { signal: scope.signal });
      }
    }
  };

  const transact = async (
    batch: InputBatch,
    outputs: readonly OutputRecord[],
    scope: UnitScope,
  ): Promise<void> => {
    if (producer === undefined) throw new PartitionLostError(`${name} has no producer.`);
    const transaction = next ?? (await producer.transaction());
    next = undefined;
    const started = now();
    let outcome: 'committed' | 'aborted' | 'failed' = 'aborted';
    try {
      for (const topicMessages of outputChunks(outputs, options.limits ?? defaultLimits)) {
        await transaction.sendBatch({ acks: -1, topicMessages: [...topicMessages] });
        scope.signal.throwIfAborted();
      }
      await sendOffsets(transaction, batch.nextOffset, scope);
      scope.signal.throwIfAborted();
      outcome = 'failed';
      await transaction.commit();
      outcome = 'committed';
    } catch (error) {
      await discard(outcome === 'aborted' ? transaction : undefined);
      throw error;
    } finally {
      telemetry.emit({ type: 'transaction.finished', outcome, seconds: (now() - started) / 1000 });
    }
  };

  const lost = (why: string): PartitionLostError =>
    new PartitionLostError(`The committed offset of ${name} is ${position ?? 'none'}: ${why}.`);

  /** After a doubt: fences, and learns what became of the attempt before. */
  const reopen = async (batch: InputBatch): Promise<void> => {
    const before = { position, known, skips: control.skip.join() };
    await initialise();
    if (control.paused !== undefined) throw lost('an operator has paused it');
    if (!before.known) return;
    const isMoved = position !== before.position && position !== BigInt(batch.nextOffset);
    if (isMoved) throw lost('another member or an operator has moved it');
    if (position === before.position && control.skip.join() !== before.skips) {
      throw lost('an operator has ordered to skip a record');
    }
  };

  /** True where the unit is committed already. */
  const isDone = (batch: InputBatch): boolean => {
    if (position === undefined) return false;
    if (position === BigInt(batch.nextOffset)) return true;
    const first = batch.records[0]?.offset ?? batch.nextOffset;
    if (BigInt(first) < position) throw lost(`the unit begins at ${first}`);
    return false;
  };

  return {
    open: async (scope) => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await initialise();
        } catch (error) {
          await judge(error, attempt, 0, scope);
        }
      }
    },

    commit: async (batch, outputs, scope) => {
      let fencedTimes = 0;
      for (let attempt = 1; ; attempt += 1) {
        scope.signal.throwIfAborted();
        if (closed) throw new PartitionLostError(`${name} was given up.`);
        try {
          if (producer === undefined) await reopen(batch);
          if (isDone(batch)) return;
          await transact(batch, outputs, scope);
          position = BigInt(batch.nextOffset);
          control = controlAfter(control, position);
          return;
        } catch (error) {
          if (isFenced(error)) fencedTimes += 1;
          await judge(error, attempt, fencedTimes, scope);
        }
      }
    },

    close: async () => {
      closed = true;
      await discard();
    },
  };
};
