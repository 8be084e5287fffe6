import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createOpenSearchClient } from '../../../src/adapters/opensearch/client.ts';
import { applyStep, planSetup } from '../../../src/adapters/opensearch/setup.ts';
import { readSetupFiles } from '../../../src/adapters/opensearch/setup-files.ts';
import { underNames } from '../../../src/adapters/opensearch/setup-names.ts';
import { auditDocument } from '../../../src/codec/audit-document.ts';
import { candidateDocument } from '../../../src/codec/candidate-document.ts';
import { desiredDocument } from '../../../src/codec/desired-document.ts';
import type { SearchDocument } from '../../../src/codec/search-document.ts';
import { asCandidate, asRead, cloudTrailText, eventOf } from '../../unit/codec/processed-events.ts';
import { sampleCandidate, sampleResource } from '../../unit/codec/sample-models.ts';

const transport = createOpenSearchClient({
  nodes: [inject('stack').opensearch],
  requestTimeoutMs: 20_000,
  maxSockets: 2,
});
const run = `mapping-${process.pid}-${Date.now()}`;
const NAMES = {
  'audit-events': `${run}-audit`,
  'drift-candidates': `${run}-drift`,
  'desired-state': `${run}-desired`,
};
const ALL = Object.values(NAMES).join();
const origin = { topic: 'audit.events', partition: 3, offset: '42', timestamp: 1_769_904_000_000 };

const call = async (
  method: 'GET' | 'PUT' | 'POST' | 'DELETE',
  path: string,
  body?: object | Buffer,
): Promise<Record<string, never>> => {
  const answer = await transport.request({
    method,
    path,
    ...(body === undefined ? {} : { body: Buffer.isBuffer(body) ? body : JSON.stringify(body) }),
  });
  if (answer.status > 299) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
  return answer.body as Record<string, never>;
};

const put = ({ index, id, body }: SearchDocument): Promise<unknown> =>
  call('PUT', `/${index}/_doc/${encodeURIComponent(id)}?refresh=true`, body);

const auditOf = (text: string, candidate = false): SearchDocument => {
  const event = eventOf(text);
  return auditDocument(candidate ? asCandidate(event) : asRead(event), origin, {
    alias: NAMES['audit-events'],
  });
};

/** Indexes that have a document which the query finds, in order. */
const findersOf = async (query: object): Promise<readonly string[]> => {
  const { hits } = await call('POST', `/${ALL}/_search`, { query, size: 20 });
  const found = (hits!['hits'] as readonly { readonly _index: string }[]).map(({ _index }) =>
    _index.slice(run.length + 1).replace(/-\d.*/, ''),
  );
  return [...new Set(found)].sort();
};

beforeAll(async () => {
  const shipped = fileURLToPath(new URL('../../../schemas/opensearch', import.meta.url));
  const files = underNames(await readSetupFiles(shipped), NAMES);
  const single = [NAMES['desired-state']];
  for (const step of await planSetup(transport, files, { single, overwrite: false }))
    await applyStep(transport, step);
  await put(auditOf(cloudTrailText(), true));
  await put(auditOf(cloudTrailText({ eventID: 'ok-1', errorCode: undefined })));
  const processed = { ...asCandidate(eventOf(cloudTrailText())), owners: [sampleResource] };
  await put(
    candidateDocument(sampleCandidate, origin, { alias: NAMES['drift-candidates'], processed }),
  );
  await put(
    desiredDocument(sampleResource, origin, { index: NAMES['desired-state'], indexedTime: 5 }),
  );
});

afterAll(async () => {
  await call('DELETE', `/${run}-*`);
  for (const name of Object.values(NAMES)) {
    await call('DELETE', `/_index_template/${name}`);
    for (const part of ['mappings', 'settings', 'custom'])
      await call('DELETE', `/_component_template/${name}@${part}`);
  }
  await transport.close();
});

describe('the mapping of audit events', () => {
  it('stays as it is whatever keys and values attackers send', async () => {
    const path = `/${NAMES['audit-events']}/_mapping`;
    const before = await call('GET', path);
    const keys = [
      'time',
      'a.b.c',
      '.',
      '',
      ' ',
      '__proto__',
      'constructor',
      '@timestamp',
      'event.action',
      'driftline',
      '_id',
      '_source',
      '\u0000',
      '\ud83d\ude00',
      'k'.repeat(40_000),
      ...Array.from({ length: 3_000 }, (_, i) => `key${i}`),
    ];
    const parameters = Object.fromEntries(
      keys.map((key, i) => [key, [i, 'text', true, { [key]: null }][i % 4]]),
    );
    let deep: object = {};
    for (let depth = 0; depth < 40; depth++) deep = { [`level${depth}`]: deep };
    for (const [i, text] of [
      cloudTrailText({ requestParameters: parameters }),
      cloudTrailText({ responseElements: { deep } }),
      cloudTrailText({ requestParameters: { time: { not: 'a date' }, ip: 12 } }),
      cloudTrailText({ ...parameters, eventVersion: '1.08' }),
    ].entries()) {
      const { eventID: _first, ...rest } = JSON.parse(text) as Record<string, unknown>;
      for (const candidate of [false, true])
        await put(
          auditOf(JSON.stringify({ ...rest, eventID: `hostile-${i}-${candidate}` }), candidate),
        );
    }
    expect(await call('GET', path)).toEqual(before);
  });

  it.each([
    ['an outcome of ECS, though OCSF writes it with a capital', { 'event.outcome': 'failure' }],
    ['the same under its OCSF name', { status: 'Failure' }],
    ['a class that is only sorted by', { class_uid: 6003 }],
    ['a session', { 'actor.session.uid': 'AROA:kim/ASIA' }],
    ['an account by its name in ECS', { 'cloud.account.id': '111122223333' }],
    ['a region, which has no inverted index', { 'cloud.region': 'eu-central-1' }],
    ['a network', { 'source.ip': '198.51.100.0/24' }],
    ['an id', { 'metadata.uid': 'aws:111122223333:ok-1' }],
    ['an identifier of the payload', { entities: 'sgr-1' }],
  ])('answers for %s', async (_name, term) => {
    expect(
      await findersOf({ bool: { filter: [{ term }, { exists: { field: 'driftline.outcome' } }] } }),
    ).toEqual(['audit']);
  });

  it.each([
    'actor.session.uid',
    'actor.user.credential_uid',
    'cloud.account.uid',
    'status_code',
    'api.service.name',
    'driftline.owners.environment',
  ])('lets Dashboards filter by a click on %s', async (field) => {
    const { fields } = await call('GET', `/${NAMES['audit-events']}/_field_caps?fields=${field}`);
    expect(fields![field]).toMatchObject({ keyword: { searchable: true, aggregatable: true } });
  });

  it('takes times as people write them', async () => {
    const range = { '@timestamp': { gte: '2026-01-31T23:00:00Z', lt: '2026-02-01' } };
    expect(await findersOf({ range })).toContain('audit');
  });

  it('finds a word without the name of a field', async () => {
    expect(await findersOf({ query_string: { query: 'AuthorizeSecurityGroupIngress' } })).toContain(
      'audit',
    );
  });
});

describe('one name for all indexes', () => {
  const { resource } = sampleCandidate;

  it.each([
    ['the resource by its key', { 'resource.key': sampleResource.key }, ['audit', 'desired']],
    ['the resource of a candidate', { 'resource.key': resource.key }, ['drift']],
    ['an entity', { entities: resource.identity }, ['audit', 'drift']],
    ['the candidate', { candidate_id: 'c0ffee' }, ['audit', 'drift']],
    ['the change set', { change_set_id: sampleCandidate.change_set_id }, ['audit', 'drift']],
    ['the cloud account', { 'cloud.account.id': resource.account }, ['audit', 'drift']],
    ['a changed attribute', { 'changes.path': 'ingress' }, ['audit', 'drift']],
  ])('finds %s', async (_name, term, least) => {
    expect(await findersOf({ term })).toEqual(expect.arrayContaining([...least]));
  });

  it('finds a part of an observed value', async () => {
    expect(await findersOf({ match: { 'changes.observed.text': '0.0.0.0' } })).toEqual(['drift']);
  });
});

describe('the search bar', () => {
  const { 'audit-events': audit, 'drift-candidates': drift } = NAMES;
  const dana = 'dana.okafor@example.com';

  beforeAll(async () => {
    await call('PUT', `/${audit}-2026.02.02/_doc/dana?refresh=true`, {
      time: 1_770_000_000_000,
      api: { operation: 'DeleteDBInstance' },
      entities: [dana],
    });
    const summary = `${dana} (DeveloperAccess) changed instance class of aws_db_instance.orders: ModifyDBInstance`;
    const candidate = { ...sampleCandidate, candidate_id: 'dana', operation: 'DeleteIt', summary };
    await put(candidateDocument(candidate, origin, { alias: drift }));
  });

  const search = async (indexes: string, query: string) => {
    const path = `/${indexes}/_search`;
    const { hits, _shards } = await call('POST', path, { query: { query_string: { query } } });
    const found = hits!['hits'] as readonly { readonly _index: string; readonly _id: string }[];
    return { failed: _shards!['failed'], ids: found.map(({ _id }) => _id) };
  };

  it.each([
    [audit, '*dana*', 1],
    [audit, '*Delete*', 1],
    [drift, '*dana*', 1],
    [drift, '*Delete*', 1],
    [`${audit},${drift}`, '*dana*', 2],
    [`${audit},${drift}`, '*Delete*', 2],
  ])('answers whole for a glob without a field: %s %s', async (indexes, query, count) => {
    const { failed, ids } = await search(indexes, query);
    expect(failed).toBe(0);
    expect(ids).toHaveLength(count);
  });

  it.each([
    'dana',
    'okafor',
    'instance class',
    'aws_db_instance',
    'aws_db_instance.orders',
    'orders',
    'ModifyDBInstance',
    'modifydbinstance',
    dana,
    'developeraccess',
    '"instance class of aws_db_instance"',
  ])('finds a candidate by words of its summary: %s', async (query) => {
    expect((await search(drift, query)).ids).toContain('dana');
  });

  it.each([
    ['the id of the resource', 'sg-0a1b'],
    ['its ARN', 'arn:aws:ec2:eu-central-1:111122223333:security-group/sg-0a1b'],
    ['the ARN of a session', 'arn:aws:sts::111122223333:assumed-role/Admin/kim'],
    ['the name of a user', 'kim@example.org'],
    ['an access key', 'ASIA'],
  ])('finds act and candidate by %s', async (_, entity) => {
    expect(await findersOf({ term: { entities: entity } })).toEqual(
      expect.arrayContaining(['audit', 'drift']),
    );
  });

  it('finds by a name of several words only what has them in this order', async () => {
    expect((await search(drift, 'aws_db_cluster')).ids).not.toContain('dana');
    expect((await search(drift, 'db_orders_instance')).ids).not.toContain('dana');
  });
});
