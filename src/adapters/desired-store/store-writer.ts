import { visitTexts } from '../../codec/desired-resource-layout.ts';
import type { DesiredPayloads, PayloadParts } from '../../codec/desired-resource-payload.ts';
import { accountKey } from './account-key.ts';
import { BUCKETS, bucketOf, createBucketWords } from './bucket.ts';
import { createPendingEntries } from './pending-entries.ts';
import type { StoreDatabases } from './store-databases.ts';
import type { StoreState } from './store-state.ts';
import { createTextHash, hashBytes, IDENTITY_SEED, KEY_SEED } from './text-hash.ts';

/** One record of the topic; bytes are copied where they are kept. */
export interface StoreRecord {
  readonly partition: number;
  readonly offset: number;
  /** Null: the record has no key. */
  readonly key: Buffer | null;
  /** Null: a tombstone. */
  readonly value: Buffer | null;
}

/** A record that the store did not take; what its key held before stays. */
export interface RejectedRecord {
  readonly partition: number;
  readonly offset: number;
  readonly message: string;
}

export interface StoreWriter {
  readonly state: StoreState;
  /**
   * Applies records in one transaction, with the positions they lead to. What they say is found by lookups after
   * `settle`; with `settled` at once.
   */
  apply(
    records: Iterable<StoreRecord>,
    positions: Readonly<Record<string, string>>,
    settled: boolean,
  ): readonly RejectedRecord[];
  /** Makes all that was applied visible to lookups. `currentTime`: when this is all that the topic had; 0: not known. */
  settle(currentTime?: number): void;
}

/** 24 MB in memory, and more than half a million resources. */
const MAX_PENDING = 2_000_000;
/** A merge of many entries goes on in transactions of this many buckets: each holds its changed pages in memory. */
const BUCKETS_A_TRANSACTION = 8_192;
/** So few entries are merged in the transaction that brought them. */
const FEW_ENTRIES = 20_000;
const APPEND = { append: true } as const;

/**
 * Writes to the store. Resources go in at once, one behind the other; the entries of the hash index are kept back and
 * merged into the buckets in bulk, since a bucket that is written for each entry costs more than all the rest.
 */
export const createStoreWriter = (
  databases: StoreDatabases,
  payloads: DesiredPayloads,
  opened: StoreState,
): StoreWriter => {
  const { root, resources, buckets, accounts } = databases;
  const pending = createPendingEntries();
  /** Resources that are gone, and whose entries are still in the buckets or pending. */
  const removed = new Set<number>();
  /** By provider and account: what the transaction adds to their counts. */
  const accountChanges = new Map<string, Map<string, number>>();
  const hash = createTextHash();
  const wordsOf = createBucketWords();
  let state = opened;
  let { count, next } = opened;

  const save = (change: Partial<StoreState>): void => {
    state = { ...state, count, next, ...change };
    databases.state.putSync('state', Buffer.from(JSON.stringify(state)));
  };

  const countAccount = (provider: string, account: string | undefined, by: 1 | -1): void => {
    if (account === undefined) return;
    const ofProvider = accountChanges.get(provider) ?? new Map<string, number>();
    accountChanges.set(provider, ofProvider);
    ofProvider.set(account, (ofProvider.get(account) ?? 0) + by);
  };

  const countIn = (key: Buffer, by: number): void => {
    const held = accounts.getBinary(key);
    const sum = (held === undefined ? 0 : Buffer.from(held).readUInt32LE(0)) + by;
    if (sum > 0) {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32LE(sum);
      accounts.putSync(key, bytes);
    } else if (held !== undefined) accounts.removeSync(key);
  };

  const saveAccounts = (): void => {
    for (const [provider, ofProvider] of accountChanges)
      for (const [account, by] of ofProvider) countIn(accountKey(provider, account), by);
    accountChanges.clear();
  };

  const read = (resource: number): Buffer | undefined => {
    const bytes = resources.getBinary(resource);
    return bytes === undefined
      ? undefined
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  };

  const inBucket = (high: number, low: number): readonly number[] => {
    if (state.indexed <= 1) return NONE;
    const bytes = buckets.getBinaryFast(bucketOf(high));
    if (bytes === undefined) return NONE;
    const words = wordsOf(bytes);
    const size = bytes.length >>> 2;
    let found: number[] | undefined;
    for (let at = 0; at < size; at += 2) {
      if (words[at] === low) (found ??= []).push(words[at + 1]!);
    }
    return found ?? NONE;
  };

  const addEntries = (payload: Buffer, parts: PayloadParts, resource: number): void => {
    hashBytes(hash, KEY_SEED, payload, parts.keyStart, parts.keyEnd);
    pending.add(hash.high, hash.low, resource, true);
    visitTexts(payload, parts.identities, (from, to) => {
      hashBytes(hash, IDENTITY_SEED, payload, from, to);
      pending.add(hash.high, hash.low, resource, false);
    });
  };

  const removeIfKey = (resource: number, key: Buffer): void => {
    if (removed.has(resource)) return;
    const payload = read(resource);
    if (payload === undefined) return;
    const parts = payloads.parts(payload);
    if (key.compare(payload, parts.keyStart, parts.keyEnd) !== 0) return;
    resources.removeSync(resource);
    removed.add(resource);
    count--;
    countAccount(parts.provider, parts.account, -1);
    // The entries of a removed resource are dropped; pending ones only say which buckets have such.
    if (resource < state.indexed) addEntries(payload, parts, resource);
  };

  const removeKey = (key: Buffer): void => {
    hashBytes(hash, KEY_SEED, key, 0, key.length);
    const { high, low } = hash;
    for (const resource of pending.resourcesOfKey(high, low)) removeIfKey(resource, key);
    for (const resource of inBucket(high, low)) removeIfKey(resource, key);
  };

  const applyRecord = ({ key, value }: StoreRecord): string | undefined => {
    if (key === null) return 'The record has no key.';
    if (value === null) {
      removeKey(key);
      return undefined;
    }
    const payload = payloads.payloadOf(value);
    if ('reason' in payload) return payload.message;
    const parts = payloads.parts(payload);
    if (key.compare(payload, parts.keyStart, parts.keyEnd) !== 0) {
      return 'The resource has another key than the record.';
    }
    removeKey(key);
    const resource = next++;
    resources.putSync(resource, payload, APPEND);
    count++;
    addEntries(payload, parts, resource);
    countAccount(parts.provider, parts.account, 1);
    return undefined;
  };

  /** Writes the buckets from one on, up to the limit. */
  const merge = (
    { order, starts }: ReturnType<typeof pending.byBucket>,
    from: number,
    to: number,
  ): void => {
    for (let bucket = from; bucket < to; bucket++) {
      const [begin, end] = [starts[bucket]!, starts[bucket + 1]!];
      if (begin === end) continue;
      const bytes = buckets.getBinaryFast(bucket);
      const heldSize = bytes === undefined ? 0 : bytes.length >>> 2;
      const held = bytes === undefined ? NO_WORDS : wordsOf(bytes);
      const words = new Uint32Array(heldSize + 2 * (end - begin));
      let size = 0;
      for (let at = 0; at < heldSize; at += 2) {
        if (removed.has(held[at + 1]!)) continue;
        words[size++] = held[at]!;
        words[size++] = held[at + 1]!;
      }
      for (let at = begin; at < end; at++) {
        const position = order[at]!;
        const resource = pending.resource(position);
        if (removed.has(resource)) continue;
        words[size++] = pending.low(position);
        words[size++] = resource;
      }
      if (size > 0) buckets.putSync(bucket, Buffer.from(words.buffer, 0, size * 4));
      else if (heldSize > 0) buckets.removeSync(bucket);
    }
  };

  const merged = (): void => {
    pending.clear();
    removed.clear();
  };

  const mergeInParts = (): void => {
    const sorted = pending.byBucket();
    for (let from = state.merging?.bucket ?? 0; from < BUCKETS; from += BUCKETS_A_TRANSACTION) {
      const to = from + BUCKETS_A_TRANSACTION;
      root.transactionSync(() => {
        merge(sorted, from, to);
        save(to < BUCKETS ? { merging: { bucket: to } } : { merging: null, indexed: next });
      });
    }
    merged();
  };

  // What an earlier process had pending when it ended.
  for (const { key: resource, value } of resources.getRange({ start: state.indexed })) {
    const payload = Buffer.from(value);
    addEntries(payload, payloads.parts(payload), resource);
  }
  if (state.merging !== null) mergeInParts();

  return {
    get state() {
      return state;
    },
    apply: (records, positions, settled) => {
      const rejected: RejectedRecord[] = [];
      let few = false;
      root.transactionSync(() => {
        for (const record of records) {
          const message = applyRecord(record);
          if (message !== undefined) {
            rejected.push({ partition: record.partition, offset: record.offset, message });
          }
        }
        saveAccounts();
        few = settled && pending.count <= FEW_ENTRIES;
        if (few) merge(pending.byBucket(), 0, BUCKETS);
        save({
          positions: { ...state.positions, ...positions },
          ...(few ? { indexed: next } : {}),
        });
      });
      if (few) merged();
      else if (settled || pending.count > MAX_PENDING) mergeInParts();
      return rejected;
    },
    settle: (currentTime = 0) => {
      if (pending.count > 0) mergeInParts();
      if (currentTime > state.currentTime) root.transactionSync(() => save({ currentTime }));
    },
  };
};

const NONE: readonly number[] = [];
const NO_WORDS = new Uint32Array(0);
