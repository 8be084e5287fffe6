import { rmSync } from 'node:fs';
import { open } from 'lmdb';
import { loadSchemas } from '../../../src/codec/load-schemas.ts';
import { modelEncoder } from '../../../src/codec/model-encoder.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { resourceOf } from './resources.ts';

const ROUND = 5_000;

const READS = 1_000_000;

interface Rate {
  readonly seconds: number;
  readonly perSecond: number;
  readonly cpuSeconds: number;
}

interface LmdbRates extends Rate {
  /** Values under keys by chance, as bytes that the next read overwrites: nothing is decoded or kept. */
  readonly reads: Rate & { readonly perCpuSecond: number };
}

const timed = (times: number, work: () => void): Rate => {
  const started = performance.now();
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - started) / 1000;
  return { seconds, perSecond: times / seconds, cpuSeconds: (user + system) / 1e6 };
};

/** How LMDB is opened by the store itself: nothing is flushed, nothing kept or encoded by the binding. */
const SETTINGS = { noSubdir: false, encoding: 'binary', cache: false, noSync: true } as const;

/**
 * Writes the values that the topic holds to LMDB and does nothing else, each under one key, in transactions of 5,000,
 * and reads them: what no store of these values on LMDB can be faster than. Values and keys are made outside of the time.
 */
const write = async <K extends number | string>(
  folder: string,
  resources: number,
  keyEncoding: 'uint32' | 'ordered-binary',
  keyOf: (number: number, key: string) => K,
): Promise<LmdbRates> => {
  rmSync(folder, { recursive: true, force: true });
  const database = open<Buffer, K>({ path: folder, keyEncoding, ...SETTINGS });
  const encoder = modelEncoder(loadSchemas());
  let seconds = 0;
  let cpu = 0;
  for (let from = 0; from < resources; from += ROUND) {
    const entries = Array.from({ length: Math.min(ROUND, resources - from) }, (_, index) => {
      const resource = resourceOf(from + index);
      const { value } = encoder.encodeDesiredResource(resource);
      return { key: keyOf(from + index, resource.key), value };
    });
    const round = timed(entries.length, () =>
      database.transactionSync(() => {
        for (const { key, value } of entries) database.putSync(key, value);
      }),
    );
    seconds += round.seconds;
    cpu += round.cpuSeconds;
  }
  const random = seededRandom();
  const keys = Array.from({ length: READS }, () => {
    const number = random.whole(resources);
    return keyOf(number, resourceOf(number).key);
  });
  let found = 0;
  const reads = timed(READS, () => {
    for (const key of keys) if (database.getBinaryFast(key) !== undefined) found++;
  });
  if (found !== READS) throw new Error(`LMDB has ${found} of ${READS} keys that were written.`);
  await database.close();
  rmSync(folder, { recursive: true, force: true });
  return {
    seconds,
    perSecond: resources / seconds,
    cpuSeconds: cpu,
    reads: { ...reads, perCpuSecond: READS / reads.cpuSeconds },
  };
};

/** Under ascending numbers, as the store does, which adds an index by identity; and under the keys of the topic. */
export const measureLmdbAlone = async (folder: string, resources: number): Promise<object> => ({
  byNumber: await write(`${folder}-alone`, resources, 'uint32', (number) => number),
  byKey: await write(`${folder}-alone`, resources, 'ordered-binary', (_number, key) => key),
});
