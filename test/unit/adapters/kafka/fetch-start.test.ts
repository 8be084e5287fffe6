import { describe, expect, it } from 'vitest';
import type { FetchedPartition } from '../../../../src/adapters/kafka/aborted-records.ts';
import { markFetchStart } from '../../../../src/adapters/kafka/fetch-start.ts';

const record = (
  offset: number,
  isControlRecord: boolean,
): FetchedPartition['messages'][number] => ({
  offset: String(offset),
  key: null,
  isControlRecord,
  batchContext: { producerId: '7', inTransaction: true },
});

const marked = (messages: FetchedPartition['messages'], asked: number): readonly string[] => {
  const partition: FetchedPartition = { messages, abortedTransactions: null };
  markFetchStart(partition, String(asked));
  return partition.messages.map(
    ({ offset, isControlRecord }) => `${offset}${isControlRecord ? ' control' : ''}`,
  );
};

describe('the start of a fetch of which nothing is left', () => {
  it('is told by a control record where it was asked for', () => {
    expect(marked([record(8, true)], 5)).toEqual(['5 control', '8 control']);
  });

  it('is told where all lies below it, in a batch that compaction has emptied', () => {
    expect(marked([record(3, false)], 5)).toEqual(['5 control', '3']);
  });

  it.each([
    ['a record is left', [record(5, true), record(6, false)]],
    ['nothing came at all', []],
  ])('is not told where %s', (_when, messages) => {
    expect(marked(messages, 5)).toHaveLength(messages.length);
  });
});
