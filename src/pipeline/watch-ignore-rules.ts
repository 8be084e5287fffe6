import { endOfRule, type IgnoreRule } from '../core/model/ignore-rule.ts';
import type { Telemetry } from '../telemetry/telemetry-event.ts';

export interface IgnoreRulesWatch {
  readonly file: string;
  /** What the service has started with. */
  readonly rules: readonly IgnoreRule[];
  /** Throws an error that names every fault. */
  readonly read: () => readonly IgnoreRule[];
  /** Another text once the file has changed; rejects where it cannot be looked at. */
  readonly version: () => Promise<string>;
  /** Told of the rules of a changed file, which count from the next event on. */
  readonly onRules: (rules: readonly IgnoreRule[]) => void;
  readonly telemetry: Telemetry;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Resolves early when aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Time between two looks, in milliseconds. */
  readonly intervalMs: number;
}

const DAY_MS = 86_400_000;

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/**
 * Reads the file of ignore rules again when it changes, until `signal` is aborted. A file with faults changes nothing:
 * it is told once, and the rules before stay. Rules that have ended are told at the start, after each change and once a
 * day. That a rule has ended is a matter of the act's time (see `endOfRule`); the clock only tells whom to remind.
 */
export const watchIgnoreRules = async (
  watch: IgnoreRulesWatch,
  signal: AbortSignal,
): Promise<void> => {
  const { file, telemetry, clock } = watch;
  let { rules } = watch;
  let version: string | undefined;
  let remindAt = -Infinity;
  let refused: string | undefined;
  const refuse = (message: string): void => {
    if (refused === message) return;
    refused = message;
    telemetry.emit({ type: 'ignore-rules.refused', file, message });
  };
  const remind = (): void => {
    const now = clock();
    const ended = rules.filter((rule) => endOfRule(rule) <= now);
    telemetry.emit({ type: 'ignore-rules.loaded', file, rules: rules.length, ended: ended.length });
    for (const { id, owner, expires } of ended) {
      telemetry.emit({
        type: 'ignore-rule.ended',
        id,
        ...(owner === undefined ? {} : { owner }),
        ...(expires === undefined ? {} : { expires }),
      });
    }
    remindAt = now + DAY_MS;
  };
  while (!signal.aborted) {
    try {
      const found = await watch.version();
      // The first look reads too: the file may have changed since the start.
      if (found !== version) {
        rules = watch.read();
        watch.onRules(rules);
        refused = undefined;
        remindAt = -Infinity;
      }
      version = found;
    } catch (error) {
      refuse(messageOf(error));
    }
    if (clock() >= remindAt) remind();
    await watch.sleep(watch.intervalMs, signal);
  }
};
