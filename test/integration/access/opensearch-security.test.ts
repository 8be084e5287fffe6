import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createOpenSearchClient } from '../../../src/adapters/opensearch/client.ts';
import { changingSecret } from '../../../src/connection/secret.ts';
import { tlsFiles } from '../../../src/connection/tls-files.ts';
import type { CertificateFiles } from '../../support/certificates.ts';
import { ingressEvent, readEvent, securityGroupState } from '../../support/cloudtrail-fixture.ts';
import { createDeployment, type Deployment } from '../../support/deployment.ts';
import { startDriftline } from '../../support/driftline-process.ts';
import {
  startSecuredOpenSearch,
  type Answer,
  type SecuredOpenSearch,
} from '../../support/secured-opensearch.ts';
import { describeCommandRoles } from './opensearch-command-roles.ts';
import { describeOperatorRole } from './opensearch-operator-role.ts';
import { describeWritingOver } from './opensearch-written-over.ts';
import { describeWrongSetUps } from './wrong-opensearch-set-ups.ts';

const PORT = Number(process.env.DRIFTLINE_TEST_SECURED_OPENSEARCH_PORT ?? 19_100);
const PASSWORD = 'Only-for-this-test-4711!';
const user = (name: string) => ({ user: name, password: PASSWORD });

let secured: SecuredOpenSearch;
let folder: string;
let ingestCertificate: CertificateFiles;
let deployment: Deployment;
let passwordFile: string;

const set = (values: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(values).flatMap(([key, value]) => ['--set', `${key}=${value}`]);

/** A document as driftline writes one, as far as the roles are concerned. */
const seed = async (index: string, id: string, source: object): Promise<void> => {
  const path = `/${index}/_doc/${id}?refresh=true`;
  const { status, body } = await secured.ask(secured.admin, 'PUT', path, source);
  if (status >= 300) throw new Error(`${index}: ${JSON.stringify(body)}`);
};

const sources = ({ body }: Answer): readonly unknown[] =>
  (
    body as { readonly hits: { readonly hits: readonly { readonly _source: unknown }[] } }
  ).hits.hits.map(({ _source }) => _source);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'driftline-access-'));
  passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, `${PASSWORD}\n`);
  secured = await startSecuredOpenSearch(PORT);
  ingestCertificate = secured.authority.issue('driftline-ingest');
  await secured.addUser('driftline-ingest', PASSWORD);
  await secured.addUser('driftline-desired-index', PASSWORD);
  await secured.addUser('driftline-operator', PASSWORD);
  await secured.addUser('ana', PASSWORD, { backend_roles: ['driftline-analysts'] });
  await secured.addUser('gil', PASSWORD, { backend_roles: ['driftline-analysts-attributes'] });
  await secured.addUser('eve', PASSWORD, {
    backend_roles: ['driftline-environment-analysts'],
    attributes: { environments: '"staging","test"' },
  });
  // `setup` runs in it: as the operator.
  deployment = await createDeployment({ ...inject('stack'), opensearch: secured.url }, 1, {
    'opensearch.caFile': secured.authority.caFile,
    'opensearch.indexes.auditEvents': 'audit-events',
    'opensearch.indexes.driftCandidates': 'drift-candidates',
    'opensearch.indexes.desiredState': 'desired-state',
    'opensearch.username': 'driftline-operator',
    'opensearch.passwordFile': passwordFile,
    'opensearch.retry.blockedDelayMs': '500',
  });
}, 300_000);

afterAll(async () => {
  await deployment?.end();
  await secured?.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

/** The service's settings as the ingest user, by its client certificate alone. */
const asIngest = (): readonly string[] => {
  const settings = [...deployment.settings];
  const without = ['opensearch.username=', 'opensearch.passwordFile='];
  const kept = settings.filter(
    (text, i) =>
      !without.some((key) => text.startsWith(key)) &&
      !(text === '--set' && without.some((key) => settings[i + 1]?.startsWith(key))),
  );
  const { certFile, keyFile } = ingestCertificate;
  return [...kept, ...set({ 'opensearch.certFile': certFile, 'opensearch.keyFile': keyFile })];
};

const count = async (index: string): Promise<number> => {
  await secured.ask(secured.admin, 'POST', `/${index}/_refresh`);
  const { body } = await secured.ask(secured.admin, 'GET', `/${index}/_count`);
  return (body as { readonly count: number }).count;
};

describe('the ingest role', () => {
  it('is enough for the service, by client certificate, a replay included', async () => {
    await deployment.publishState(securityGroupState(2));
    await deployment.produce([readEvent('e-read'), ingressEvent('e-1', 0), ingressEvent('e-2', 1)]);
    const first = startDriftline(['run', ...asIngest()]);
    await deployment.caughtUp();
    first.kill('SIGTERM');
    expect(await first.exited).toBe(0);
    expect(await count('audit-events')).toBe(3);
    expect(await count('drift-candidates')).toBe(2);

    // Every id is taken: the service reads the hash of what is there.
    const again = startDriftline([
      'run',
      ...asIngest(),
      ...set({ 'kafka.groupId': `${deployment.groupId}-again` }),
    ]);
    await again.event('unit.finished');
    again.kill('SIGTERM');
    expect(await again.exited).toBe(0);
    expect(again.lines.filter(({ event }) => event === 'bulk.blocked')).toEqual([]);
    expect(await count('audit-events')).toBe(3);
  });

  it('waits and names the privilege that is missing, and goes on once it is granted', async () => {
    const role = '/_plugins/_security/api/roles/driftline_ingest';
    const { body } = await secured.ask(secured.admin, 'GET', role);
    const { driftline_ingest: whole } = body as { readonly driftline_ingest: object };
    const { cluster_permissions, index_permissions } = whole as {
      readonly cluster_permissions: readonly string[];
      readonly index_permissions: readonly { readonly allowed_actions: readonly string[] }[];
    };
    const put = (indexPermissions: unknown) =>
      secured.ask(secured.admin, 'PUT', role, {
        cluster_permissions,
        index_permissions: indexPermissions,
      });
    const poorer = index_permissions.map((entry) => ({
      ...entry,
      allowed_actions: entry.allowed_actions.filter((name) => name !== 'indices:data/write/index'),
    }));
    expect((await put(poorer)).status).toBe(200);
    const service = startDriftline(['run', ...asIngest()]);
    try {
      await deployment.produce([readEvent('e-later')]);
      expect(await service.event('bulk.blocked')).toMatchObject({
        cause: '403_security_exception',
        detail: 'the role lacks indices:data/write/index',
      });
      expect((await put(index_permissions)).status).toBe(200);
      await deployment.caughtUp();
    } finally {
      service.kill('SIGTERM');
    }
    expect(await service.exited).toBe(0);
    expect(await count('audit-events')).toBe(4);
  });

  it.each([
    ['search', 'POST', '/audit-events/_search', {}, 'indices:data/read/search'],
    ['count', 'GET', '/audit-events-2026.01.01/_count', undefined, 'indices:data/read/search'],
    ['write elsewhere', 'PUT', '/other/_doc/1', { a: 1 }, 'indices:data/write/index'],
    ['delete an index', 'DELETE', '/audit-events-2026.01.01', undefined, 'indices:admin/delete'],
    [
      'change settings',
      'PUT',
      '/audit-events-2026.01.01/_settings',
      { index: { refresh_interval: '1h' } },
      'indices:admin/settings/update',
    ],
    [
      'put a template',
      'PUT',
      '/_index_template/x',
      { index_patterns: ['x'] },
      'indices:admin/index_template/put',
    ],
    ['look at the cluster', 'GET', '/_cluster/health', undefined, 'cluster:monitor/health'],
  ])('does not let its user %s', async (_what, method, path, body, privilege) => {
    await seed('audit-events-2026.01.01', 'seeded', { raw_data: 'kept' });
    const { status, body: answer } = await secured.ask(
      user('driftline-ingest'),
      method,
      path,
      body,
    );
    expect(status).toBe(403);
    expect(JSON.stringify(answer)).toContain(privilege);
  });

  it.each([
    ['delete', { delete: { _index: 'audit-events-2026.01.01', _id: 'seeded' } }, undefined],
    [
      'update a part of',
      { update: { _index: 'audit-events-2026.01.01', _id: 'seeded' } },
      { doc: { raw_data: 'other' } },
    ],
  ])('does not let its user %s an event in a bulk request', async (word, action, doc) => {
    await seed('audit-events-2026.01.01', 'seeded', { raw_data: 'kept' });
    const lines = [action, ...(doc === undefined ? [] : [doc])];
    const bulk = `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
    const { body } = await secured.ask(user('driftline-ingest'), 'POST', '/_bulk', bulk);
    const [item] = (body as { readonly items: readonly object[] }).items;
    expect(JSON.stringify(item), word).toContain('"status":403');
  });

  it('shows its user the hash and the place of an event, and nothing else', async () => {
    await seed('audit-events-2026.01.01', 'hashed', {
      raw_data: 'not for it',
      raw_data_hash: { value: 'h' },
      driftline: { topic: 't', partition: 0, offset: 7, outcome: 'read' },
    });
    const { body } = await secured.ask(user('driftline-ingest'), 'POST', '/_mget', {
      docs: [{ _index: 'audit-events-2026.01.01', _id: 'hashed' }],
    });
    expect(
      (body as { readonly docs: readonly { readonly _source: unknown }[] }).docs[0]?._source,
    ).toEqual({
      raw_data_hash: { value: 'h' },
      driftline: { topic: 't', partition: 0, offset: 7 },
    });
  });
});

describeWritingOver(() => ({ secured, deployment, password: PASSWORD }));
describeCommandRoles(() => ({ secured, deployment, password: PASSWORD }));

describe('the analyst', () => {
  beforeAll(async () => {
    await seed('drift-candidates-2026.01', 'c-prod', {
      candidate_id: 'c-prod',
      resource: { environment: 'prod' },
      changes: [{ path: 'p', observed: 'seen', desired: 'wanted', peers: [{ value: 'wanted' }] }],
    });
    await seed('drift-candidates-2026.01', 'c-test', {
      candidate_id: 'c-test',
      resource: { environment: 'test' },
      changes: [{ path: 'p', observed: 'seen', desired: 'wanted' }],
    });
    // It may not come to be by a document.
    await secured.ask(secured.admin, 'PUT', '/desired-state');
    await seed('desired-state', 'd', {
      key: 'd',
      environment: 'test',
      attributes: { a: 'wanted' },
      attributes_data: '{"a":"wanted"}',
    });
  });

  const january = {
    query: { ids: { values: ['c-prod', 'c-test'] } },
    sort: [{ candidate_id: 'asc' }],
  };

  const desired = { query: { ids: { values: ['d'] } } };

  it('reads events, candidates and desired resources without what code wants', async () => {
    const ask = (path: string, body: object) => secured.ask(user('ana'), 'POST', path, body);
    expect((await ask('/audit-events/_search', {})).status).toBe(200);
    expect(sources(await ask('/drift-candidates/_search', january))).toEqual([
      {
        candidate_id: 'c-prod',
        resource: { environment: 'prod' },
        changes: [{ path: 'p', observed: 'seen', peers: [{}] }],
      },
      {
        candidate_id: 'c-test',
        resource: { environment: 'test' },
        changes: [{ path: 'p', observed: 'seen' }],
      },
    ]);
    expect(sources(await ask('/desired-state/_search', desired))).toEqual([
      { key: 'd', environment: 'test' },
    ]);
  });

  it('comes into Dashboards with kibana_user beside its role, and sees no more for it', async () => {
    await secured.addUser('dana', PASSWORD, {
      backend_roles: ['driftline-analysts'],
      opendistro_security_roles: ['kibana_user'],
    });
    const info = (name: string) =>
      secured.ask(user(name), 'GET', '/_plugins/_security/authinfo').then(({ body }) => body);
    expect(await info('ana')).toMatchObject({ tenants: { ana: true } });
    expect(await info('dana')).toMatchObject({ tenants: { dana: true, global_tenant: true } });
    const found = await secured.ask(user('dana'), 'POST', '/drift-candidates/_search', january);
    expect(sources(found)).toHaveLength(2);
    expect(JSON.stringify(sources(found))).not.toContain('wanted');
  });

  it('does not find by, nor count, what it may not see', async () => {
    const ask = (body: object) =>
      secured.ask(user('ana'), 'POST', '/drift-candidates/_search', body);
    const found = await ask({ query: { term: { 'changes.desired': 'wanted' } } });
    expect(sources(found)).toEqual([]);
    const counted = await ask({
      ...january,
      size: 0,
      aggs: { values: { terms: { field: 'changes.desired' } } },
    });
    expect(counted.body).toMatchObject({ aggregations: { values: { buckets: [] } } });
  });

  it('sees the desired attributes where they are granted', async () => {
    const ask = (path: string, body: object) => secured.ask(user('gil'), 'POST', path, body);
    expect(JSON.stringify(sources(await ask('/drift-candidates/_search', january)))).toContain(
      '"desired":"wanted"',
    );
    expect(sources(await ask('/desired-state/_search', desired))).toMatchObject([
      { attributes: { a: 'wanted' } },
    ]);
  });

  it('of some environments sees theirs only, and no raw events', async () => {
    const ask = (path: string, body: object) => secured.ask(user('eve'), 'POST', path, body);
    expect(sources(await ask('/drift-candidates/_search', january))).toMatchObject([
      { candidate_id: 'c-test' },
    ]);
    expect((await ask('/audit-events/_search', {})).status).toBe(403);
  });

  it.each(['ana', 'gil', 'eve'])('writes nothing: %s', async (name) => {
    const write = await secured.ask(user(name), 'PUT', '/drift-candidates-2026.01/_doc/x', {});
    expect(write.status).toBe(403);
    const remove = await secured.ask(user(name), 'DELETE', '/drift-candidates-2026.01');
    expect(remove.status).toBe(403);
  });
});

describeOperatorRole(() => ({ secured, deployment, password: PASSWORD }));

describeWrongSetUps(() => ({ secured, folder, settings: deployment.settings }));

describe('certificates and passwords that are exchanged', () => {
  const client = (files: CertificateFiles | undefined, name?: string) =>
    createOpenSearchClient({
      nodes: [secured.url],
      username: name,
      password: changingSecret(undefined, name === undefined ? undefined : passwordFile, fail),
      tls: tlsFiles({ caFile: secured.authority.caFile, ...files }, Date.now, fail),
      requestTimeoutMs: 20_000,
      maxSockets: 1,
    });
  const fail = (message: string): never => {
    throw new Error(message);
  };
  const whoAmI = async (transport: ReturnType<typeof client>): Promise<unknown> => {
    const path = '/_plugins/_security/authinfo';
    const { body } = await transport.request({ method: 'GET', path });
    return (body as { readonly user_name?: unknown }).user_name;
  };

  it('count from the next connection on', async () => {
    const files = { certFile: join(folder, 'mine.pem'), keyFile: join(folder, 'mine.key') };
    const hold = (from: CertificateFiles): void => {
      cpSync(from.certFile, files.certFile);
      cpSync(from.keyFile, files.keyFile);
    };
    hold(secured.authority.issue('first'));
    const transport = client(files);
    expect(await whoAmI(transport)).toBe('first');
    hold(secured.authority.issue('second'));
    const other = client(files);
    expect(await whoAmI(other)).toBe('second');
    // Its connection is that of before, until it ends.
    expect(await whoAmI(transport)).toBe('first');
    await transport.close();
    await other.close();
  });

  it('count for a password from the next request on', async () => {
    await secured.addUser('rita', PASSWORD);
    const transport = client(undefined, 'rita');
    expect(await whoAmI(transport)).toBe('rita');
    const next = 'Another-for-this-test-4712!';
    await secured.addUser('rita', next);
    writeFileSync(passwordFile, next);
    try {
      expect(await whoAmI(transport)).toBe('rita');
    } finally {
      writeFileSync(passwordFile, PASSWORD);
      await transport.close();
    }
  });
});
