import {
  addToBlock,
  blockSize,
  recordsOfBlock,
} from '../../src/adapters/desired-store/located-block.ts';
import { createRecordLocator } from '../../src/adapters/desired-store/record-locator.ts';
import type { DesiredPayloads } from '../../src/codec/desired-resource-payload.ts';
import { packRecords, type TestRecord } from './packed-records.ts';

/** Records as the thread that writes is given them; throws where one is not taken. */
export const locatedBatch = (
  payloads: Pick<DesiredPayloads, 'locate'>,
  records: readonly TestRecord[],
): ReturnType<typeof recordsOfBlock> => {
  const locator = createRecordLocator(payloads, ({ message }) => {
    throw new Error(message);
  });
  locator.begin(0, packRecords(records));
  const batches: ReturnType<typeof recordsOfBlock>[number][] = [];
  for (let piece = locator.next(); piece !== undefined; piece = locator.next()) {
    const block = { bytes: Buffer.from(new SharedArrayBuffer(blockSize(piece))), length: 0 };
    addToBlock(block, piece);
    batches.push(...recordsOfBlock(block));
  }
  return batches;
};
