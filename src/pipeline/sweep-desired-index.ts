import type { Telemetry } from '../telemetry/telemetry-event.ts';
import type { DesiredStateTopic, DocumentWriter, IndexDocument } from './ports.ts';

/** A document that the index holds. */
export interface IndexedResource {
  readonly id: string;
  /** Offset of its record, decimal text. */
  readonly offset: string;
}

export interface SweepOptions {
  readonly topic: Pick<DesiredStateTopic<true>, 'held' | 'catchUp'>;
  /** All that the index holds, page by page. */
  readonly indexed: AsyncIterable<readonly IndexedResource[]>;
  /** The id of a key's document. */
  readonly idOf: (key: string) => string;
  readonly removal: (indexed: IndexedResource) => IndexDocument;
  readonly writer: DocumentWriter;
  readonly telemetry: Telemetry;
}

const without = (
  page: readonly IndexedResource[],
  keys: Iterable<string>,
  idOf: (key: string) => string,
): readonly IndexedResource[] => {
  const left = new Map(page.map((each) => [each.id, each]));
  for (const key of keys) left.delete(idOf(key));
  return [...left.values()];
};

/**
 * Takes away the documents of resources that the topic no longer holds: tombstones may have been compacted away while
 * nobody read them. A document that is written meanwhile is newer and stays.
 */
export const sweepDesiredIndex = async (
  { topic, indexed, idOf, removal, writer, telemetry }: SweepOptions,
  signal: AbortSignal,
): Promise<void> => {
  const scope = { signal, heartbeat: async () => undefined };
  let documents = 0;
  let removed = 0;
  for await (const page of indexed) {
    // What the page shows was published before this call, so that the topic is known to hold it, or not to.
    await topic.catchUp(signal);
    const stale = without(page, topic.held.keys(), idOf);
    if (stale.length > 0) await writer.write(stale.map(removal), scope);
    documents += page.length;
    removed += stale.length;
  }
  telemetry.emit({ type: 'desired-index.swept', documents, removed });
};
