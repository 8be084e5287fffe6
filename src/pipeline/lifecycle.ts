import { setTimeout as delay } from 'node:timers/promises';
import type { Telemetry } from '../telemetry/telemetry-event.ts';
import type { Health } from './health.ts';

/** What a service is made of, in the order of its start. */
export interface ServiceParts {
  /** Opens what probes and metrics are asked through. */
  readonly openHttp: () => Promise<void>;
  /** Checks that topics and indices are there. Throws a clear error where not. */
  readonly check: (signal: AbortSignal) => Promise<void>;
  /** Reads the desired state to its end, then follows it. */
  readonly loadDesiredState: (signal: AbortSignal) => Promise<void>;
  /** Joins the group; the first unit begins after that. */
  readonly join: () => Promise<void>;
  /** Ends fetching, lets the units in flight finish within `graceMs`, leaves the group. */
  readonly leave: (graceMs: number) => Promise<void>;
  /** Closes everything else, each part within its own limits. */
  readonly close: () => Promise<void>;
}

export interface LifecycleOptions {
  readonly parts: ServiceParts;
  readonly health: Health;
  readonly telemetry: Telemetry;
  readonly graceMs: number;
  /** Aborted to ask for an orderly end; its reason is told in telemetry. */
  readonly stop: AbortSignal;
  /** Aborted with an Error when the service cannot go on. */
  readonly fatal: AbortSignal;
  readonly started: {
    readonly version: string;
    readonly group: string;
    readonly topics: readonly string[];
  };
}

/** How long the end may take beyond the grace, before the process goes anyway. */
const closeLimitMs = 10_000;

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** Resolves false where the work took too long. */
const within = async (ms: number, work: Promise<unknown>): Promise<boolean> => {
  const timer = new AbortController();
  const late = delay(ms, false, { signal: timer.signal }).catch(() => false);
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    timer.abort();
  }
};

const textOf = (reason: unknown): string =>
  reason instanceof Error ? reason.message : String(reason);

/**
 * Runs the service until it is asked to stop. Resolves after an orderly end; throws the error that ended it otherwise.
 * The desired state is loaded before the group is joined: a candidate found against half of it would be wrong.
 */
export const runService = async (options: LifecycleOptions): Promise<void> => {
  const { parts, health, telemetry, stop, fatal } = options;
  const end = AbortSignal.any([stop, fatal]);
  const ended = aborted(end);
  let failure: { readonly error: unknown } | undefined;
  let joining = false;

  const start = async (): Promise<void> => {
    await parts.openHttp();
    await parts.check(end);
    if (end.aborted) return;
    health.enter('loading-desired-state');
    await parts.loadDesiredState(end);
    if (end.aborted) return;
    health.enter('joining');
    joining = true;
    await parts.join();
    if (end.aborted) return;
    telemetry.emit({ type: 'service.started', ...options.started });
    health.enter('running');
  };

  const starting = start().then(
    () => ended,
    (error: unknown) => {
      if (!end.aborted) failure = { error };
    },
  );
  await Promise.race([starting, ended]);
  if (fatal.aborted) failure = { error: fatal.reason };

  if (failure === undefined) health.enter('draining');
  else health.enter('failed', textOf(failure.error));
  const grace = failure === undefined ? options.graceMs : 0;
  const close = async (): Promise<void> => {
    try {
      if (joining) await parts.leave(grace);
    } finally {
      await parts.close();
    }
  };
  const closing = close().catch((error: unknown) => {
    failure ??= { error };
  });
  const inTime = await within(grace + closeLimitMs, closing);
  if (failure === undefined && fatal.aborted) failure = { error: fatal.reason };
  telemetry.emit({
    type: 'service.stopped',
    reason: textOf(failure === undefined ? stop.reason : failure.error),
  });
  health.enter('stopped');
  if (failure !== undefined) throw failure.error;
  if (!inTime)
    throw new Error(`The service did not end within ${(grace + closeLimitMs) / 1000} s.`);
};
