import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { candidateDocument } from '../../../src/codec/candidate-document.ts';
import { fires, monitorSearch } from '../../support/monitor-searches.ts';
import { sampleCandidate } from '../../unit/codec/sample-models.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.UTC(2026, 10, 21, 20);
const alias = `slow-${process.pid}-${Date.now()}`;

interface Field {
  readonly properties: Readonly<Record<string, unknown>>;
}

const template = JSON.parse(
  readFileSync(
    new URL(
      '../../../schemas/opensearch/component-templates/drift-candidates@mappings.json',
      import.meta.url,
    ),
    'utf8',
  ),
) as { readonly template: { readonly mappings: Field } };

const call = async (method: string, path: string, body?: string): Promise<unknown> => {
  const answer = await fetch(`${inject('stack').opensearch}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body }),
  });
  const found: unknown = await answer.json();
  if (!answer.ok) throw new Error(JSON.stringify(found));
  return found;
};

interface Found {
  readonly hits: { readonly hits: readonly { readonly _id: string }[] };
}

/** A candidate whose act, record and detection were so long before now, in milliseconds. */
const put = async (id: string, act: number, record: number, detected: number): Promise<void> => {
  const origin = { topic: 't', partition: 0, offset: '1', timestamp: NOW - record };
  const candidate = { ...sampleCandidate, candidate_id: id, time: NOW - act };
  const { body } = candidateDocument(candidate, origin, { alias, detectedTime: NOW - detected });
  await call('PUT', `/${alias}/_doc/${id}?refresh=true`, body.toString());
};

beforeAll(async () => {
  const { time, delay } = template.template.mappings.properties;
  const mappings = { dynamic: false, properties: { time, delay } };
  await call('PUT', `/${alias}`, JSON.stringify({ mappings }));
});
afterAll(() => call('DELETE', `/${alias}`));

it('slow detection is seen by when it was, however long ago the act', async () => {
  await put('five-hours-late', 6 * HOUR, 5 * HOUR, 10 * MINUTE);
  await put('two-minutes-late', 15 * MINUTE, 12 * MINUTE, 10 * MINUTE);
  await put('at-once', 5 * HOUR, 10 * MINUTE, 10 * MINUTE - 1_000);
  await put('late-but-long-ago', 6 * HOUR, 5 * HOUR, 2 * HOUR);
  const monitor = 'Driftline: detection lags behind the stream';
  const foundAt = async (time: number): Promise<Found> => {
    const { body } = monitorSearch(monitor, time);
    return (await call(
      'POST',
      `/${alias}/_search`,
      JSON.stringify({ ...body, size: 10 }),
    )) as Found;
  };
  const now = await foundAt(NOW);
  expect(now.hits.hits.map(({ _id }) => _id).toSorted()).toEqual([
    'five-hours-late',
    'two-minutes-late',
  ]);
  const { opensearch } = inject('stack');
  expect(await fires(opensearch, monitor, now)).toBe(true);
  expect(await fires(opensearch, monitor, await foundAt(NOW - 3 * HOUR))).toBe(false);
});
