import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as subject from '../../../../src/adapters/kafka/split-batch.ts';

const batchOf = (
  offsets: readonly number[],
  sizes: readonly number[] = [],
  lastOffset = offsets.at(-1) ?? 0,
) => ({
  topic: 'audit.events',
  partition: 3,
  highWatermark: String(lastOffset + 10),
  lastOffset: () => String(lastOffset),
  messages: offsets.map((offset, index) => ({
    offset: String(offset),
    timestamp: '1700000000000',
    key: null,
    value: Buffer.alloc(sizes[index] ?? 1),
    attributes: 0,
    headers: {},
  })),
});

const limits = { maxRecords: 3, maxBytes: 100 };
const splitBatch = (...given: Parameters<typeof subject.splitBatch>) => [
  ...subject.splitBatch(...given),
];
const offsetsOf = (units: ReturnType<typeof splitBatch>) =>
  units.map(({ records }) => records.map(({ offset }) => offset));

describe('splitBatch', () => {
  it('bounds units by records', () => {
    expect(offsetsOf(splitBatch(batchOf([0, 1, 2, 3, 4]), limits))).toEqual([
      ['0', '1', '2'],
      ['3', '4'],
    ]);
  });

  it('cuts each unit by the limits that hold when it is asked for', () => {
    const now = { maxRecords: 3, maxBytes: 100 };
    const units = subject.splitBatch(batchOf([0, 1, 2, 3, 4, 5]), now);
    const first = units.next().value;
    now.maxRecords = 1;
    const second = units.next().value;
    now.maxRecords = 5;
    expect(offsetsOf([first, second, ...units].filter((unit) => unit !== undefined))).toEqual([
      ['0', '1', '2'],
      ['3'],
      ['4', '5'],
    ]);
  });

  it('bounds units by bytes, and gives a larger record a unit of its own', () => {
    expect(offsetsOf(splitBatch(batchOf([0, 1, 2, 3], [60, 60, 500, 1]), limits))).toEqual([
      ['0'],
      ['1'],
      ['2'],
      ['3'],
    ]);
  });

  it('leaves out what lies below the committed offset', () => {
    expect(offsetsOf(splitBatch(batchOf([5, 6, 7]), limits, { from: 6n, skip: [] }))).toEqual([
      ['6', '7'],
    ]);
    expect(splitBatch(batchOf([5, 6, 7]), limits, { from: 8n, skip: [] })).toEqual([]);
  });

  it('tells each unit which records an operator has ordered to skip', () => {
    const units = splitBatch(batchOf([5, 6, 7]), limits, { from: 0n, skip: ['6'] });
    expect(units.map(({ skip }) => [...(skip ?? [])])).toEqual(units.map(() => ['6']));
  });

  it('ends the last unit past the control records of the batch', () => {
    const units = splitBatch(batchOf([0, 1, 2, 3], [], 9), limits);
    expect(units.map(({ nextOffset }) => nextOffset)).toEqual(['3', '10']);
  });

  it('keeps offsets past 2^53 exact', () => {
    const [unit] = splitBatch(
      { ...batchOf([0]), lastOffset: () => '9007199254740993', highWatermark: '9007199254740999' },
      limits,
    );
    expect(unit?.nextOffset).toBe('9007199254740994');
  });

  it('neither loses, repeats nor reorders a record, and its units follow each other', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(10_000), { minLength: 1, maxLength: 60 }),
        fc.array(fc.nat(150), { maxLength: 60 }),
        (unordered, sizes) => {
          const offsets = unordered.toSorted((a, b) => a - b);
          const units = splitBatch(batchOf(offsets, sizes), limits);
          expect(offsetsOf(units).flat()).toEqual(offsets.map(String));
          for (const [index, unit] of units.entries()) {
            const following = units[index + 1]?.records[0]?.offset;
            expect(Number(unit.nextOffset)).toBeGreaterThan(Number(unit.records.at(-1)?.offset));
            if (following !== undefined)
              expect(Number(unit.nextOffset)).toBeLessThanOrEqual(Number(following));
          }
        },
      ),
    );
  });
});
