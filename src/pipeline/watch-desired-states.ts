import type { HeldResource } from '../core/desired/publish-plan.ts';
import type { Telemetry } from '../telemetry/telemetry-event.ts';
import type {
  DesiredStateTopic,
  StateFileFailure,
  VersionedStateFile,
  WatchableStateSource,
} from './ports.ts';
import { prepareStates } from './prepare-states.ts';
import { publishDesiredStates } from './publish-desired-states.ts';
import type { DesiredStatesRead } from './read-desired-states.ts';

export interface WatchOptions {
  readonly sources: readonly WatchableStateSource[];
  /** Longest time between two looks at a source, in milliseconds. */
  readonly intervalMs: number;
  readonly readFile: (file: VersionedStateFile) => Promise<DesiredStatesRead>;
  readonly openTopic: (signal: AbortSignal) => Promise<DesiredStateTopic<HeldResource>>;
  readonly telemetry: Telemetry;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** Resolves early when aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** From 0 to below 1. */
  readonly random: () => number;
}

const FIRST_RETRY_MS = 1_000;

/**
 * Looks at each source once an interval and publishes the states that have changed, until `signal` is aborted. The
 * sources do not wait for each other; publishing is one at a time. A source that fails is tried again after 1, 2, 4 …
 * seconds, at most the interval. What was published before a failure stays, also when a state is no longer found.
 * @throws what `openTopic` throws at the start, and an error that is no typed one at any time
 */
export const watchDesiredStates = async (
  options: WatchOptions,
  signal: AbortSignal,
): Promise<void> => {
  const { sources, telemetry, intervalMs } = options;
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  const publisher = createPublisher(options, stop);
  telemetry.emit({
    type: 'desired-watch.started',
    sources: sources.map(({ name }) => name),
    intervalSeconds: intervalMs / 1_000,
  });
  try {
    await publisher.open();
    await Promise.all(
      sources.map(async (source) => {
        try {
          await watchSource(source, options, publisher, stop);
        } catch (error) {
          if (!stop.aborted) failed.abort(error);
        }
      }),
    );
    failed.signal.throwIfAborted();
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await publisher.close();
  }
  telemetry.emit({ type: 'service.stopped', reason: 'asked to stop' });
};

const watchSource = async (
  source: WatchableStateSource,
  { telemetry, intervalMs, now, sleep, random }: WatchOptions,
  publisher: Publisher,
  stop: AbortSignal,
): Promise<void> => {
  const known = new Map<string, string>();
  const refusals = new Map<string, string>();
  const refused = (file: string, reason: string, message: string): void => {
    // Looked at again each time, and told once.
    const told = `${reason}: ${message}`;
    if (refusals.get(file) === told) return;
    refusals.set(file, told);
    telemetry.emit({ type: 'desired-state.refused', source: file, reason, message });
  };
  let failures = 0;
  while (!stop.aborted) {
    const start = now();
    let files = 0;
    let changed = 0;
    let failure: Pick<StateFileFailure, 'source' | 'reason' | 'message'> | undefined;
    try {
      for await (const polled of source.poll(known, stop)) {
        files += 1;
        if (!polled.ok) {
          failure ??= polled;
          continue;
        }
        if ('unchanged' in polled) continue;
        changed += 1;
        const refusal = await publisher.publish(polled);
        if (refusal === undefined) refusals.delete(polled.source);
        else refused(polled.source, refusal.reason, refusal.message);
        // What was refused by comparison with other states may be taken once those have changed.
        if (refusal?.isFinal !== false) known.set(polled.source, polled.version);
      }
    } catch (error) {
      if (stop.aborted) return;
      failure = surroundingsFailure(source.name, error);
    }
    failures = failure === undefined ? 0 : failures + 1;
    const delayMs =
      failures === 0
        ? intervalMs * (0.9 + random() * 0.1)
        : Math.min(intervalMs, FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 20));
    const seconds = (now() - start) / 1_000;
    if (failure === undefined) {
      telemetry.emit({ type: 'state-source.polled', source: source.name, files, changed, seconds });
    } else {
      const { reason, message } = failure;
      const delaySeconds = delayMs / 1_000;
      telemetry.emit({
        type: 'state-source.failed',
        source: failure.source,
        reason,
        message,
        attempt: failures,
        delaySeconds,
      });
    }
    await sleep(delayMs, stop);
  }
};

/** Of Kafka, while publishing. An error that is no typed one is the program's own. */
const surroundingsFailure = (
  source: string,
  error: unknown,
): {
  readonly source: string;
  readonly reason: StateFileFailure['reason'];
  readonly message: string;
} => {
  if (error instanceof Error && 'code' in error && 'retriable' in error) {
    return { source, reason: 'unavailable', message: `Cannot publish: ${error.message}` };
  }
  throw error;
};

interface Refusal {
  readonly reason: string;
  readonly message: string;
  /** The same content will always be refused. */
  readonly isFinal: boolean;
}

interface Publisher {
  open(): Promise<void>;
  /** Undefined where the state is in the topic now. Throws typed errors of Kafka. */
  publish(file: VersionedStateFile): Promise<Refusal | undefined>;
  close(): Promise<void>;
}

const createPublisher = (
  { openTopic, readFile, telemetry }: WatchOptions,
  stop: AbortSignal,
): Publisher => {
  let topic: DesiredStateTopic<HeldResource> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const publishNow = async (file: VersionedStateFile): Promise<Refusal | undefined> => {
    stop.throwIfAborted();
    const { states, failures } = await readFile(file);
    const [unreadable] = failures;
    if (unreadable !== undefined) return { ...unreadable, isFinal: true };
    topic ??= await openTopic(stop);
    let result;
    try {
      const prepared = await prepareStates(states, stop);
      result = await publishDesiredStates(prepared, topic, { force: false, dryRun: false }, stop);
    } catch (error) {
      // The connection may be what is broken: the next attempt has one of its own.
      await closeTopic();
      throw error;
    }
    if (!result.ok) {
      const [first] = result.refusals;
      return first === undefined ? undefined : { ...first, isFinal: false };
    }
    for (const published of result.published) {
      telemetry.emit({ type: 'desired-state.published', ...published });
    }
    return undefined;
  };
  const closeTopic = async (): Promise<void> => {
    const opened = topic;
    topic = undefined;
    await opened?.close();
  };
  return {
    open: async () => {
      topic = await openTopic(stop);
    },
    publish: (file) => {
      const publishing = last.then(() => publishNow(file));
      last = publishing.catch(() => undefined);
      return publishing;
    },
    close: async () => {
      await last;
      await closeTopic();
    },
  };
};
