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
  /** The id of a key's document: the key itself, or a hash of it. */
  readonly idOf: (key: string) => string;
  /** Whether an id may be a hash. */
  readonly mayBeHash: (id: string) => boolean;
  readonly removal: (indexed: IndexedResource) => IndexDocument;
  readonly writer: DocumentWriter;
  readonly telemetry: Telemetry;
}

/** Most documents under a hash that are kept until the keys are walked. */
const MOST_HASHED = 200_000;

/** All keys are walked: of a hash the key cannot be told. */
const withoutHeld = (
  hashed: readonly IndexedResource[],
  keys: Iterable<string>,
  idOf: (key: string) => string,
): readonly IndexedResource[] => {
  const left = new Map(hashed.map((each) => [each.id, each]));
  for (const key of keys) left.delete(idOf(key));
  return [...left.values()];
};

/**
 * Takes away the documents of resources that the topic no longer holds: tombstones may have been compacted away while
 * nobody read them. A document that is written meanwhile is newer and stays.
 */
export const sweepDesiredIndex = async (
  { topic, indexed, idOf, mayBeHash, removal, writer, telemetry }: SweepOptions,
  signal: AbortSignal,
): Promise<void> => {
  const scope = { signal, heartbeat: async () => undefined };
  let documents = 0;
  let removed = 0;
  let hashed: IndexedResource[] = [];
  const remove = async (stale: readonly IndexedResource[]): Promise<void> => {
    if (stale.length > 0) await writer.write(stale.map(removal), scope);
    removed += stale.length;
  };
  const removeHashed = async (): Promise<void> => {
    const stale = withoutHeld(hashed, topic.held.keys(), idOf);
    hashed = [];
    await remove(stale);
  };
  for await (const page of indexed) {
    // What the page shows was published before this call, so that the topic is known to hold it, or not to.
    await topic.catchUp(signal);
    const unknown = page.filter(({ id }) => !topic.held.has(id));
    hashed.push(...unknown.filter(({ id }) => mayBeHash(id)));
    await remove(unknown.filter(({ id }) => !mayBeHash(id)));
    if (hashed.length >= MOST_HASHED) await removeHashed();
    documents += page.length;
  }
  if (hashed.length > 0) await removeHashed();
  telemetry.emit({ type: 'desired-index.swept', documents, removed });
};
