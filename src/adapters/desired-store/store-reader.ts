import type { Database } from 'lmdb';
import type {
  DesiredPayloads,
  StoredDesiredResource,
} from '../../codec/desired-resource-payload.ts';
import type { DesiredIndex, DesiredResource } from '../../core/model/desired-resource.ts';
import { accountKey } from './account-key.ts';
import { bucketOf, createBucketWords } from './bucket.ts';
import type { HashFilter } from './hash-filter.ts';
import { createPayloadCache } from './payload-cache.ts';
import { createPayloadMemory } from './payload-memory.ts';
import { createRecentLookups } from './recent-lookups.ts';
import { createSoleOwners } from './sole-owners.ts';
import type { StoreDatabases } from './store-databases.ts';
import { StoreError } from './store-error.ts';
import { parseState } from './store-state.ts';
import { createTextHash, hashText, IDENTITY_SEED } from './text-hash.ts';

/** What LMDB throws is a failure of the disk or of the machine, never of the record that is looked up for. */
const readFast = <K extends number | Uint8Array>(
  database: Pick<Database<Buffer, K>, 'getBinaryFast'>,
  key: K,
): Buffer | undefined => {
  try {
    return database.getBinaryFast(key);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StoreError('store_failed', `The desired-state store cannot be read: ${why}`, {
      retriable: true,
      cause: error,
    });
  }
};

/** Reads the store. A lookup reads a bucket of the hash index, and each resource that the bucket names for the hash. */
export interface StoreReader extends DesiredIndex {
  /** Lookups after this call see all that was committed before it. Call it after each commit: recent answers are kept. */
  refresh(): void;
  /** Asks a filter of all that the store has before it reads; without one it reads each time. */
  use(filter: HashFilter): void;
  /** All resources, in no order that means anything. */
  all(): Iterable<DesiredResource>;
}

export const createStoreReader = (
  { root, resources, buckets, accounts, state }: StoreDatabases,
  payloads: DesiredPayloads,
): StoreReader => {
  const hash = createTextHash();
  const wordsOf = createBucketWords();
  const recent = createRecentLookups();
  const soleOwners = createSoleOwners();
  const take = createPayloadMemory();
  const cache = createPayloadCache(take);
  let filter: HashFilter | undefined;

  const read = (resource: number): Buffer | undefined => {
    const kept = cache.get(resource);
    if (kept !== undefined) return kept;
    const bytes = readFast(resources, resource);
    if (bytes === undefined) return undefined;
    // LMDB's memory is overwritten by the next read.
    const { length } = bytes;
    const copy = take(length);
    bytes.copy(copy, 0, 0, length);
    cache.keep(resource, copy);
    return copy;
  };

  /** Numbers of resources that the bucket names for `hash`, each once. */
  const candidates = (): readonly number[] => {
    const bytes = readFast(buckets, bucketOf(hash.high));
    if (bytes === undefined) return NO_NUMBERS;
    const words = wordsOf(bytes);
    const size = bytes.length >>> 2;
    const { low } = hash;
    let found: number[] | undefined;
    for (let at = 0; at < size; at += 2) {
      if (words[at] !== low) continue;
      const resource = words[at + 1]!;
      if (found === undefined) found = [resource];
      // A resource that states an identity twice has two entries.
      else if (!found.includes(resource)) found.push(resource);
    }
    return found ?? NO_NUMBERS;
  };

  /** Undefined where the resource is gone, or another text has the same hash. */
  const ownerOf = (identity: string, resource: number): StoredDesiredResource | undefined => {
    const payload = read(resource);
    if (payload === undefined) return undefined;
    const view = payloads.view(payload);
    return view.hasIdentity(identity) ? view : undefined;
  };

  const ownersOf = (identity: string): readonly StoredDesiredResource[] => {
    let owners: StoredDesiredResource[] | undefined;
    for (const resource of candidates()) {
      const owner = ownerOf(identity, resource);
      if (owner === undefined) continue;
      if (owners === undefined) soleOwners.keep(hash, resource);
      else if (owners.length === 1) soleOwners.keep(hash, 0);
      (owners ??= []).push(owner);
    }
    return owners ?? NONE;
  };

  return {
    lookup: (identity) => {
      hashText(hash, IDENTITY_SEED, identity);
      if (filter?.has(bucketOf(hash.high), hash.low) === false) return NONE;
      const known = recent.get(hash, identity);
      if (known !== undefined) return known;
      const sole = soleOwners.get(hash);
      const owner = sole === 0 ? undefined : ownerOf(identity, sole);
      // Without one its resource was replaced since.
      const owners = owner === undefined ? ownersOf(identity) : [owner];
      if (owners.length > 0) recent.keep(hash, identity, owners, sizeOf(owners));
      return owners;
    },
    covers: (provider, account) => readFast(accounts, accountKey(provider, account)) !== undefined,
    get size() {
      return parseState(state.getBinary('state'))?.count ?? 0;
    },
    use: (given) => {
      filter = given;
    },
    refresh: () => {
      recent.clear();
      soleOwners.clear();
      root.resetReadTxn();
    },
    *all() {
      for (const { value } of resources.getRange()) yield payloads.view(Buffer.from(value));
    },
  };
};

const NONE: readonly StoredDesiredResource[] = [];
const NO_NUMBERS: readonly number[] = [];

const sizeOf = (owners: readonly StoredDesiredResource[]): number => {
  let bytes = 0;
  for (const { payloadBytes } of owners) bytes += payloadBytes;
  return bytes;
};
