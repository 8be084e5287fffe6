/** How a failure of the surroundings is waited out. Durations in milliseconds. */
export interface Patience {
  /** Most time before the second try; doubled for each further one. The time taken is random between zero and that. */
  readonly initialDelayMs: number;
  /** Most time between two tries. */
  readonly maxDelayMs: number;
  /** No try begins later than this after the first one; the last error is thrown then. */
  readonly limitMs: number;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** Resolves early when aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly onRetry: (attempt: number, delayMs: number, error: Error) => void;
}

const isRetriable = (error: unknown): error is Error =>
  error instanceof Error && 'retriable' in error && error.retriable === true;

/** What is awaited may have no end of its own; the caller's signal has one. */
const unlessAborted = async <T>(work: T | Promise<T>, signal: AbortSignal): Promise<T> => {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason as Error);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
};

/**
 * Waits for work that may fail with a typed, retriable error of the surroundings, and tries it again with full jitter.
 * Any other error is thrown at once; so is the signal's reason when it is aborted.
 * @param begun the first try, under way already
 */
export const withPatience = async <T>(
  begun: Promise<T>,
  work: () => T | Promise<T>,
  signal: AbortSignal,
  patience: Patience,
): Promise<T> => {
  const start = patience.now();
  let next = (): T | Promise<T> => begun;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await unlessAborted(next(), signal);
    } catch (error) {
      signal.throwIfAborted();
      const most = Math.min(patience.maxDelayMs, patience.initialDelayMs * 2 ** (attempt - 1));
      const delayMs = Math.round(patience.random() * most);
      if (!isRetriable(error) || patience.now() - start + delayMs > patience.limitMs) throw error;
      patience.onRetry(attempt, delayMs, error);
      await patience.sleep(delayMs, signal);
      signal.throwIfAborted();
      next = work;
    }
  }
};
