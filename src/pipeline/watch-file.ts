export interface FileWatch {
  /** Another text once the file has changed; rejects where it cannot be looked at. */
  readonly version: () => Promise<string>;
  /** Called when the file has changed since the watch began. Throws an error that says what is wrong with it. */
  readonly onChange: () => void;
  /** Told of each change that cannot be used, or of a file that cannot be looked at, once. */
  readonly onRefused: (message: string) => void;
  /** Resolves early when aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Time between two looks, in milliseconds. */
  readonly intervalMs: number;
}

/** Looks at a file until `signal` is aborted. What cannot be used changes nothing. */
export const watchFile = async (watch: FileWatch, signal: AbortSignal): Promise<void> => {
  let known: string | undefined;
  let refused: string | undefined;
  while (!signal.aborted) {
    try {
      const found = await watch.version();
      const changed = known !== undefined && found !== known;
      // Before it is read: a file with faults is told once, and read again when it changes again.
      known = found;
      if (changed) watch.onChange();
      refused = undefined;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message !== refused) watch.onRefused(message);
      refused = message;
    }
    await watch.sleep(watch.intervalMs, signal);
  }
};
