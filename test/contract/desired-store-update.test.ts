import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createDiskStore } from '../../src/adapters/desired-store/disk-store.ts';
import { loadSchemas } from '../../src/codec/load-schemas.ts';
import { modelEncoder } from '../../src/codec/model-encoder.ts';
import type { DesiredResource } from '../../src/core/model/desired-resource.ts';
import { packRecords } from '../support/packed-records.ts';

const RESOURCES = 12_000;
const encoder = modelEncoder(loadSchemas());
const identity = (number: number): string => `id:vpc-${number}`;

const resourceOf = (number: number, serial: number): DesiredResource => ({
  key: `p/l/v.${number}`,
  scope: 'p/l',
  address: `v.${number}`,
  type: 'aws_vpc',
  provider: 'aws',
  identities: [identity(number), `arn:aws:ec2:vpc/${number}`],
  attributes: {},
  environment: 'prod',
  source: 's',
  serial,
  published_time: 1,
});

const recordsOf = (serial: number, offset: number) =>
  packRecords(
    Array.from({ length: RESOURCES }, (_, number) => {
      const resource = resourceOf(number, serial);
      const { value } = encoder.encodeDesiredResource(resource);
      return { offset: offset + number, key: Buffer.from(resource.key), value };
    }),
  );

const openedStore = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'driftline-store-'));
  const store = createDiskStore({
    folder,
    name: 'update',
    schemas: loadSchemas()['desired-resource'],
    clock: () => 1,
    onRejected: ({ message }) => expect.fail(message),
  });
  await store.open(
    Promise.resolve({
      origin: { topic: 'desired.state', topicId: undefined, clusterId: undefined },
      ranges: [{ partition: 0, low: 0n, high: BigInt(RESOURCES) }],
      tombstonesKeptMs: 86_400_000,
    }),
  );
  const end = async (): Promise<void> => {
    await store.close();
    rmSync(folder, { recursive: true });
  };
  return { store, end };
};

it('a resource that is updated while the store settles for the first time is found', async () => {
  const { store, end } = await openedStore();
  try {
    await store.write(0, [recordsOf(1, 0)], BigInt(RESOURCES));
    const settled = store.settle(1);
    await store.write(0, [recordsOf(2, RESOURCES)], BigInt(2 * RESOURCES));
    await settled;
    // Nothing settles the store again: a topic at rest gives no reason to. The last ones lie in a block that is not full.
    for (const number of [7, RESOURCES - 1])
      await expect
        .poll(() => store.index.lookup(identity(number)).map(({ serial }) => serial), {
          timeout: 20_000,
        })
        .toEqual([2]);
  } finally {
    await end();
  }
});

it('no identity is missing while a large update is written', async () => {
  const { store, end } = await openedStore();
  try {
    await store.write(0, [recordsOf(1, 0)], BigInt(RESOURCES));
    await store.settle(1);

    // 36,000 new entries of the index, and as many to take out of it, in two blocks.
    const update = recordsOf(2, RESOURCES);
    let settled = false;
    const done = store
      .write(0, [update], BigInt(2 * RESOURCES))
      .then(() => store.settle(2))
      .then(() => (settled = true));
    let looks = 0;
    while (!settled) {
      // Spread over all, and a sample each turn, so that the looks fall into each part of the writing.
      const serials = new Set<number | undefined>();
      for (let each = 0; each < 40; each++) {
        const number = (looks * 7_919 + each * 311) % RESOURCES;
        serials.add(store.index.lookup(identity(number))[0]?.serial);
      }
      looks++;
      expect(serials.has(undefined), `look ${looks}`).toBe(false);
      await nextTurn();
    }
    await done;
    expect(looks).toBeGreaterThan(10);
    for (let number = 0; number < RESOURCES; number += 97)
      expect(store.index.lookup(identity(number)).map(({ serial }) => serial)).toEqual([2]);
  } finally {
    await end();
  }
});
