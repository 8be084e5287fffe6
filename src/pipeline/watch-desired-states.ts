import type { HeldResource } from '../core/desired/publish-plan.ts';
import type { Telemetry } from '../telemetry/telemetry-event.ts';
import { createAbsentStates, type AbsentStates } from './absent-states.ts';
import type {
  DesiredStateTopic,
  StateFileFailure,
  VersionedStateFile,
  WatchableStateSource,
} from './ports.ts';
import type { DesiredStatesRead } from './read-desired-states.ts';
import { createWatchPublisher, type Refusal, type WatchPublisher } from './watch-publisher.ts';

export interface WatchOptions {
  readonly sources: readonly WatchableStateSource[];
  /** Longest time between two looks at a source, in milliseconds. */
  readonly intervalMs: number;
  /** How long a state must be absent to be taken for deleted, in milliseconds; undefined: its resources stay. */
  readonly removeAfterMs?: number | undefined;
  readonly readFiles: (files: readonly VersionedStateFile[]) => Promise<DesiredStatesRead>;
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
 * seconds, at most the interval. What was published before a failure or a refusal stays; what is no longer found is
 * removed only as `AbsentStates` says. Files that are one state together, such as manifests, are read together.
 * @throws what `openTopic` throws at the start, and an error that is no typed one at any time
 */
export const watchDesiredStates = async (
  options: WatchOptions,
  signal: AbortSignal,
): Promise<void> => {
  const { sources, telemetry, intervalMs } = options;
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  const absents = sources.map(() => createAbsentStates(options.removeAfterMs));
  const publisher = createWatchPublisher(
    { ...options, isAbsent: (source) => absents.some((absent) => absent.isAbsent(source)) },
    stop,
  );
  telemetry.emit({
    type: 'desired-watch.started',
    sources: sources.map(({ name }) => name),
    intervalSeconds: intervalMs / 1_000,
  });
  try {
    await publisher.open();
    await Promise.all(
      sources.map(async (source, index) => {
        const absent = absents[index] ?? createAbsentStates(undefined);
        try {
          await watchSource(source, { ...options, absent, publisher }, stop);
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

interface SourceWatch extends WatchOptions {
  readonly absent: AbsentStates;
  readonly publisher: WatchPublisher;
}

type Failure = Pick<StateFileFailure, 'source' | 'reason' | 'message'>;

const watchSource = async (
  source: WatchableStateSource,
  options: SourceWatch,
  stop: AbortSignal,
): Promise<void> => {
  const { telemetry, intervalMs, now, sleep, random } = options;
  const look = createLook(source, options, stop);
  let failures = 0;
  while (!stop.aborted) {
    const start = now();
    let seen: Look;
    try {
      seen = await look();
    } catch (error) {
      if (stop.aborted) return;
      seen = { files: 0, changed: 0, failure: surroundingsFailure(source.name, error) };
    }
    const { files, changed, failure } = seen;
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

interface Look {
  readonly files: number;
  readonly changed: number;
  readonly failure: Failure | undefined;
}

/** Looks at a source once, each time it is called. */
const createLook = (
  source: WatchableStateSource,
  { telemetry, removeAfterMs, readFiles, now, absent, publisher }: SourceWatch,
  stop: AbortSignal,
): (() => Promise<Look>) => {
  const known = new Map<string, string>();
  /** Files that are a state only together with others of the source. */
  const joint = new Set<string>();
  let isJointNew = false;
  const refusals = new Map<string, string>();

  const settle = (name: string, refusal: Refusal | undefined): void => {
    if (refusal === undefined) {
      refusals.delete(name);
      absent.add(name);
      return;
    }
    // Looked at again each time, and told once.
    const { reason, message } = refusal;
    const told = `${reason}: ${message}`;
    if (refusals.get(name) === told) return;
    refusals.set(name, told);
    telemetry.emit({ type: 'desired-state.refused', source: name, reason, message });
  };

  const take = async (file: VersionedStateFile): Promise<void> => {
    const read = await readFiles([file]);
    if (read.joint.length > 0) {
      joint.add(file.source);
      absent.add(file.source);
      isJointNew = true;
      known.set(file.source, file.version);
      return;
    }
    // It was one of those that are one state together: the others are read without it.
    if (joint.delete(file.source)) isJointNew = true;
    if (read.passedOver > 0) {
      known.set(file.source, file.version);
      return;
    }
    const refusal = await publisher.publish(file.source, read);
    settle(file.source, refusal);
    // What was refused by comparison with other states may be taken once those have changed.
    if (refusal?.isFinal !== false) known.set(file.source, file.version);
  };

  /** Reads the files that are one state together, all of them anew. @returns why they cannot be had */
  const takeJoint = async (): Promise<Failure | undefined> => {
    const others = new Map([...known].filter(([name]) => !joint.has(name)));
    const files: VersionedStateFile[] = [];
    for await (const polled of source.poll(others, stop)) {
      if (!polled.ok) return polled;
      if (joint.has(polled.source) && 'version' in polled) files.push(polled);
    }
    // One that has gone meanwhile is told by the next look.
    if (files.length < joint.size) return undefined;
    const refusal = await publisher.publish(source.name, await readFiles(files));
    settle(source.name, refusal);
    for (const file of files) known.set(file.source, file.version);
    isJointNew = refusal?.isFinal === false;
    return undefined;
  };

  const missing = async (present: ReadonlySet<string>): Promise<void> => {
    const { missed, gone } = absent.look(present, now());
    for (const name of missed) {
      const removeAfterSeconds = removeAfterMs === undefined ? null : removeAfterMs / 1_000;
      telemetry.emit({ type: 'desired-state.absent', source: name, removeAfterSeconds });
    }
    for (const name of gone) {
      known.delete(name);
      if (joint.delete(name)) isJointNew = true;
      else await publisher.withdraw(name);
      absent.removed(name);
    }
    if (joint.size === 0 && isJointNew) {
      await publisher.withdraw(source.name);
      isJointNew = false;
    }
  };

  return async () => {
    const present = new Set<string>();
    let changed = 0;
    let failure: Failure | undefined;
    for await (const polled of source.poll(known, stop)) {
      present.add(polled.source);
      if (!polled.ok) failure ??= polled;
      else if (!('unchanged' in polled)) {
        changed += 1;
        await take(polled);
      }
    }
    if (failure === undefined && present.size > 0) await missing(withName(present, source.name));
    const isJointWhole = [...joint].every((name) => !absent.isAbsent(name));
    if (failure === undefined && isJointNew && isJointWhole && joint.size > 0) {
      failure = await takeJoint();
    }
    return { files: present.size, changed, failure };
  };
};

/** What all files of a source give together is published under the source's own name, which is always there. */
const withName = (present: ReadonlySet<string>, name: string): ReadonlySet<string> =>
  new Set([...present, name]);

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
