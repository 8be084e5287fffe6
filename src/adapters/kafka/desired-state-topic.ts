import type { Kafka } from 'kafkajs';
import type { DesiredResource } from '../../core/model/desired-resource.ts';
import type { DesiredStateTopic } from '../../pipeline/ports.ts';
import { explainingDenial, type AclRow } from './acls.ts';
import { beginPublication, type DesiredStatePublisherOptions } from './desired-state-publisher.ts';
import {
  createDesiredStateReader,
  type DesiredStateReader,
  type DesiredStateReaderOptions,
} from './desired-state-reader.ts';

export interface DesiredStateTopicOptions<Held>
  extends
    Omit<DesiredStateReaderOptions, 'kafka' | 'target' | 'onFatal'>,
    Omit<DesiredStatePublisherOptions, 'kafka'> {
  /** Made for `consume`. */
  readonly consumeKafka: Pick<Kafka, 'admin'>;
  /** Made for `transact`. */
  readonly transactKafka: Pick<Kafka, 'producer'>;
  /** What to hold of a resource, undefined for nothing. */
  readonly keep: (resource: DesiredResource) => Held | undefined;
  /** What this user needs: an error that refuses access names the rows that may be missing. */
  readonly acls: readonly AclRow[];
}

/** Opens the topic for a publisher: reads all of it, and throws as the reader does. */
export const openDesiredStateTopic = async <Held>(
  options: DesiredStateTopicOptions<Held>,
  signal: AbortSignal,
): Promise<DesiredStateTopic<Held>> => {
  const held = new Map<string, Held | undefined>();
  const { keep, acls } = options;
  const reader: DesiredStateReader = createDesiredStateReader({
    ...options,
    kafka: options.consumeKafka,
    target: {
      upsert: (resource) => {
        const kept = keep(resource);
        if (kept === undefined) held.delete(resource.key);
        else held.set(resource.key, kept);
      },
      remove: (key) => void held.delete(key),
      undecodable: (key) => void held.set(key, undefined),
      get size() {
        return held.size;
      },
    },
    // Whoever waits for the reader is told by a rejection.
    onFatal: () => undefined,
  });
  try {
    await explainingDenial(acls, () => reader.start(signal));
  } catch (error) {
    await reader.stop();
    throw error;
  }
  return {
    held,
    catchUp: (until) => reader.catchUp(until),
    begin: async (scope, records) => {
      const publication = await explainingDenial(acls, () =>
        beginPublication({ ...options, kafka: options.transactKafka }, scope, records),
      );
      return {
        write: (changes, until) => explainingDenial(acls, () => publication.write(changes, until)),
        close: () => publication.close(),
      };
    },
    close: () => reader.stop(),
  };
};
