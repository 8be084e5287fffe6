import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createReadProgress } from '../../../../src/adapters/kafka/read-progress.ts';

const ends = [
  { partition: 0, leader: 1, end: 10n },
  { partition: 1, leader: 2, end: 5n },
];
const { signal } = new AbortController();

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const reaching = (progress = createReadProgress(1_000, 't'), until = signal) => {
  let state = 'waiting';
  progress.reach(ends, until).then(
    () => (state = 'reached'),
    (error: unknown) => (state = String(error)),
  );
  const now = async () => {
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
    return state;
  };
  return { progress, now };
};

describe('reading to the end', () => {
  it('is done once every partition is at its end, also by a batch of control records', async () => {
    const { progress, now } = reaching();
    progress.read(0, 10n);
    expect(await now()).toBe('waiting');
    progress.read(1, 5n);
    expect(await now()).toBe('reached');
  });

  it('is done at once where there is nothing', async () => {
    await expect(createReadProgress(1_000, 't').reach([], signal)).resolves.toBeUndefined();
  });

  it('is done where compaction removed the last records: the leaders have nothing left', async () => {
    const { progress, now } = reaching();
    progress.read(0, 7n);
    for (let fetch = 0; fetch < 3; fetch += 1) progress.fetched(1);
    expect(await now()).toBe('waiting');
    for (let fetch = 0; fetch < 3; fetch += 1) progress.fetched(2);
    expect(await now()).toBe('reached');
  });

  it('is not done by fetches that bring records', async () => {
    const { progress, now } = reaching();
    for (let next = 1n; next < 5n; next += 1n) {
      progress.fetched(1);
      progress.fetched(2);
      progress.read(0, next);
    }
    expect(await now()).toBe('waiting');
  });

  it('ends with what is left once nothing has come for too long, and not before', async () => {
    const { progress, now } = reaching();
    await vi.advanceTimersByTimeAsync(900);
    progress.read(0, 3n);
    await vi.advanceTimersByTimeAsync(900);
    expect(await now()).toBe('waiting');
    await vi.advanceTimersByTimeAsync(200);
    expect(await now()).toContain('7 offsets of partition 0, 5 offsets of partition 1');
  });

  it('ends with the failure of the consumer, and with the reason of the signal', async () => {
    const failing = reaching();
    failing.progress.fail(new Error('crashed'));
    expect(await failing.now()).toBe('Error: crashed');
    const abort = new AbortController();
    const aborted = reaching(createReadProgress(1_000, 't'), abort.signal);
    abort.abort(new Error('stopped'));
    expect(await aborted.now()).toBe('Error: stopped');
  });
});
