import { existsSync } from 'node:fs';
import {
  dataFile,
  openDatabases,
  removeDatabases,
  type StoreDatabases,
} from './store-databases.ts';
import { bootId, flushFile, readSession, whyDistrust, writeSession } from './store-session.ts';
import {
  emptyState,
  parseState,
  whyRebuild,
  type StoreOrigin,
  type StoreState,
  type TopicRange,
} from './store-state.ts';
import { createStoreWriter, type StoreWriter } from './store-writer.ts';
import { storedParts, type PayloadForm } from './stored-payloads.ts';

export interface StoreDemand {
  readonly origin: StoreOrigin;
  readonly ranges: readonly TopicRange[];
  /** Milliseconds that the topic keeps a tombstone at least. */
  readonly tombstonesKeptMs: number;
}

export interface OpenedStore {
  readonly databases: StoreDatabases;
  readonly writer: StoreWriter;
  /** Why what was there was thrown away; undefined where it goes on, or there was nothing. */
  readonly rebuilt: string | undefined;
  close(): Promise<void>;
}

/** What a walk over all pages finds wrong, after an end that was none. */
const whyDamaged = ({ resources, buckets }: StoreDatabases, count: number): string | undefined => {
  const found = resources.getKeysCount();
  if (found !== count) return `it holds ${found} resources, and says ${count}`;
  let broken = 0;
  for (const { value } of buckets.getRange()) if (value.length % 8 !== 0) broken++;
  return broken > 0 ? `${broken} buckets of its index are broken` : undefined;
};

const writerOf = (
  databases: StoreDatabases,
  form: PayloadForm,
  state: StoreState,
  { ranges }: StoreDemand,
): StoreWriter => {
  /** Records that the topic may have beyond what the store has. */
  const expected = ranges.reduce((sum, { partition, low, high }) => {
    const position = BigInt(state.positions[partition] ?? low);
    return sum + Number(high - position);
  }, 0);
  return createStoreWriter(databases, storedParts(form), state, expected);
};

/** Opens what is there; undefined with a reason where it cannot be used. */
const reopen = async (
  folder: string,
  form: PayloadForm,
  demand: StoreDemand,
  now: number,
): Promise<Pick<OpenedStore, 'databases' | 'writer'> | string> => {
  const session = readSession(folder);
  const boot = bootId();
  const distrust = whyDistrust(session, boot);
  if (distrust !== undefined) return distrust;
  writeSession(folder, { phase: 'opening', boot });
  let databases: StoreDatabases | undefined;
  let reason: string | undefined;
  try {
    databases = openDatabases(folder);
    const state = parseState(databases.state.getBinary('state'));
    reason =
      state === undefined
        ? 'it was written by another version of Driftline'
        : (whyRebuild(state, { ...demand, schema: form.fingerprint, now }) ??
          (session?.phase === 'open' ? whyDamaged(databases, state.count) : undefined));
    if (state !== undefined && reason === undefined) {
      return { databases, writer: writerOf(databases, form, state, demand) };
    }
  } catch (error) {
    reason = `it is damaged: ${error instanceof Error ? error.message : String(error)}`;
  }
  await databases?.root.close();
  return reason ?? 'it cannot be read';
};

/**
 * Opens the store of a folder that this process has locked, or builds it anew where what is there cannot be used.
 * Throws where not even an empty one can be made.
 */
export const openStore = async (
  folder: string,
  form: PayloadForm,
  demand: StoreDemand,
  now: number,
): Promise<OpenedStore> => {
  const isThere = existsSync(dataFile(folder));
  const found = isThere ? await reopen(folder, form, demand, now) : undefined;
  const boot = bootId();
  let opened: Pick<OpenedStore, 'databases' | 'writer'>;
  if (typeof found === 'object') opened = found;
  else {
    removeDatabases(folder);
    writeSession(folder, { phase: 'opening', boot });
    const databases = openDatabases(folder);
    const state = emptyState(form.fingerprint, demand.origin);
    const writer = writerOf(databases, form, state, demand);
    // The first row, so that a kill before the first record leaves a store and no damage.
    writer.apply([], {}, false);
    opened = { databases, writer };
  }
  writeSession(folder, { phase: 'open', boot });
  return {
    ...opened,
    rebuilt: typeof found === 'string' ? found : undefined,
    close: async () => {
      await opened.databases.root.close();
      flushFile(dataFile(folder));
      writeSession(folder, { phase: 'closed', boot });
    },
  };
};
