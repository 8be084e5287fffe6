import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openStore } from '../../src/adapters/desired-store/open-store.ts';
import { countScopes } from '../../src/adapters/desired-store/scope-census.ts';
import { desiredPayloads } from '../../src/codec/desired-resource-payload.ts';
import { loadSchemas } from '../../src/codec/load-schemas.ts';
import { modelEncoder } from '../../src/codec/model-encoder.ts';
import { sampleResource } from '../support/desired-samples.ts';
import { locatedBatch } from '../support/located-samples.ts';

const schemas = loadSchemas();
const encoder = modelEncoder(schemas);
const payloads = desiredPayloads(schemas['desired-resource']);

it('counts the resources of each scope, with its newest serial, over more than one slice', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'driftline-census-'));
  const store = await openStore(
    folder,
    payloads,
    {
      origin: { topic: 'desired.state', topicId: undefined, clusterId: undefined },
      ranges: [{ partition: 0, low: 0n, high: 10_000n }],
      tombstonesKeptMs: 86_400_000,
    },
    0,
  );
  const resources = Array.from({ length: 2_500 }, (_, number) => {
    const scope = number < 100 ? 'dev/a' : 'prod/b';
    const { serial: _none, ...sample } = sampleResource(number);
    return {
      ...sample,
      key: `${scope}/r${number}`,
      scope,
      published_time: 1_000 + number,
      ...(scope === 'dev/a' ? {} : { serial: number % 7 }),
    };
  });
  const written = resources.map((resource, offset) => ({
    offset,
    key: Buffer.from(resource.key),
    value: encoder.encodeDesiredResource(resource).value,
  }));
  // What code no longer owns leaves a gap in the numbers.
  const gone = { offset: 2_500, key: Buffer.from('prod/b/r2499'), value: null };
  store.writer.apply(locatedBatch(payloads, [...written, gone]), { 0: '2501' }, true);
  const count = (signal: AbortSignal) => countScopes(store.databases, payloads, signal);
  try {
    expect(await count(new AbortController().signal)).toEqual([
      { scope: 'dev/a', resources: 100, serial: undefined, publishedTime: 1_099 },
      { scope: 'prod/b', resources: 2_399, serial: 6, publishedTime: 3_498 },
    ]);
    expect(await count(AbortSignal.abort())).toEqual([]);
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
});
