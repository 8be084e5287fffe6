/** A source of records that goes on until it is stopped, whatever happens to the broker. */
export interface Load {
  /** Resolves once the last records are acknowledged. */
  stop(): Promise<void>;
}

const retryMs = 500;

/**
 * Calls `send` at an even rate, and faster for as long as it is behind. One that fails is repeated until it succeeds, so that the records of it may be there
 * twice, as with any producer that has lost an answer.
 */
export const startLoad = (everyMs: number, send: (turn: number) => Promise<void>): Load => {
  let stopped = false;
  const insist = async (turn: number): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await send(turn);
        return;
      } catch (error) {
        if (attempt > 200) throw error;
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
  };
  const run = async (): Promise<void> => {
    const started = performance.now();
    for (let turn = 0; !stopped; turn += 1) {
      const early = started + turn * everyMs - performance.now();
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
      await insist(turn);
    }
  };
  const running = run();
  // Awaited by `stop`; until then a failure must not count as unhandled.
  running.catch(() => undefined);
  return {
    stop: () => {
      stopped = true;
      return running;
    },
  };
};
