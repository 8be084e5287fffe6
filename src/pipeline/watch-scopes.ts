import type { ScopeCount, Telemetry } from '../telemetry/telemetry-event.ts';

export interface ScopesWatch {
  /** Counts what the local store holds by scope. */
  readonly count: (signal: AbortSignal) => Promise<readonly ScopeCount[]>;
  readonly telemetry: Telemetry;
  /** Resolves early when aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** Least time between two counts, in milliseconds. */
  readonly intervalMs: number;
}

/** A count takes at most this part of the time. */
const SHARE = 1 / 100;

/** Tells what the store holds by scope, again and again until `signal` is aborted. Rejects as `count` does. */
export const watchScopes = async (watch: ScopesWatch, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    const started = watch.now();
    const scopes = await watch.count(signal);
    // What was cut short would look as if scopes had gone.
    if (signal.aborted) return;
    watch.telemetry.emit({ type: 'desired-state.counted', scopes });
    await watch.sleep(Math.max(watch.intervalMs, (watch.now() - started) / SHARE), signal);
  }
};
