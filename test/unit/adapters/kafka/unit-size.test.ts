import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createUnitSize, type UnitSize } from '../../../../src/adapters/kafka/unit-size.ts';
import type { InputBatch } from '../../../../src/pipeline/ports.ts';

const most = { maxRecords: 5_000, maxBytes: 8 * 1024 * 1024 };
const recordBytes = 100;
const value = Buffer.alloc(recordBytes);

const unitOf = (count: number): InputBatch => ({
  topic: 't',
  partition: 0,
  records: Array.from({ length: count }, (_, at) => ({
    topic: 't',
    partition: 0,
    offset: String(at),
    timestamp: 0,
    key: null,
    value,
    headers: {},
  })),
  nextOffset: String(count),
  highWatermark: '100000',
});

/** Works on units of a backlog at so many records a second, until `records` are done; how long each took, in ms. */
const drain = (size: UnitSize, records: number, perSecond: number): readonly number[] => {
  const took: number[] = [];
  for (let left = records; left > 0;) {
    const unit = unitOf(Math.min(left, size.limits.maxRecords));
    const ms = (unit.records.length / perSecond) * 1000;
    took.push(ms);
    size.finished(unit, ms);
    left -= unit.records.length;
  }
  return took;
};

describe('the size of units', () => {
  it('begins with a part of the limits, and reaches them where units are quick', () => {
    const size = createUnitSize(most);
    expect(size.limits.maxRecords).toBe(1_000);
    drain(size, 10_000, 10_000);
    expect({ ...size.limits }).toEqual(most);
  });

  it('is that of small limits from the beginning', () => {
    const small = { maxRecords: 100, maxBytes: 1_000 };
    expect({ ...createUnitSize(small).limits }).toEqual(small);
  });

  it('falls to what is done within five seconds', () => {
    const took = drain(createUnitSize(most), 20_000, 100);
    expect(took[0]).toBe(10_000);
    expect(Math.max(...took.slice(1))).toBeLessThanOrEqual(5_010);
  });

  it('makes progress where the group never leaves a member in peace for as long as a full unit takes', () => {
    const size = createUnitSize(most);
    const perSecond = 100;
    const peaceMs = 3_000;
    let done = 0;
    for (let round = 0; round < 20; round += 1) {
      const unit = unitOf(size.limits.maxRecords);
      const ms = (unit.records.length / perSecond) * 1000;
      if (ms > peaceMs) {
        size.interrupted(unit);
        continue;
      }
      size.finished(unit, ms);
      done += unit.records.length;
    }
    expect(done).toBeGreaterThan(2_000);
  });

  it('falls once where units of several partitions are interrupted together', () => {
    const size = createUnitSize(most);
    const units = [1, 2, 3, 4].map(() => unitOf(1_000));
    for (const unit of units) size.interrupted(unit);
    expect(size.limits.maxRecords).toBe(500);
  });

  it('does not grow by small units, which tell nothing of large ones', () => {
    const size = createUnitSize(most);
    for (let turn = 0; turn < 20; turn += 1) size.finished(unitOf(50), 10);
    expect(size.limits.maxRecords).toBe(1_000);
  });

  it('keeps within the limits, whatever comes', () => {
    const step = fc.record({
      count: fc.integer({ min: 0, max: 6_000 }),
      ms: fc.integer({ min: 0, max: 600_000 }),
      isDone: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const size = createUnitSize(most);
        for (const { count, ms, isDone } of steps) {
          if (isDone) size.finished(unitOf(count), ms);
          else size.interrupted(unitOf(count));
          expect(size.limits.maxRecords).toBeGreaterThanOrEqual(25);
          expect(size.limits.maxRecords).toBeLessThanOrEqual(most.maxRecords);
          expect(size.limits.maxBytes).toBeGreaterThan(0);
          expect(size.limits.maxBytes).toBeLessThanOrEqual(most.maxBytes);
        }
      }),
      { numRuns: 50 },
    );
  });
});
