import { gzipSync, zstdCompressSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { committedRecords } from '../../../../src/adapters/kafka/committed-records.ts';
import { registerCompressionCodecs } from '../../../../src/adapters/kafka/compression.ts';
import { createRecordCursor } from '../../../../src/codec/record-batch.ts';
import { packRecords } from '../../../support/packed-records.ts';
import { batchOf, markerOf } from '../../../support/record-batch.ts';

const record = (offset: number) => ({
  offset,
  key: Buffer.from(`k${offset}`),
  value: Buffer.from('v'),
});

const read = async (
  batches: readonly Buffer[],
  from = 0n,
  aborted: readonly { readonly producerId: bigint; readonly firstOffset: bigint }[] = [],
) => {
  const found = await committedRecords(
    { partition: 3, errorCode: 0, highWatermark: 99n, aborted, batches: Buffer.concat(batches) },
    from,
  );
  const cursor = createRecordCursor();
  const offsets: number[] = [];
  for (const packed of found.records) {
    cursor.reset(packed);
    while (cursor.next()) offsets.push(cursor.offset);
  }
  return { offsets, next: found.next };
};

describe('the committed records of a fetch', () => {
  beforeAll(() => registerCompressionCodecs(1_000));

  it('are all from where the fetch began, up to the last whole batch', async () => {
    const second = batchOf([record(3), record(4)]);
    expect(
      await read([batchOf([record(1), record(2)]), second, second.subarray(0, 70)], 2n),
    ).toEqual({ offsets: [2, 3, 4], next: 5n });
    expect(await read([second.subarray(0, 30)], 3n)).toEqual({ offsets: [], next: 3n });
  });

  it('lead past what compaction has removed', async () => {
    expect(await read([batchOf([record(1)], { next: 40 })])).toEqual({ offsets: [1], next: 40n });
  });

  it('are without those of aborted transactions, and without markers', async () => {
    const of = (offset: number, producerId: bigint) =>
      batchOf([record(offset)], { producerId, isTransactional: true });
    const found = await read(
      [
        of(0, 1n),
        of(1, 2n),
        batchOf([record(2)]),
        markerOf(3, 1n, false),
        of(4, 1n),
        markerOf(5, 2n, true),
        markerOf(6, 1n, true),
        of(7, 2n),
        markerOf(8, 2n, false),
      ],
      0n,
      [
        { producerId: 2n, firstOffset: 7n },
        { producerId: 1n, firstOffset: 0n },
      ],
    );
    expect(found).toEqual({ offsets: [1, 2, 4], next: 9n });
  });

  it('are without those of a transaction that was aborted and began before the fetch', async () => {
    const batch = batchOf([record(5)], { producerId: 1n, isTransactional: true });
    expect(
      await read([batch, markerOf(6, 1n, false)], 5n, [{ producerId: 1n, firstOffset: 2n }]),
    ).toEqual({ offsets: [], next: 7n });
  });

  it('are unpacked, within the limit', async () => {
    const records = [record(1), record(2)];
    const { bytes } = packRecords(records);
    for (const [compression, body] of [
      [1, gzipSync(bytes)],
      [4, zstdCompressSync(bytes)],
    ] as const)
      expect(await read([batchOf(records, { compression, body })])).toEqual({
        offsets: [1, 2],
        next: 3n,
      });
    const bomb = batchOf(records, { compression: 1, body: gzipSync(Buffer.alloc(5_000)) });
    await expect(read([bomb])).rejects.toMatchObject({ code: 'batch_too_large' });
    const unknown = batchOf(records, { compression: 6 });
    await expect(read([unknown])).rejects.toMatchObject({ code: 'codec_unknown' });
  });
});
