/** The life of the service, as probes see it. */
export type ServicePhase =
  'starting' | 'loading-desired-state' | 'joining' | 'running' | 'draining' | 'failed' | 'stopped';

export interface HealthAnswer {
  readonly ok: boolean;
  /** One short line for each thing that is not as it should be. */
  readonly reasons: readonly string[];
}

/**
 * Live: worth keeping. Ready: is in the group with the desired state loaded, and nothing that it needs has been away for
 * longer than the grace.
 */
export interface Health {
  enter(phase: ServicePhase, detail?: string): void;
  readonly phase: () => ServicePhase;
  /** What the service needs answers. */
  up(need: string): void;
  /** What the service needs does not answer; counts as away since the first of such calls in a row. `why` without secrets. */
  down(need: string, why: string): void;
  live(): HealthAnswer;
  ready(): HealthAnswer;
}

export interface HealthOptions {
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** How long something may be away before the service counts as not ready, in milliseconds. */
  readonly graceMs: number;
}

interface Absence {
  readonly since: number;
  readonly why: string;
}

export const createHealth = ({ now, graceMs }: HealthOptions): Health => {
  let phase: ServicePhase = 'starting';
  let detail = '';
  const absences = new Map<string, Absence>();
  const phaseLine = (): string => (detail === '' ? phase : `${phase}: ${detail}`);
  const answer = (reasons: readonly string[]): HealthAnswer => ({
    ok: reasons.length === 0,
    reasons,
  });
  return {
    enter: (next, why = '') => {
      // A failure is the end: draining after it does not make the process worth keeping.
      if (phase === 'failed') return;
      phase = next;
      detail = why;
    },
    phase: () => phase,
    up: (need) => void absences.delete(need),
    down: (need, why) => {
      absences.set(need, { since: absences.get(need)?.since ?? now(), why });
    },
    live: () => answer(phase === 'failed' || phase === 'stopped' ? [phaseLine()] : []),
    ready: () => {
      if (phase !== 'running') return answer([phaseLine()]);
      const time = now();
      return answer(
        [...absences]
          .filter(([, { since }]) => time - since >= graceMs)
          .map(([need, { since, why }]) => {
            const seconds = Math.round((time - since) / 1000);
            return `${need}: ${why} (for ${seconds} s)`;
          }),
      );
    },
  };
};
