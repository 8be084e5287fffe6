import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../src/adapters/desired-store/open-store.ts';
import { createStoreReader } from '../../src/adapters/desired-store/store-reader.ts';
import { desiredPayloads } from '../../src/codec/desired-resource-payload.ts';
import { loadSchemas } from '../../src/codec/load-schemas.ts';
import { modelEncoder } from '../../src/codec/model-encoder.ts';
import { locatedBatch } from '../support/located-samples.ts';
import { describeDesiredIndex } from './desired-index-contract.ts';

const schemas = loadSchemas();
const encoder = modelEncoder(schemas);
const payloads = desiredPayloads(schemas['desired-resource']);
const demand = {
  origin: { topic: 'desired.state', topicId: undefined, clusterId: undefined },
  ranges: [{ partition: 0, low: 0n, high: 1_000n }],
  tombstonesKeptMs: 86_400_000,
};

describeDesiredIndex('disk', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'driftline-store-'));
  const store = await openStore(folder, payloads, demand, 0);
  const reader = createStoreReader(store.databases, payloads);
  let offset = 0;
  const write = (key: string, value: Buffer | null): void => {
    const batch = locatedBatch(payloads, [{ offset: offset++, key: Buffer.from(key), value }]);
    store.writer.apply(batch, { 0: String(offset) }, true);
    reader.use(store.writer.filter);
    reader.refresh();
  };
  return {
    index: {
      lookup: (identity) => reader.lookup(identity),
      covers: (provider, account) => reader.covers(provider, account),
      get size() {
        return reader.size;
      },
      upsert: (resource) => write(resource.key, encoder.encodeDesiredResource(resource).value),
      remove: (key) => write(key, null),
    },
    close: async () => {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
});
