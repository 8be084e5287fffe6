import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, type OpenedStore } from '../../src/adapters/desired-store/open-store.ts';
import { takeStoreLock } from '../../src/adapters/desired-store/store-lock.ts';
import { createStoreReader } from '../../src/adapters/desired-store/store-reader.ts';
import { writeSession, readSession } from '../../src/adapters/desired-store/store-session.ts';
import { desiredPayloads } from '../../src/codec/desired-resource-payload.ts';
import { loadSchemas } from '../../src/codec/load-schemas.ts';
import { modelEncoder } from '../../src/codec/model-encoder.ts';
import { sampleResource } from '../support/desired-samples.ts';
import { locatedBatch } from '../support/located-samples.ts';

const schemas = loadSchemas();
const encoder = modelEncoder(schemas);
const payloads = desiredPayloads(schemas['desired-resource']);
const day = 86_400_000;
const demand = {
  origin: { topic: 'desired.state', topicId: 'topic-1', clusterId: 'cluster-1' },
  ranges: [{ partition: 0, low: 0n, high: 1_000_000n }],
  tombstonesKeptMs: day,
};

let folder: string;
let store: OpenedStore | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'driftline-store-'));
});
afterEach(async () => {
  await store?.databases.root.close();
  store = undefined;
  rmSync(folder, { recursive: true });
});

const open = async (change: Partial<typeof demand> = {}, now = 1_000): Promise<OpenedStore> =>
  (store = await openStore(folder, payloads, { ...demand, ...change }, now));

const close = async (): Promise<void> => {
  await store?.close();
  store = undefined;
};

/** What the end of the process by SIGKILL leaves: nothing is flushed, merged, or told. */
const drop = async (): Promise<void> => {
  await store?.databases.root.close();
  store = undefined;
};

const put = (to: OpenedStore, from: number, count: number, settled: boolean, version = 1): void => {
  const records = Array.from({ length: count }, (_, index) => {
    const resource = sampleResource(from + index, version);
    const { value } = encoder.encodeDesiredResource(resource);
    return { offset: from + index, key: Buffer.from(resource.key), value };
  });
  to.writer.apply(locatedBatch(payloads, records), { 0: String(from + count) }, settled);
};

const readerOf = (of: OpenedStore) => {
  const reader = createStoreReader(of.databases, payloads);
  reader.use(of.writer.filter);
  return reader;
};

const keysOf = (of: OpenedStore, identity: string): readonly string[] =>
  readerOf(of)
    .lookup(identity)
    .map(({ key }) => key);

const filled = async (count = 500): Promise<void> => {
  const first = await open();
  put(first, 0, count, false);
  first.writer.settle(1_000);
  await close();
};

describe('a store on disk that is opened again', () => {
  it('holds what it held, and goes on from where it was', async () => {
    await filled();
    const again = await open();
    expect(again.rebuilt).toBeUndefined();
    expect(again.writer.state).toMatchObject({ count: 500, positions: { 0: '500' } });
    expect(keysOf(again, 'id:vpc-77')).toEqual(['prod/l-1/aws_vpc.v77']);
    expect(keysOf(again, 'id:shared')).toHaveLength(10);
    put(again, 77, 1, true, 2);
    expect(keysOf(again, 'arn:aws:ec2:vpc/77/1')).toEqual([]);
    expect(keysOf(again, 'arn:aws:ec2:vpc/77/2')).toEqual(['prod/l-1/aws_vpc.v77']);
  });

  it('finds after a kill what was written before it and not yet in the index', async () => {
    const first = await open();
    put(first, 0, 300, false);
    await drop();
    const again = await open();
    expect(again.rebuilt).toBeUndefined();
    expect(again.writer.state.positions).toEqual({ 0: '300' });
    put(again, 300, 10, false);
    put(again, 5, 1, false, 2);
    again.writer.settle();
    expect(again.writer.state.count).toBe(310);
    expect(keysOf(again, 'id:vpc-5')).toEqual(['prod/l-1/aws_vpc.v5']);
    expect(keysOf(again, 'arn:aws:ec2:vpc/5/1')).toEqual([]);
    expect(keysOf(again, 'id:vpc-305')).toEqual(['prod/l-1/aws_vpc.v305']);
  });

  it.each([
    ['another topic', { origin: { ...demand.origin, topic: 'other' } }, /filled from the topic/],
    ['another cluster', { origin: { ...demand.origin, clusterId: 'c-2' } }, /another cluster/],
    ['a topic made anew', { origin: { ...demand.origin, topicId: 't-2' } }, /created again/],
    ['an end before it', { ranges: [{ partition: 0, low: 0n, high: 499n }] }, /ends at 499/],
    ['a start after it', { ranges: [{ partition: 0, low: 501n, high: 900n }] }, /starts at 501/],
    ['fewer partitions', { ranges: [{ partition: 1, low: 0n, high: 9n }] }, /fewer partitions/],
  ])('is built anew for %s', async (_name, change, reason) => {
    await filled();
    const again = await open(change);
    expect(again.rebuilt).toMatch(reason);
    expect(again.writer.state).toMatchObject({ count: 0, positions: {} });
    expect(keysOf(again, 'id:vpc-7')).toEqual([]);
  });

  it('is built anew where tombstones may be gone that it has not seen, and only then', async () => {
    await filled();
    expect((await open({}, 1_000 + day)).rebuilt).toBeUndefined();
    await close();
    const ranges = [{ partition: 0, low: 0n, high: 500n }];
    expect((await open({ ranges }, 10 * day)).rebuilt).toBeUndefined();
    await close();
    expect((await open({}, 1_001 + day)).rebuilt).toMatch(/older than the tombstones/);
  });

  it.each([
    ['is cut short', (file: string) => truncateSync(file, Math.floor(statSync(file).size / 2))],
    ['is cut to nothing', (file: string) => truncateSync(file, 0)],
    ['begins with something else', (file: string) => writeFileSync(file, 'x'.repeat(100_000))],
  ])('is built anew where its file %s', async (_name, damage) => {
    await filled();
    damage(join(folder, 'data.mdb'));
    const again = await open();
    expect(again.rebuilt).toBeDefined();
    expect(again.writer.state.count).toBe(0);
    put(again, 0, 10, true);
    expect(keysOf(again, 'id:vpc-3')).toEqual(['prod/l-1/aws_vpc.v3']);
  });

  it('is built anew where the last start ended while it looked, and after a crash of the machine', async () => {
    await filled(5);
    const { boot } = readSession(folder) ?? {};
    writeSession(folder, { phase: 'opening', boot });
    expect((await open()).rebuilt).toMatch(/while it looked/);
    await drop();
    writeSession(folder, { phase: 'open', boot: 'before' });
    expect((await open()).rebuilt).toMatch(/machine went down/);
    await drop();
    rmSync(join(folder, 'session.json'));
    expect((await open()).rebuilt).toMatch(/nothing tells/);
  });

  it('is built anew where a kill left fewer resources than it says', async () => {
    const first = await open();
    put(first, 0, 20, true);
    first.databases.resources.removeSync(7);
    await drop();
    expect((await open()).rebuilt).toMatch(/holds 19 resources, and says 20/);
  });

  it('is the same as a map, whatever is written and wherever it is closed or killed', async () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('write' as const),
        changes: fc.array(
          fc.record({ number: fc.nat(30), version: fc.integer({ min: 0, max: 5 }) }),
          { maxLength: 12 },
        ),
        settled: fc.boolean(),
      }),
      fc.record({ kind: fc.constantFrom('close' as const, 'kill' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        rmSync(join(folder, 'data.mdb'), { force: true });
        const model = new Map<string, ReturnType<typeof sampleResource>>();
        let current = await open();
        let offset = 0;
        for (const each of steps) {
          if (each.kind === 'write') {
            const records = each.changes.map(({ number, version }) => {
              const resource = sampleResource(number, version);
              // Version 0 stands for a tombstone.
              if (version === 0) model.delete(resource.key);
              else model.set(resource.key, resource);
              const value = version === 0 ? null : encoder.encodeDesiredResource(resource).value;
              return { offset: offset++, key: Buffer.from(resource.key), value };
            });
            current.writer.apply(
              locatedBatch(payloads, records),
              { 0: String(offset) },
              each.settled,
            );
          } else {
            await (each.kind === 'close' ? close() : drop());
            current = await open();
            expect(current.rebuilt).toBeUndefined();
          }
        }
        current.writer.settle();
        const reader = readerOf(current);
        expect(reader.size).toBe(model.size);
        const held = new Map([...reader.all()].map((each) => [each.key, JSON.stringify(each)]));
        expect(held.size).toBe(model.size);
        const identities = new Set<string>();
        for (let number = 0; number <= 30; number++)
          for (let version = 0; version < 3; version++)
            for (const identity of sampleResource(number, version).identities)
              identities.add(identity);
        for (const identity of identities) {
          const expected = [...model.values()].filter((each) => each.identities.includes(identity));
          const found = reader.lookup(identity);
          expect(found.map(({ key, serial }) => `${key} ${serial}`).sort()).toEqual(
            expected.map(({ key, serial }) => `${key} ${serial}`).sort(),
          );
        }
        for (let account = 0; account < 7; account++) {
          const name = String(111_111_111_000 + account);
          expect(reader.covers('aws', name)).toBe(
            [...model.values()].some((each) => each.account === name),
          );
        }
        await drop();
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});

describe('the lock of a store', () => {
  it('is held once, and can be taken after it was released', async () => {
    const lock = await takeStoreLock(folder);
    await expect(takeStoreLock(folder)).rejects.toMatchObject({
      code: 'store_in_use',
      message: expect.stringContaining(`process ${process.pid}`) as string,
    });
    await lock.release();
    await (await takeStoreLock(folder)).release();
    expect(existsSync(join(folder, 'lock.sock'))).toBe(false);
  });

  it('goes with the process that held it, however that ended', async () => {
    const module = fileURLToPath(
      new URL('../../src/adapters/desired-store/store-lock.ts', import.meta.url),
    );
    const child = spawn(process.execPath, [
      '--input-type=module',
      '--eval',
      `const { takeStoreLock } = await import(${JSON.stringify(module)});
       await takeStoreLock(${JSON.stringify(folder)});
       process.stdout.write('held'); setInterval(() => {}, 1000);`,
    ]);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await expect(takeStoreLock(folder)).rejects.toMatchObject({ code: 'store_in_use' });
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await ended;
    expect(existsSync(join(folder, 'lock.sock'))).toBe(true);
    await (await takeStoreLock(folder)).release();
  });

  it
    .runIf(process.platform === 'linux')
    .each(['/proc/x', '/proc/x/y', '/proc', '/dev/null', '/sys/x'])(
    'does not hang where the system lets nobody make a folder: %s',
    async (denied) => {
      await expect(takeStoreLock(denied)).rejects.toMatchObject({
        code: 'store_folder',
        retriable: false,
        message: expect.stringMatching(
          `^Cannot use ${denied} as desired.storeFolder: .* Name a folder on a disk`,
        ) as string,
      });
    },
  );

  it('makes the folders above it that are missing', async () => {
    const lock = await takeStoreLock(join(folder, 'a', 'b', 'c'));
    expect(existsSync(join(folder, 'a', 'b', 'c', 'lock.sock'))).toBe(true);
    await lock.release();
  });

  it('says so where the folder cannot be made', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(takeStoreLock(join(folder, 'file', 'store'))).rejects.toMatchObject({
      code: 'store_folder',
      retriable: false,
    });
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('');
  });
});
