interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

export interface FakeTime {
  readonly clock: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** A clock that jumps to the next sleeper as soon as nothing else is left to do. Starts at 0. */
export const fakeTime = (): FakeTime => {
  let now = 0;
  let scheduled = false;
  const sleepers = new Set<Sleeper>();
  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      const [next] = [...sleepers].sort((a, b) => a.at - b.at);
      if (next === undefined) return;
      now = Math.max(now, next.at);
      next.wake();
      if (sleepers.size > 0) schedule();
    });
  };
  return {
    clock: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve();
        const wake = (): void => {
          sleepers.delete(sleeper);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        const sleeper = { at: now + ms, wake };
        sleepers.add(sleeper);
        signal.addEventListener('abort', wake, { once: true });
        schedule();
      }),
  };
};
