import type { Batch } from 'kafkajs';
import type { InputBatch, InputRecord } from '../../pipeline/ports.ts';
import { inputRecord } from './input-record.ts';

/** How much is indexed and committed as one. */
export interface UnitLimits {
  readonly maxRecords: number;
  /** Bytes of values; a larger record is a unit of its own. */
  readonly maxBytes: number;
}

export interface UnitStart {
  /** Records below it are left out. */
  readonly from: bigint;
  /** Offsets that an operator has ordered to skip. */
  readonly skip: readonly string[];
}

const FROM_THE_BEGINNING: UnitStart = { from: 0n, skip: [] };

/**
 * Cuts a fetched batch into units, in order, each by the limits as they are when it is asked for.
 * The last unit's next offset lies past control records and aborted records at the end of the batch: only so does the
 * lag of the group reach zero.
 */
export function* splitBatch(
  batch: Pick<Batch, 'topic' | 'partition' | 'highWatermark' | 'messages' | 'lastOffset'>,
  limits: UnitLimits,
  { from, skip }: UnitStart = FROM_THE_BEGINNING,
): Generator<InputBatch, void, undefined> {
  const { topic, partition, highWatermark } = batch;
  const skipped = skip.length === 0 ? {} : { skip: new Set(skip) };
  const unitOf = (records: readonly InputRecord[], end: string): InputBatch => {
    const nextOffset = String(BigInt(end) + 1n);
    return { topic, partition, records, nextOffset, highWatermark, ...skipped };
  };
  let current: InputRecord[] = [];
  let bytes = 0;
  for (const message of batch.messages) {
    if (from > 0n && BigInt(message.offset) < from) continue;
    const size = message.value?.length ?? 0;
    const last = current.at(-1);
    if (
      last !== undefined &&
      (current.length >= limits.maxRecords || bytes + size > limits.maxBytes)
    ) {
      yield unitOf(current, last.offset);
      current = [];
      bytes = 0;
    }
    current.push(inputRecord(topic, partition, message));
    bytes += size;
  }
  if (current.length > 0) yield unitOf(current, batch.lastOffset());
}
