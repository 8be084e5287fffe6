import type {
  DesiredPayloads,
  StoredDesiredResource,
} from '../../codec/desired-resource-payload.ts';
import type { DesiredIndex, DesiredResource } from '../../core/model/desired-resource.ts';
import { accountKey } from './account-key.ts';
import { bucketOf, createBucketWords } from './bucket.ts';
import type { HashFilter } from './hash-filter.ts';
import { createRecentLookups } from './recent-lookups.ts';
import type { StoreDatabases } from './store-databases.ts';
import { parseState } from './store-state.ts';
import { createTextHash, hashText, IDENTITY_SEED } from './text-hash.ts';

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
  let filter: HashFilter | undefined;

  const read = (resource: number): Buffer | undefined => {
    const bytes = resources.getBinaryFast(resource);
    if (bytes === undefined) return undefined;
    // LMDB's memory is overwritten by the next read.
    const { length } = bytes;
    const copy = Buffer.allocUnsafe(length);
    bytes.copy(copy, 0, 0, length);
    return copy;
  };

  /** Numbers of resources that the bucket names for `hash`, each once. */
  const candidates = (): readonly number[] => {
    const bytes = buckets.getBinaryFast(bucketOf(hash.high));
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

  return {
    lookup: (identity) => {
      hashText(hash, IDENTITY_SEED, identity);
      if (filter?.has(bucketOf(hash.high), hash.low) === false) return NONE;
      const known = recent.get(identity);
      if (known !== undefined) return known;
      let owners: StoredDesiredResource[] | undefined;
      let bytes = 0;
      for (const resource of candidates()) {
        const payload = read(resource);
        if (payload === undefined) continue;
        const view = payloads.view(payload);
        if (!view.hasIdentity(identity)) continue;
        bytes += payload.length;
        (owners ??= []).push(view);
      }
      if (owners === undefined) return NONE;
      recent.keep(identity, owners, bytes);
      return owners;
    },
    covers: (provider, account) =>
      accounts.getBinaryFast(accountKey(provider, account)) !== undefined,
    get size() {
      return parseState(state.getBinary('state'))?.count ?? 0;
    },
    use: (given) => {
      filter = given;
    },
    refresh: () => {
      recent.clear();
      root.resetReadTxn();
    },
    *all() {
      for (const { value } of resources.getRange()) yield payloads.view(Buffer.from(value));
    },
  };
};

const NONE: readonly DesiredResource[] = [];
const NO_NUMBERS: readonly number[] = [];
