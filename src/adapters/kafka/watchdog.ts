/** Ends what looks alive and does nothing (kafkajs #659, #1163): tells once when no sign of life came for too long. */
export interface Watchdog {
  /** A sign of life. */
  touch(): void;
  stop(): void;
}

export const startWatchdog = (options: {
  readonly limitMs: number;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  readonly onStall: (seconds: number) => void;
}): Watchdog => {
  let last = options.now();
  const timer = setInterval(
    () => {
      const silent = options.now() - last;
      if (silent <= options.limitMs) return;
      clearInterval(timer);
      options.onStall(Math.round(silent / 1000));
    },
    Math.max(100, Math.min(5_000, options.limitMs / 4)),
  );
  timer.unref();
  return {
    touch: () => {
      last = options.now();
    },
    stop: () => {
      clearInterval(timer);
    },
  };
};
