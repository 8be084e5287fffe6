import type { FetchedPartition } from './aborted-records.ts';

/**
 * Makes a fetch of which nothing is left tell where it began: a control record, which kafkajs hands over to nobody, is
 * put at the offset that was asked for. Of such a fetch kafkajs tells the first record, and not the place that was asked
 * for, so that a gap could not be told from records that are not done with. Pure but for that.
 */
export const markFetchStart = (partition: FetchedPartition, asked: string): void => {
  const from = BigInt(asked);
  const isVisible = ({ offset, isControlRecord }: FetchedPartition['messages'][number]): boolean =>
    !isControlRecord && BigInt(offset) >= from;
  if (partition.messages.length === 0 || partition.messages.some(isVisible)) return;
  partition.messages = [
    {
      offset: asked,
      key: null,
      isControlRecord: true,
      batchContext: { producerId: '-1', inTransaction: false },
    },
    ...partition.messages,
  ];
};
