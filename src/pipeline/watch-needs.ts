import type { Telemetry } from '../telemetry/telemetry-event.ts';
import type { Health } from './health.ts';

/** Something that the service cannot do without, asked whether it is there. */
export interface Need {
  readonly name: string;
  /** Resolves where it answers; rejects with an error whose message says why not, without secrets. */
  readonly ask: (signal: AbortSignal) => Promise<void>;
}

export interface NeedsWatch {
  readonly needs: readonly Need[];
  readonly health: Pick<Health, 'up' | 'down'>;
  readonly telemetry: Telemetry;
  /** Time between two questions, in milliseconds. */
  readonly intervalMs: number;
  /** Longest wait for an answer, in milliseconds. */
  readonly limitMs: number;
  /** Resolves early when aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Most of the reason that is told, in characters: a client's message may hold a whole answer. */
const MAX_REASON = 200;

const reasonOf = (error: unknown): string => {
  const text = error instanceof Error ? error.message : String(error);
  return text.length > MAX_REASON ? `${text.slice(0, MAX_REASON)}…` : text;
};

/** Rejects where the answer does not come in time, and then lets go of the question. */
const askInTime = async (
  { ask }: Need,
  { limitMs, sleep }: NeedsWatch,
  signal: AbortSignal,
): Promise<void> => {
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const late = sleep(limitMs, either).then(() => {
    throw new Error(`no answer within ${limitMs / 1000} s`);
  });
  const asked = ask(either);
  try {
    await Promise.race([asked, late]);
  } finally {
    over.abort();
    // The loser of the race has nobody left to tell.
    late.catch(() => undefined);
    asked.catch(() => undefined);
  }
};

const watchOne = async (need: Need, watch: NeedsWatch, signal: AbortSignal): Promise<void> => {
  const { health, telemetry, intervalMs, sleep } = watch;
  let up: boolean | undefined;
  const change = (to: boolean, reason: string): void => {
    if (up === to) return;
    telemetry.emit({ type: 'need.changed', need: need.name, up: to, reason });
    up = to;
  };
  while (!signal.aborted) {
    try {
      await askInTime(need, watch, signal);
      health.up(need.name);
      change(true, '');
    } catch (error) {
      if (signal.aborted) return;
      const reason = reasonOf(error);
      health.down(need.name, reason);
      change(false, reason);
    }
    await sleep(intervalMs, signal);
  }
};

/** Asks everything that the service needs, each by itself, again and again until `signal` is aborted. */
export const watchNeeds = async (watch: NeedsWatch, signal: AbortSignal): Promise<void> => {
  await Promise.all(watch.needs.map((need) => watchOne(need, watch, signal)));
};
