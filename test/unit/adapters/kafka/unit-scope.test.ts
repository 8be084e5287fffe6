import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openScope } from '../../../../src/adapters/kafka/unit-scope.ts';

const protocolError = (type: string): Error => Object.assign(new Error(type), { type });

describe('a scope of a unit', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const open = (heartbeat: () => Promise<void>, stop = new AbortController()) => {
    const scope = openScope({
      heartbeat,
      intervalMs: 1_000,
      sessionTimeoutMs: 30_000,
      stop: stop.signal,
      now: () => Date.now(),
    });
    return scope;
  };

  it('sends heartbeats by itself until it ends', async () => {
    const heartbeat = vi.fn(async () => undefined);
    const scope = open(heartbeat);
    await vi.advanceTimersByTimeAsync(3_500);
    expect(heartbeat).toHaveBeenCalledTimes(3);
    scope.end();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(heartbeat).toHaveBeenCalledTimes(3);
  });

  it.each(['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID'])(
    'aborts once the group has moved on (%s)',
    async (type) => {
      const error = protocolError(type);
      const scope = open(() => Promise.reject(error));
      await vi.advanceTimersByTimeAsync(1_000);
      expect(scope.signal.aborted).toBe(true);
      expect(scope.lost()).toBe(error);
      await expect(scope.heartbeat()).rejects.toBe(error);
      scope.end();
    },
  );

  it('rides out a broker that is away for less than the session', async () => {
    const down = new Error('connect ECONNREFUSED');
    const scope = open(() => Promise.reject(down));
    await vi.advanceTimersByTimeAsync(29_000);
    expect(scope.signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(scope.signal.aborted).toBe(true);
    expect(scope.lost()).toBe(down);
    scope.end();
  });

  it('aborts on a stop without counting the membership as lost', () => {
    const stop = new AbortController();
    const scope = open(async () => undefined, stop);
    stop.abort(new Error('the time is over'));
    expect(scope.signal.aborted).toBe(true);
    expect(scope.lost()).toBeUndefined();
    scope.end();
  });
});
