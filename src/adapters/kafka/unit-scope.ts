import type { UnitScope } from '../../pipeline/ports.ts';
import { isGroupMovedOn } from './kafka-error.ts';

export interface ScopeOptions {
  /** Sends a heartbeat where one is due. */
  readonly heartbeat: () => Promise<void>;
  readonly intervalMs: number;
  /** Without a heartbeat that got through for this long, the membership counts as lost. */
  readonly sessionTimeoutMs: number;
  /** Aborted when the process has to stop now. */
  readonly stop: AbortSignal;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
}

export interface MemberScope extends UnitScope {
  /** The error that ended the membership: it must reach kafkajs, which rejoins on it. */
  readonly lost: () => unknown;
  end(): void;
}

/**
 * A scope that keeps the group membership alive by itself, since kafkajs sends no heartbeat while a handler works, and
 * aborts the work once the group has moved on. A broker that does not answer for a moment ends nothing.
 */
export const openScope = (options: ScopeOptions): MemberScope => {
  const controller = new AbortController();
  let lost: unknown;
  let lastSuccess = options.now();

  const beat = async (): Promise<void> => {
    try {
      await options.heartbeat();
      lastSuccess = options.now();
    } catch (error) {
      if (isGroupMovedOn(error) || options.now() - lastSuccess > options.sessionTimeoutMs) {
        lost ??= error;
        controller.abort(error);
        throw error;
      }
    }
  };

  let beating = false;
  const timer = setInterval(() => {
    if (beating || controller.signal.aborted) return;
    beating = true;
    void beat()
      .catch(() => {
        // The signal carries the error to whoever waits.
      })
      .finally(() => {
        beating = false;
      });
  }, options.intervalMs);

  return {
    signal: AbortSignal.any([controller.signal, options.stop]),
    heartbeat: beat,
    lost: () => lost,
    end: () => {
      clearInterval(timer);
    },
  };
};
