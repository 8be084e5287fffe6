/** The turn of one unit. */
export interface Turn {
  /** Waits until nobody else has the turn; throws the signal's reason. Nothing where this one has it. */
  begin(signal: AbortSignal): Promise<void>;
  /** Gives the turn to the next; nothing where this one does not have it. */
  end(): void;
}

/**
 * Who reads records, of the units that share one thread. Units that take turns by the block hold what they have made
 * several times as long as one that goes on to where it has to wait: it outlives more collections of young garbage. The
 * few records that are read once more while documents are written do not wait for a turn.
 */
export interface Turns {
  open(): Turn;
}

/** In the order in which they ask. `pause`: lets what waits for the thread go first, before each turn. */
export const createTurns = (pause: () => Promise<void>): Turns => {
  const waiting: (() => void)[] = [];
  let taken = false;

  const release = (): void => {
    const next = waiting.shift();
    if (next === undefined) taken = false;
    else next();
  };

  const wait = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const onAbort = (): void => {
        waiting.splice(waiting.indexOf(onTurn), 1);
        reject(signal.reason as Error);
      };
      const onTurn = (): void => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      signal.addEventListener('abort', onAbort, { once: true });
      waiting.push(onTurn);
    });

  return {
    open: () => {
      let mine = false;
      return {
        begin: async (signal) => {
          if (mine) return;
          signal.throwIfAborted();
          if (taken) await wait(signal);
          else taken = true;
          mine = true;
          await pause();
        },
        end: () => {
          if (!mine) return;
          mine = false;
          release();
        },
      };
    },
  };
};
