import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createFilteredOffsets,
  type FilteredFetch,
} from '../../../../src/adapters/kafka/filtered-offsets.ts';

const fetchOf = (first: bigint, last: bigint): FilteredFetch => ({
  topic: 'in',
  partition: 0,
  first,
  last,
  highWatermark: String(last + 1n),
});

describe('the gathering of fetches without a record', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('passes many on as one, from the first to the last', async () => {
    const passed: FilteredFetch[] = [];
    const filtered = createFilteredOffsets({
      delayMs: 1_000,
      pass: async (fetch) => void passed.push(fetch),
    });
    filtered.note(fetchOf(5n, 6n));
    filtered.note(fetchOf(7n, 9n));
    expect(passed).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(passed).toEqual([{ ...fetchOf(7n, 9n), first: 5n }]);
  });

  it('takes a fetch from elsewhere for one of its own', async () => {
    const passed: FilteredFetch[] = [];
    const filtered = createFilteredOffsets({
      delayMs: 1_000,
      pass: async (fetch) => void passed.push(fetch),
    });
    filtered.note(fetchOf(2n, 3n));
    filtered.note(fetchOf(7n, 9n));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(passed).toEqual([fetchOf(7n, 9n)]);
  });

  it('passes nothing on when a unit begins before, for its commit covers it', async () => {
    const passed: FilteredFetch[] = [];
    const filtered = createFilteredOffsets({
      delayMs: 1_000,
      pass: async (fetch) => void passed.push(fetch),
    });
    filtered.note(fetchOf(5n, 6n));
    await filtered.settle('in', 0);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(passed).toEqual([]);
  });

  it('lets a unit wait for the commit under way', async () => {
    const under = Promise.withResolvers<void>();
    const filtered = createFilteredOffsets({ delayMs: 1_000, pass: () => under.promise });
    filtered.note(fetchOf(5n, 6n));
    await vi.advanceTimersByTimeAsync(1_000);
    let settled = false;
    const settling = filtered.settle('in', 0).then(() => (settled = true));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(settled).toBe(false);
    under.resolve();
    await settling;
  });

  it('passes nothing on once it was told to forget', async () => {
    const passed: FilteredFetch[] = [];
    const filtered = createFilteredOffsets({
      delayMs: 1_000,
      pass: async (fetch) => void passed.push(fetch),
    });
    filtered.note(fetchOf(5n, 6n));
    filtered.forgetAll();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(passed).toEqual([]);
  });
});
