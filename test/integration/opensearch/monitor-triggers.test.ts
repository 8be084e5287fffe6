import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { candidateDocument } from '../../../src/codec/candidate-document.ts';
import { fires, monitorSearch } from '../../support/monitor-searches.ts';
import { sampleCandidate } from '../../unit/codec/sample-models.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 10, 21, 20);
const alias = `monitors-${process.pid}-${Date.now()}`;

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

interface Groups {
  readonly aggregations: {
    readonly groups: { readonly buckets: readonly { readonly key: unknown }[] };
  };
}

/** A candidate whose act, record and detection were so long before now, in milliseconds. */
const put = async (id: string, act: number, record: number, detected: number): Promise<void> => {
  const origin = { topic: 't', partition: 0, offset: '1', timestamp: NOW - record };
  const candidate = { ...sampleCandidate, candidate_id: id, time: NOW - act };
  const { body } = candidateDocument(candidate, origin, { alias, detectedTime: NOW - detected });
  await call('PUT', `/${alias}/_doc/${id}?refresh=true`, body.toString());
};

/** A candidate of an act so long before now, in milliseconds. */
const act = async (
  environment: string | undefined,
  level: 'high' | 'medium',
  ago: number,
): Promise<void> => {
  const { resource, severity } = sampleCandidate;
  const candidate = {
    ...sampleCandidate,
    time: NOW - ago,
    resource: { ...resource, environment },
    severity: { ...severity, level },
  };
  const { body } = candidateDocument(candidate, { topic: 't', partition: 0, offset: '1' });
  await call('POST', `/${alias}/_doc?refresh=true`, body.toString());
};

const firing = async (monitor: string, index: string, time: number): Promise<unknown> => {
  const { body } = monitorSearch(monitor, time);
  const found = await call('POST', `/${index}/_search`, JSON.stringify(body));
  return (found as Groups).aggregations.groups.buckets.map(({ key }) => key);
};

beforeAll(async () => {
  const { time, delay, resource, severity } = template.template.mappings.properties;
  const mappings = { dynamic: false, properties: { time, delay, resource, severity } };
  await call('PUT', `/${alias}`, JSON.stringify({ mappings }));
  const events = {
    time: { type: 'date' },
    cloud: { properties: { provider: { type: 'keyword' } } },
  };
  await call('PUT', `/${alias}-events`, JSON.stringify({ mappings: { properties: events } }));
});
afterAll(() => call('DELETE', `/${alias},${alias}-events`));

it('many candidates in one environment are seen whatever their severities', async () => {
  const monitor = 'Driftline: many drift candidates in one environment';
  for (let count = 0; count < 9; count++) {
    await act('prod', 'high', 5 * MINUTE);
    await act('test', 'high', 5 * MINUTE);
  }
  expect(await firing(monitor, alias, NOW)).toEqual([]);
  for (let count = 0; count < 9; count++) await act('prod', 'medium', 50 * MINUTE);
  await act('test', 'high', 61 * MINUTE);
  expect(await firing(monitor, alias, NOW)).toEqual([{ environment: 'prod' }]);
  for (let count = 0; count < 10; count++) await act(undefined, 'high', 5 * MINUTE);
  expect(await firing(monitor, alias, NOW)).toEqual([
    { environment: 'none' },
    { environment: 'prod' },
  ]);
});

it('a provider that is silent for longer than a day is still told', async () => {
  const monitor = 'Driftline: no events from a provider';
  const event = async (provider: string, ago: number): Promise<unknown> => {
    const body = JSON.stringify({ time: NOW - ago, cloud: { provider } });
    return call('POST', `/${alias}-events/_doc?refresh=true`, body);
  };
  await event('aws', 3 * DAY);
  await event('gcp', 3 * DAY);
  await event('gcp', 10 * MINUTE);
  await event('azure', 8 * DAY);
  expect(await firing(monitor, `${alias}-events`, NOW)).toEqual([{ provider: 'aws' }]);
});

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
