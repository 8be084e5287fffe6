import { describe, expect, it } from 'vitest';
import { unitLag } from '../../../../src/adapters/kafka/unit-lag.ts';
import { splitBatch } from '../../../../src/adapters/kafka/split-batch.ts';

const message = (offset: number) => ({
  offset: String(offset),
  timestamp: '0',
  key: null,
  headers: {},
  value: Buffer.from('x'),
  attributes: 0,
});

describe('the lag of a partition', () => {
  it('is not 0 while the last records are received and none of them is committed', () => {
    const batch = {
      topic: 't',
      partition: 0,
      highWatermark: '9007199254740997',
      lastOffset: () => '9007199254740996',
      messages: [],
    };
    const messages = ['9007199254740994', '9007199254740996'].map((offset) => ({
      ...message(0),
      offset,
    }));
    const [unit] = splitBatch({ ...batch, messages }, { maxRecords: 10, maxBytes: 100 });
    expect(unit && unitLag(unit)).toEqual({ received: 3, finished: 0 });
  });

  it('falls unit by unit', () => {
    const units = Array.from(
      splitBatch(
        {
          topic: 't',
          partition: 0,
          highWatermark: '14',
          lastOffset: () => '13',
          messages: [10, 11, 12, 13].map(message),
        },
        { maxRecords: 2, maxBytes: 100 },
      ),
    );
    expect(units.map(unitLag)).toEqual([
      { received: 4, finished: 2 },
      { received: 2, finished: 0 },
    ]);
  });
});
