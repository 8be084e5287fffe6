import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createDiskStore,
  type DiskStore,
  type DiskStoreOptions,
} from '../../src/adapters/desired-store/disk-store.ts';
import type { StoreDemand } from '../../src/adapters/desired-store/open-store.ts';
import type { RejectedRecord } from '../../src/adapters/desired-store/record-locator.ts';
import { wireFormatHeader } from '../../src/codec/avro-framing.ts';
import { loadSchemas } from '../../src/codec/load-schemas.ts';
import { modelEncoder } from '../../src/codec/model-encoder.ts';
import type { DesiredResource } from '../../src/core/model/desired-resource.ts';
import { sampleResource } from '../support/desired-samples.ts';
import { packRecords, type TestRecord } from '../support/packed-records.ts';

const schemas = loadSchemas();
const versions = schemas['desired-resource'];
const encoder = modelEncoder(schemas);
const demand: StoreDemand = {
  origin: { topic: 'desired.state', topicId: undefined, clusterId: undefined },
  ranges: [{ partition: 0, low: 0n, high: 1_000_000n }],
  tombstonesKeptMs: 86_400_000,
};

let folder: string;
let rejected: RejectedRecord[];
let stores: DiskStore[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'driftline-store-'));
  rejected = [];
  stores = [];
});
afterEach(async () => {
  for (const store of stores) await store.close();
  rmSync(folder, { recursive: true });
});

const newStore = (more: Partial<DiskStoreOptions> = {}): DiskStore => {
  const store = createDiskStore({
    folder,
    name: 'handover',
    schemas: versions,
    clock: () => 1,
    onRejected: (each) => void rejected.push(each),
    ...more,
  });
  stores.push(store);
  return store;
};

const put = (offset: number, resource: DesiredResource): TestRecord & { value: Buffer } => ({
  offset,
  key: Buffer.from(resource.key),
  value: encoder.encodeDesiredResource(resource).value,
});

const serials = (store: DiskStore, number: number): readonly (number | undefined)[] =>
  store.index.lookup(`id:vpc-${number}`).map(({ serial }) => serial);

describe('handing records to the store on disk', () => {
  it('takes batches of every size, and says which records it does not take', async () => {
    const store = newStore();
    await store.open(Promise.resolve(demand));
    const large = (number: number): DesiredResource => ({
      ...sampleResource(number),
      attributes: { text: 'x'.repeat(300_000) },
    });
    const batches = [
      [put(0, sampleResource(0))],
      Array.from({ length: 20_000 }, (_, number) => put(1 + number, sampleResource(1 + number))),
      Array.from({ length: 30 }, (_, number) => put(30_000 + number, large(30_000 + number))),
      [{ offset: 40_000, key: Buffer.from('other'), value: put(0, sampleResource(1)).value }],
      [{ offset: 40_001, key: Buffer.from(sampleResource(2).key), value: null }],
    ];
    for (const batch of batches)
      await store.write(0, [packRecords(batch)], BigInt(batch.at(-1)!.offset + 1));
    await store.settle(1);
    expect(store.index.size).toBe(20_001 + 30 - 1);
    for (const number of [0, 1, 3, 777, 20_000, 30_000, 30_029])
      expect(serials(store, number), `resource ${number}`).toEqual([1]);
    expect(serials(store, 2)).toEqual([]);
    expect(rejected).toEqual([
      { partition: 0, offset: 40_000, message: 'The resource has another key than the record.' },
    ]);
    await store.close();
    const again = newStore();
    const { positions } = await again.open(Promise.resolve(demand));
    expect(positions.get(0)).toBe(40_002n);
  });

  it('asks the registry for the schema of a record, and goes on after it could not be asked', async () => {
    let away = true;
    const store = newStore({
      schemaById: async () => {
        if (away) throw new Error('the registry is away');
        return { schema: versions.at(-1)!, schemaType: 'AVRO', hasReferences: false };
      },
    });
    await store.open(Promise.resolve(demand));
    const { value, ...record } = put(0, sampleResource(5));
    const framed = Buffer.concat([wireFormatHeader(3), value.subarray(10)]);
    const records = [packRecords([{ ...record, value: framed }])];
    await expect(store.write(0, records, 1n)).rejects.toThrow('the registry is away');
    away = false;
    await store.write(0, records, 1n);
    await store.settle(1);
    expect(serials(store, 5)).toEqual([1]);
    expect(rejected).toEqual([]);
  });

  it('a store whose thread has failed says so each time, takes nothing, and can be closed twice', async () => {
    const store = newStore();
    const failed = { code: 'store_failed', retriable: true };
    const nonsense = { ...demand, ranges: 1 } as unknown as StoreDemand;
    await expect(store.open(Promise.resolve(nonsense))).rejects.toMatchObject(failed);
    const bad = packRecords([{ offset: 0, key: null, value: null }]);
    await expect(store.write(0, [bad], 1n)).rejects.toMatchObject(failed);
    await expect(store.settle(1)).rejects.toMatchObject(failed);
    expect(rejected).toEqual([]);
    await store.close();
    await store.close();
  });

  it('can be closed while it waits for what it opens with, and leaves the folder free', async () => {
    const store = newStore();
    const { promise, resolve } = Promise.withResolvers<StoreDemand>();
    const told = expect(store.open(promise)).rejects.toMatchObject({ code: 'store_failed' });
    await delay(50);
    await store.close();
    resolve(demand);
    await told;
    await newStore().open(Promise.resolve(demand));
  });

  it('is not opened once it was closed, and leaves the folder free', async () => {
    const store = newStore();
    const told = expect(store.open(Promise.resolve(demand))).rejects.toMatchObject({
      code: 'store_not_loaded',
    });
    await store.close();
    await told;
    await newStore().open(Promise.resolve(demand));
  });

  it.each([false, true])(
    'has nothing open after it was closed amid settling (settled before: %s)',
    async (before) => {
      const store = newStore();
      await store.open(Promise.resolve(demand));
      await store.write(0, [packRecords([put(0, sampleResource(0))])], 1n);
      if (before) await store.settle(1);
      const told = expect(store.settle(2)).rejects.toMatchObject({ code: 'store_not_loaded' });
      await store.close();
      await told;
      expect(() => store.index.lookup('id:vpc-0')).toThrow('is not loaded');
      const files = readdirSync('/proc/self/fd').flatMap((each) => {
        try {
          return [readlinkSync(`/proc/self/fd/${each}`)];
        } catch {
          return [];
        }
      });
      expect(files.filter((file) => file.startsWith(folder))).toEqual([]);
    },
  );

  it('does not say that it has written what waited for a schema when it was closed', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const store = newStore({ schemaById: () => promise });
    await store.open(Promise.resolve(demand));
    const { value, ...record } = put(0, sampleResource(5));
    const framed = Buffer.concat([wireFormatHeader(3), value.subarray(10)]);
    const writing = store.write(0, [packRecords([{ ...record, value: framed }])], 1n);
    const told = expect(writing).rejects.toMatchObject({ code: 'store_not_loaded' });
    await store.close();
    resolve(undefined);
    await told;
    expect(rejected).toEqual([]);
  });

  it('fails as what it waits for does, also where its folder is taken meanwhile', async () => {
    const store = newStore();
    await expect(store.open(Promise.reject(new Error('no topic')))).rejects.toThrow('no topic');
    const second = newStore();
    await expect(second.open(Promise.reject(new Error('no topic')))).rejects.toMatchObject({
      code: 'store_in_use',
    });
  });
});
