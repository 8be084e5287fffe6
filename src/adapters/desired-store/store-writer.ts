import { visitTexts } from '../../codec/desired-resource-layout.ts';
import { emptyParts, type PayloadParts } from '../../codec/desired-resource-parts.ts';
import { createAccountChanges } from './account-changes.ts';
import { BUCKETS, bucketOf, createBucketWords } from './bucket.ts';
import { createHashFilter, type HashFilter } from './hash-filter.ts';
import { BUCKETS_A_PART, createPendingEntries } from './pending-entries.ts';
import {
  createLocatedCursor,
  KEY_LOW,
  nextRecord,
  type LocatedBatch,
  type LocatedCursor,
} from './located-records.ts';
import { sameBytes } from './same-bytes.ts';
import type { StoreDatabases } from './store-databases.ts';
import type { StoreState } from './store-state.ts';
import { createTextHash, hashBytes, IDENTITY_SEED, KEY_SEED } from './text-hash.ts';

export interface StoreWriter {
  readonly state: StoreState;
  /** Of all that the buckets have. Another one takes its place when it has become too small. */
  readonly filter: HashFilter;
  /**
   * Applies records in one transaction, with the positions they lead to. What they say is found by lookups after
   * `settle`; with `settled` by all that begin after the transaction, and by none before.
   */
  apply(
    batches: readonly LocatedBatch[],
    positions: Readonly<Record<string, string>>,
    settled: boolean,
  ): void;
  /** Makes all that was applied visible to lookups. `currentTime`: when this is all that the topic had; 0: not known. */
  settle(currentTime?: number): void;
}

/** 60 MB in memory, and more than a million resources. */
const MAX_PENDING = 4_500_000;
/** A merge of many entries goes on in transactions of this many buckets: each holds its changed pages in memory. */
const BUCKETS_A_TRANSACTION = 16_384;
/** A filter is made for so many times the entries that there are. */
const FILTER_GROWTH = 1.5;
const MIN_FILTER = 100_000;
const BYTES_AN_ENTRY = 8;
const APPEND = { append: true } as const;
const ANYWHERE = {} as const;

/**
 * Writes to the store. Resources go in at once, one behind the other; the entries of the hash index are kept back and
 * merged into the buckets in bulk, since a bucket that is written for each entry costs more than all the rest.
 * `expected`: how many records may come.
 */
export const createStoreWriter = (
  databases: StoreDatabases,
  partsOf: (payload: Buffer, parts: PayloadParts) => void,
  opened: StoreState,
  expected: number,
): StoreWriter => {
  const { root, resources, buckets, accounts } = databases;
  const pending = createPendingEntries(expected);
  /** Resources that are gone, and whose entries are still in the buckets or pending. */
  const removed = new Set<number>();
  const accountChanges = createAccountChanges();
  const hash = createTextHash();
  const wordsOf = createBucketWords();
  const cursor = createLocatedCursor();
  const parts = emptyParts();
  let state = opened;
  let { count, next } = opened;
  let filter = createHashFilter(MIN_FILTER);
  /** Entries that the filter has. */
  let filtered = 0;

  const hasBuckets = (): boolean => state.indexed > 1 || state.merging !== null;

  const save = (change: Partial<StoreState>): void => {
    state = { ...state, count, next, ...change };
    databases.state.putSync('state', Buffer.from(JSON.stringify(state)));
  };

  const heldOf = (key: Buffer): number => {
    const held = accounts.getBinary(key);
    return held === undefined ? 0 : Buffer.from(held).readUInt32LE(0);
  };

  const saveAccounts = (): void => {
    for (const { key, sum } of accountChanges.take(heldOf)) {
      if (sum > 0) {
        const bytes = Buffer.alloc(4);
        bytes.writeUInt32LE(sum);
        accounts.putSync(key, bytes);
      } else accounts.removeSync(key);
    }
  };

  const read = (resource: number): Buffer | undefined => {
    const bytes = resources.getBinary(resource);
    return bytes === undefined
      ? undefined
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  };

  const inBucket = (high: number, low: number): readonly number[] => {
    const bucket = bucketOf(high);
    if (!filter.has(bucket, low)) return NONE;
    const bytes = buckets.getBinaryFast(bucket);
    if (bytes === undefined) return NONE;
    const words = wordsOf(bytes);
    const size = bytes.length >>> 2;
    let found: number[] | undefined;
    for (let at = 0; at < size; at += 2) {
      if (words[at] === low) (found ??= []).push(words[at + 1]!);
    }
    return found ?? NONE;
  };

  const addIdentities = ({ bytes, identities }: PayloadParts, resource: number): void => {
    visitTexts(bytes, identities, (from, to) => {
      hashBytes(hash, IDENTITY_SEED, bytes, from, to);
      pending.add(hash.high, hash.low, resource, false);
    });
  };

  const addEntries = (of: PayloadParts, resource: number): void => {
    hashBytes(hash, KEY_SEED, of.bytes, of.keyStart, of.keyEnd);
    pending.add(hash.high, hash.low, resource, true);
    addIdentities(of, resource);
  };

  const removeIfKey = (resource: number, { bytes, keyStart, keyEnd }: LocatedCursor): void => {
    if (removed.has(resource)) return;
    const payload = read(resource);
    if (payload === undefined) return;
    partsOf(payload, parts);
    const size = keyEnd - keyStart;
    if (parts.keyEnd - parts.keyStart !== size) return;
    if (!sameBytes(bytes, keyStart, payload, parts.keyStart, size)) return;
    resources.removeSync(resource);
    removed.add(resource);
    count--;
    accountChanges.count(parts, -1);
    // The entries of a removed resource are dropped; pending ones only say which buckets have such.
    if (resource < state.indexed) addEntries(parts, resource);
  };

  const removeKey = (record: LocatedCursor): void => {
    const { keyHigh, keyLow } = record;
    for (const resource of pending.resourcesOfKey(keyHigh, keyLow)) removeIfKey(resource, record);
    if (hasBuckets())
      for (const resource of inBucket(keyHigh, keyLow)) removeIfKey(resource, record);
  };

  const applyRecord = (record: LocatedCursor, words: Uint32Array): void => {
    removeKey(record);
    const { bytes, keyHigh, keyLow, payloadStart, payloadEnd, hashesStart, hashesEnd } = record;
    if (payloadEnd < 0) return;
    const resource = next++;
    resources.putSync(resource, bytes.subarray(payloadStart, payloadEnd), APPEND);
    count++;
    pending.add(keyHigh, keyLow, resource, true);
    for (let at = hashesStart; at < hashesEnd; at += 2)
      pending.add(words[at]!, words[at + 1]!, resource, false);
    accountChanges.count(record, 1);
  };

  /** Entries without those of resources that are gone. */
  const withoutRemoved = (entries: Uint32Array): Uint32Array => {
    if (removed.size === 0) return entries;
    const words = new Uint32Array(entries.length);
    let size = 0;
    for (let at = 0; at < entries.length; at += 2) {
      if (removed.has(entries[at + 1]!)) continue;
      words[size++] = entries[at]!;
      words[size++] = entries[at + 1]!;
    }
    return words.subarray(0, size);
  };

  /** Writes the buckets from one on, up to the limit. What they have, the filter then has. */
  const merge = (from: number, to: number): void => {
    for (let first = from; first < to; first += BUCKETS_A_PART) mergePart(first);
  };

  const mergePart = (first: number): void => {
    const { words, starts } = pending.ofPart(first);
    const isFirst = state.indexed === 1;
    for (let index = 0; index < BUCKETS_A_PART; index++) {
      const bucket = first + index;
      const begin = 2 * starts[index]!;
      const end = 2 * starts[index + 1]!;
      if (begin === end) continue;
      for (let at = begin; at < end; at += 2) filter.add(bucket, words[at]!);
      let entries = withoutRemoved(words.subarray(begin, end));
      const bytes = isFirst ? undefined : buckets.getBinaryFast(bucket);
      if (bytes !== undefined) {
        const held = withoutRemoved(wordsOf(bytes).subarray(0, bytes.length >>> 2));
        const both = new Uint32Array(held.length + entries.length);
        both.set(held);
        both.set(entries, held.length);
        entries = both;
      }
      if (entries.length > 0)
        buckets.putSync(bucket, asBytes(entries), isFirst ? APPEND : ANYWHERE);
      else if (bytes !== undefined) buckets.removeSync(bucket);
    }
  };

  /** Makes a larger filter where the pending entries do not fit. */
  const makeRoomInFilter = (): void => {
    filtered += pending.count;
    if (filtered <= filter.capacity) return;
    filter = createHashFilter(filtered * FILTER_GROWTH);
    filtered = pending.count;
    if (hasBuckets()) fillFilter();
  };

  const fillFilter = (): void => {
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const bytes = buckets.getBinaryFast(bucket);
      if (bytes === undefined) continue;
      const words = wordsOf(bytes);
      const size = bytes.length >>> 2;
      for (let at = 0; at < size; at += 2) filter.add(bucket, words[at]!);
      filtered += size / 2;
    }
  };

  const merged = (): void => {
    pending.clear();
    removed.clear();
  };

  const mergeInParts = (): void => {
    makeRoomInFilter();
    for (let from = state.merging?.bucket ?? 0; from < BUCKETS; from += BUCKETS_A_TRANSACTION) {
      const to = from + BUCKETS_A_TRANSACTION;
      root.transactionSync(() => {
        merge(from, to);
        save(to < BUCKETS ? { merging: { bucket: to } } : { merging: null, indexed: next });
      });
    }
    merged();
  };

  // What an earlier process had pending when it ended.
  for (const { key: resource, value } of resources.getRange({ start: state.indexed })) {
    partsOf(Buffer.from(value), parts);
    addEntries(parts, resource);
  }
  if (hasBuckets()) {
    filter = createHashFilter(Math.max(MIN_FILTER, mostEntries(databases)));
    fillFilter();
  }
  if (state.merging !== null) mergeInParts();

  return {
    get state() {
      return state;
    },
    get filter() {
      return filter;
    },
    apply: (batches, positions, settled) => {
      root.transactionSync(() => {
        for (const { bytes, words } of batches) {
          for (let at = 0; at < words.length; at = nextRecord(words, at))
            pending.warm(words[at + KEY_LOW]!);
          cursor.reset(bytes, words);
          while (cursor.next()) applyRecord(cursor, words);
        }
        saveAccounts();
        // All in one: were the merge to follow, lookups between would miss what was replaced.
        if (settled) {
          makeRoomInFilter();
          merge(0, BUCKETS);
        }
        save({
          positions: { ...state.positions, ...positions },
          ...(settled ? { indexed: next } : {}),
        });
      });
      if (settled) merged();
      else if (pending.count > MAX_PENDING) mergeInParts();
    },
    settle: (currentTime = 0) => {
      if (pending.count > 0) mergeInParts();
      if (currentTime > state.currentTime) root.transactionSync(() => save({ currentTime }));
    },
  };
};

interface TreeStats {
  readonly pageSize: number;
  readonly treeLeafPageCount: number;
  readonly overflowPages: number;
}

/** More entries than the pages of the buckets have room for; twice of what they hold at most, in general. */
const mostEntries = ({ buckets }: StoreDatabases): number => {
  const { pageSize, treeLeafPageCount, overflowPages } = buckets.getStats() as TreeStats;
  return ((treeLeafPageCount + overflowPages) * pageSize) / BYTES_AN_ENTRY;
};

const NONE: readonly number[] = [];

const asBytes = (words: Uint32Array): Buffer =>
  Buffer.from(words.buffer, words.byteOffset, words.byteLength);
