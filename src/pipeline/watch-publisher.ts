import type { HeldResource } from '../core/desired/publish-plan.ts';
import type { Telemetry } from '../telemetry/telemetry-event.ts';
import type { DesiredStateTopic } from './ports.ts';
import { prepareStates, stateWithoutResources, type PreparedState } from './prepare-states.ts';
import { publishDesiredStates, type PublishResult } from './publish-desired-states.ts';
import type { DesiredStatesRead } from './read-desired-states.ts';

export interface Refusal {
  readonly reason: string;
  readonly message: string;
  /** The same content will always be refused. */
  readonly isFinal: boolean;
}

export interface WatchPublisher {
  open(): Promise<void>;
  /** Publishes what was read under a name. Undefined where it is in the topic now. Throws typed errors of Kafka. */
  publish(source: string, read: DesiredStatesRead): Promise<Refusal | undefined>;
  /** Removes what was published under a name, but for what another name has published since. */
  withdraw(source: string): Promise<void>;
  close(): Promise<void>;
}

export interface WatchPublisherOptions {
  readonly openTopic: (signal: AbortSignal) => Promise<DesiredStateTopic<HeldResource>>;
  readonly telemetry: Telemetry;
  /** Whether what was published under a name is out of sight, so that another may have taken its place. */
  readonly isAbsent: (source: string) => boolean;
}

/** One publish at a time, over one connection for as long as it lasts. */
export const createWatchPublisher = (
  { openTopic, telemetry, isAbsent }: WatchPublisherOptions,
  stop: AbortSignal,
): WatchPublisher => {
  /** Which name has published a scope. */
  const owners = new Map<string, string>();
  const warned = new Set<string>();
  let topic: DesiredStateTopic<HeldResource> | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const closeTopic = async (): Promise<void> => {
    const opened = topic;
    topic = undefined;
    await opened?.close();
  };

  const write = async (states: readonly PreparedState[]): Promise<PublishResult> => {
    topic ??= await openTopic(stop);
    try {
      return await publishDesiredStates(states, topic, { force: false, dryRun: false }, stop);
    } catch (error) {
      // The connection may be what is broken: the next attempt has one of its own.
      await closeTopic();
      throw error;
    }
  };

  const publishNow = async (
    source: string,
    { states, failures, secretsDropped }: DesiredStatesRead,
  ): Promise<Refusal | undefined> => {
    stop.throwIfAborted();
    const [unreadable] = failures;
    if (unreadable !== undefined) return { ...unreadable, isFinal: true };
    for (const { state } of states) {
      const owner = owners.get(state.scope);
      if (owner === undefined || owner === source || isAbsent(owner)) continue;
      const message = `It holds the same state (lineage ${state.lineage ?? '-'}) as ${owner}.`;
      return { reason: 'same_state_twice', message, isFinal: false };
    }
    if (secretsDropped && !warned.has(source)) {
      warned.add(source);
      telemetry.emit({ type: 'desired-state.secrets-dropped', source });
    }
    const result = await write(await prepareStates(states, stop));
    if (!result.ok) {
      const [first] = result.refusals;
      return first === undefined ? undefined : { ...first, isFinal: false };
    }
    for (const published of result.published) {
      owners.set(published.scope, source);
      telemetry.emit({ type: 'desired-state.published', ...published });
    }
    return undefined;
  };

  const withdrawNow = async (source: string): Promise<void> => {
    for (const [scope, owner] of owners) {
      if (owner !== source) continue;
      const result = await write([{ source, state: stateWithoutResources(scope) }]);
      owners.delete(scope);
      const removed = result.ok ? (result.published[0]?.removed ?? 0) : 0;
      telemetry.emit({ type: 'desired-state.withdrawn', source, scope, removed });
    }
  };

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const working = last.then(work);
    last = working.catch(() => undefined);
    return working;
  };

  return {
    open: async () => {
      topic = await openTopic(stop);
    },
    publish: (source, read) => inTurn(() => publishNow(source, read)),
    withdraw: (source) => inTurn(() => withdrawNow(source)),
    close: async () => {
      await last;
      await closeTopic();
    },
  };
};
