import { batchAt, isAbortMarker, type PackedRecords } from '../../codec/record-batch.ts';
import { decompressBatch } from './compression.ts';
import type { FetchedPartition } from './fetch-batches.ts';

/** What a fetch brought of a partition. */
export interface CommittedRecords {
  readonly partition: number;
  readonly highWatermark: bigint;
  /** Records from where the fetch began, without control records and those of aborted transactions. */
  readonly records: readonly PackedRecords[];
  /** One past the last offset of what was fetched. */
  readonly next: bigint;
}

/**
 * Takes the batches of a fetch apart. A transaction that was aborted has its producer's records up to the marker that
 * ends it: those from `firstOffset` on are dropped.
 * @throws RecordBatchError, KafkaError `batch_too_large`, `codec_failed`, `codec_unknown`
 */
export const committedRecords = async (
  { partition, highWatermark, aborted, batches }: FetchedPartition,
  from: bigint,
): Promise<CommittedRecords> => {
  const toCome = [...aborted].sort((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1));
  const abortedNow = new Set<bigint>();
  const records: PackedRecords[] = [];
  let next = from;
  for (let at = 0; ;) {
    const batch = batchAt(batches, at);
    if (batch === undefined) break;
    at = batch.end;
    if (batch.next <= from) continue;
    next = batch.next;
    while (toCome[0] !== undefined && toCome[0].firstOffset < batch.next)
      abortedNow.add(toCome.shift()!.producerId);
    if (batch.isControl) {
      if (isAbortMarker(batches, batch)) abortedNow.delete(batch.producerId);
      continue;
    }
    if (batch.isTransactional && abortedNow.has(batch.producerId)) continue;
    if (batch.count === 0) continue;
    const bytes = batches.subarray(batch.start, batch.end);
    records.push({
      baseOffset: Number(batch.baseOffset),
      from: Number(from),
      count: batch.count,
      next: Number(batch.next),
      bytes: batch.compression === 0 ? bytes : await decompressBatch(batch.compression, bytes),
    });
  }
  return { partition, highWatermark, records, next };
};
