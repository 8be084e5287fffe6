import type { Patience } from '../../src/pipeline/retry.ts';
import { fakeTime } from './fake-time.ts';

/** Patience of a minute on a clock that jumps; `delays` are those that it took, in milliseconds. */
export const fakePatience = (
  given: Partial<Patience> = {},
): { readonly patience: Patience; readonly delays: readonly number[] } => {
  const delays: number[] = [];
  const { clock, sleep } = fakeTime();
  return {
    delays,
    patience: {
      initialDelayMs: 100,
      maxDelayMs: 1_000,
      limitMs: 60_000,
      now: clock,
      sleep,
      random: () => 0.5,
      onRetry: (_attempt, delayMs) => delays.push(delayMs),
      ...given,
    },
  };
};
