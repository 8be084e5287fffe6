import { rmSync } from 'node:fs';
import { open } from 'lmdb';
import { loadSchemas } from '../../../src/codec/load-schemas.ts';
import { modelEncoder } from '../../../src/codec/model-encoder.ts';
import { resourceOf } from './resources.ts';

const ROUND = 5_000;

interface WriteRate {
  readonly seconds: number;
  readonly perSecond: number;
  readonly cpuSeconds: number;
}

/** How LMDB is opened by the store itself: nothing is flushed, nothing kept or encoded by the binding. */
const SETTINGS = { noSubdir: false, encoding: 'binary', cache: false, noSync: true } as const;

/**
 * Writes the values that the topic holds to LMDB and does nothing else, each under one key, in transactions of 5,000:
 * what no store of these values on LMDB can be faster than. Values are made outside of the time.
 */
const write = async <K extends number | string>(
  folder: string,
  resources: number,
  keyEncoding: 'uint32' | 'ordered-binary',
  keyOf: (number: number, key: string) => K,
): Promise<WriteRate> => {
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
    const started = performance.now();
    const before = process.cpuUsage();
    database.transactionSync(() => {
      for (const { key, value } of entries) database.putSync(key, value);
    });
    const used = process.cpuUsage(before);
    seconds += (performance.now() - started) / 1000;
    cpu += (used.user + used.system) / 1e6;
  }
  await database.close();
  rmSync(folder, { recursive: true, force: true });
  return { seconds, perSecond: resources / seconds, cpuSeconds: cpu };
};

/** Under ascending numbers, as the store does, which adds an index by identity; and under the keys of the topic. */
export const measureLmdbAlone = async (folder: string, resources: number): Promise<object> => ({
  byNumber: await write(`${folder}-alone`, resources, 'uint32', (number) => number),
  byKey: await write(`${folder}-alone`, resources, 'ordered-binary', (_number, key) => key),
});
