export interface RetryDelays {
  readonly initialDelayMs: number;
  readonly maxDelayMs: number;
}

/** A server that asks for more is asked again after this, in milliseconds. */
const LONGEST_RETRY_AFTER_MS = 600_000;

/**
 * Milliseconds before the next try: random between zero and a limit that doubles with each attempt (full jitter),
 * on top of what the server asked for.
 * @param attempt how many tries failed in a row, from 1
 * @param random a number from 0 to below 1
 */
export const retryDelay = (
  attempt: number,
  delays: RetryDelays,
  random: number,
  retryAfterSeconds = 0,
): number => {
  const limit = Math.min(delays.maxDelayMs, delays.initialDelayMs * 2 ** Math.min(attempt - 1, 30));
  return Math.min(retryAfterSeconds * 1000, LONGEST_RETRY_AFTER_MS) + Math.round(random * limit);
};
