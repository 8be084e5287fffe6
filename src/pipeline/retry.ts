import { setTimeout as delay } from 'node:timers/promises';

/** Delays before the second try and the following ones; after them the last error is thrown. */
export interface RetryPlan {
  readonly delaysMs: readonly number[];
}

/** About 30 s in all: longer than a restart of a service, shorter than a person's patience. */
const DEFAULT_PLAN: RetryPlan = { delaysMs: [500, 1_000, 2_000, 4_000, 8_000, 16_000] };

const isRetriable = (error: unknown): boolean =>
  error instanceof Error && 'retriable' in error && error.retriable === true;

/**
 * Tries again what failed with a typed, retriable error of the surroundings. Any other error is thrown at once.
 * Throws the signal's reason when it is aborted while waiting.
 */
export const withRetry = async <T>(
  work: () => T | Promise<T>,
  signal: AbortSignal,
  plan: RetryPlan = DEFAULT_PLAN,
): Promise<T> => {
  for (const ms of plan.delaysMs) {
    try {
      return await work();
    } catch (error) {
      if (!isRetriable(error)) throw error;
    }
    try {
      await delay(ms, undefined, { signal });
    } catch {
      signal.throwIfAborted();
    }
  }
  return work();
};
