/** The life of the service, as probes see it. */
export type ServicePhase =
  'starting' | 'loading-desired-state' | 'joining' | 'running' | 'draining' | 'failed' | 'stopped';

export interface HealthAnswer {
  readonly ok: boolean;
  /** One short line for each thing that is not as it should be. */
  readonly reasons: readonly string[];
}

/** Live: worth keeping. Ready: has joined the group with the desired state loaded. */
export interface Health {
  enter(phase: ServicePhase, detail?: string): void;
  readonly phase: () => ServicePhase;
  live(): HealthAnswer;
  ready(): HealthAnswer;
}

export const createHealth = (): Health => {
  let phase: ServicePhase = 'starting';
  let detail = '';
  const answer = (ok: boolean): HealthAnswer => ({
    ok,
    reasons: ok ? [] : [detail === '' ? phase : `${phase}: ${detail}`],
  });
  return {
    enter: (next, why = '') => {
      // A failure is the end: draining after it does not make the process worth keeping.
      if (phase === 'failed') return;
      phase = next;
      detail = why;
    },
    phase: () => phase,
    live: () => answer(phase !== 'failed' && phase !== 'stopped'),
    ready: () => answer(phase === 'running'),
  };
};
