import { packRecords, type TestRecord } from './packed-records.ts';

const HEADER_BYTES = 61;

/** A batch of Kafka's format 2, as a broker sends it. */
export const batchOf = (
  records: readonly TestRecord[],
  options: {
    readonly compression?: number;
    readonly producerId?: bigint;
    readonly isTransactional?: boolean;
    readonly isControl?: boolean;
    /** Where compaction has removed the last records. */
    readonly next?: number;
    readonly body?: Buffer;
  } = {},
): Buffer => {
  const packed = packRecords(records);
  const body = options.body ?? packed.bytes;
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeBigInt64BE(BigInt(packed.baseOffset), 0);
  header.writeInt32BE(HEADER_BYTES - 12 + body.length, 8);
  header.writeInt8(2, 16);
  header.writeInt16BE(
    (options.compression ?? 0) |
      (options.isTransactional === true ? 0x10 : 0) |
      (options.isControl === true ? 0x20 : 0),
    21,
  );
  header.writeInt32BE((options.next ?? packed.next) - packed.baseOffset - 1, 23);
  header.writeBigInt64BE(options.producerId ?? -1n, 43);
  header.writeInt32BE(records.length, 57);
  return Buffer.concat([header, body]);
};

/** The marker that ends a transaction. */
export const markerOf = (offset: number, producerId: bigint, commits: boolean): Buffer =>
  batchOf([{ offset, key: Buffer.from([0, 0, 0, commits ? 1 : 0]), value: Buffer.alloc(6) }], {
    producerId,
    isTransactional: true,
    isControl: true,
  });
