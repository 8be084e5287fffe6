import { SourceError } from './source-error.ts';

/**
 * Waits for work of a client, at most `ms` milliseconds, also where the client itself knows no abort.
 * @throws SourceError `unavailable` after the time, the signal's reason when it is aborted
 */
export const withinTime = async <T>(
  work: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
  ms: number,
  service: string,
): Promise<T> => {
  signal.throwIfAborted();
  const stop = new AbortController();
  const ended = Promise.withResolvers<never>();
  const abort = (): void => {
    ended.reject(signal.reason as Error);
    stop.abort(signal.reason);
  };
  signal.addEventListener('abort', abort, { once: true });
  const timer = setTimeout(() => {
    const error = new SourceError('unavailable', `${service} gave no answer within ${ms} ms.`);
    ended.reject(error);
    stop.abort(error);
  }, ms);
  try {
    return await Promise.race([work(stop.signal), ended.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
};

/** Asks a service within the time; what its client throws becomes a SourceError by `sourceError`. */
export const askWith =
  (service: string, sourceError: (error: unknown) => SourceError) =>
  async <T>(
    work: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
    timeoutMs: number,
  ): Promise<T> => {
    try {
      return await withinTime(work, signal, timeoutMs, service);
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof SourceError ? error : sourceError(error);
    }
  };
