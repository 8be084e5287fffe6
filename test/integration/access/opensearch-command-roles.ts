import { beforeAll, describe, expect, it } from 'vitest';
import { dayOf, monthOf } from '../../../src/codec/search-document.ts';
import type { Deployment } from '../../support/deployment.ts';
import { doctor } from '../../support/doctor-reports.ts';
import { startDriftline, type DriftlineProcess } from '../../support/driftline-process.ts';
import { jsonLines, queryCommand } from '../../support/query-command.ts';
import type { SecuredOpenSearch } from '../../support/secured-opensearch.ts';

/** A stack on which the service has found two candidates. The settings hold the password that all its users have. */
export interface CommandRig {
  readonly secured: SecuredOpenSearch;
  readonly password: string;
  readonly deployment: Deployment;
}

const as = ({ deployment }: CommandRig, name: string): readonly string[] => [
  ...deployment.settings,
  '--set',
  `opensearch.username=${name}`,
];

interface Role {
  readonly cluster_permissions: readonly string[];
  readonly index_permissions: readonly { readonly allowed_actions: readonly string[] }[];
}

/** The commands beside `run` and `setup`, each as the user of its role. */
export const describeCommandRoles = (rig: () => CommandRig): void => {
  describe('driftline query', () => {
    const query = (name: string) => queryCommand(as(rig(), name));

    beforeAll(async () => {
      for (const index of ['audit-events', 'drift-candidates']) {
        await rig().secured.ask(rig().secured.admin, 'POST', `/${index}/_refresh`);
      }
    });

    it('answers the analyst, without what code wants', async () => {
      const found = await query('ana')('candidates', '--format', 'ndjson');
      expect(found.code).toBe(0);
      expect(jsonLines(found)).toHaveLength(2);
      expect(found.stdout).toContain('"observed"');
      expect(found.stdout).not.toContain('"desired"');
      const [candidate] = jsonLines(found) as readonly { readonly candidate_id: string }[];
      const events = await query('ana')('events', '--candidate', candidate?.candidate_id ?? '');
      expect(events).toMatchObject({ code: 0, stderr: '' });
      expect(events.stdout).toContain('AuthorizeSecurityGroupIngress');
      const granted = await query('gil')('candidates', '--format', 'ndjson');
      expect(granted.stdout).toContain('"desired"');
    });

    it('reads more than a page as the analyst', async () => {
      const found = await query('ana')('candidates', '--limit', '2000', '--format', 'ndjson');
      expect(jsonLines(found)).toHaveLength(2);
    });

    it('answers ready questions and those by a name as the analyst', async () => {
      const actors = await query('ana')('question', 'drift-by-actor', '--format', 'ndjson');
      expect(jsonLines(actors)).toMatchObject([{ count: 2 }]);
      const touched = await query('ana')('resource', 'aws_security_group.group_0');
      expect(touched).toMatchObject({ code: 0, stderr: '' });
      expect(touched.stdout).toContain('e-1');
    });

    it('gives who sees some environments only the candidates of those', async () => {
      const own = await query('eve')('candidates', '--format', 'ndjson');
      expect(jsonLines(own)).toHaveLength(2);
      await expect(query('eve')('events')).rejects.toThrow(
        'OpenSearch does not let us search audit-events (403): the role lacks indices:data/read/search',
      );
    });

    it.each([
      ['driftline-ingest', 'candidates', 'drift-candidates'],
      ['driftline-ingest', 'events', 'audit-events'],
      ['driftline-desired-index', 'candidates', 'drift-candidates'],
      ['driftline-operator', 'events', 'audit-events'],
    ])('is refused outright as %s: %s', async (name, what, index) => {
      await expect(query(name)(what)).rejects.toThrow(
        `OpenSearch does not let us search ${index} (403): the role lacks indices:data/read/search`,
      );
    });

    it('opens no point in time as the ingest user', async () => {
      await expect(query('driftline-ingest')('events', '--limit', '2000')).rejects.toThrow(
        'the role lacks indices:data/read/point_in_time/create',
      );
    });
  });

  describe('driftline doctor', () => {
    const path = '/_plugins/_security/api/roles/driftline_ingest';
    const ask = (method: string, at: string, body?: unknown) =>
      rig().secured.ask(rig().secured.admin, method, at, body);
    const found = async (name: string) => {
      const { findings } = await doctor(as(rig(), name));
      return findings.filter(({ area }) => area === 'opensearch');
    };
    const privileges = async (name: string) =>
      (await found(name)).filter(({ subject }) => subject === 'privileges of this user');

    beforeAll(async () => {
      const now = Date.now();
      for (const index of [`audit-events-${dayOf(now)}`, `drift-candidates-${monthOf(now)}`]) {
        const { status } = await ask('PUT', `/${index}/_doc/seeded`, {});
        expect([200, 201]).toContain(status);
      }
    });

    it('finds the role of the service enough, and no fault in what it may not look at', async () => {
      const findings = await found('driftline-ingest');
      expect(findings.filter(({ state }) => state === 'fault')).toEqual([]);
      expect(findings).toContainEqual(
        expect.objectContaining({ subject: 'privileges of this user', state: 'ok' }),
      );
      expect(findings).toContainEqual(
        expect.objectContaining({ subject: 'templates', state: 'skipped' }),
      );
    });

    it.each(['indices:data/write/index', 'indices:data/write/bulk*', 'indices:data/read/mget*'])(
      'names %s where the role lacks it, and writes nothing',
      async (privilege) => {
        const { body } = await ask('GET', path);
        const { driftline_ingest: whole } = body as { readonly driftline_ingest: Role };
        const { cluster_permissions, index_permissions } = whole;
        const give = (without: string | undefined) =>
          ask('PUT', path, {
            cluster_permissions,
            index_permissions: index_permissions.map((entry) => ({
              ...entry,
              allowed_actions: entry.allowed_actions.filter((name) => name !== without),
            })),
          });
        expect(index_permissions[0]?.allowed_actions).toContain(privilege);
        expect((await give(privilege)).status).toBe(200);
        try {
          expect(await privileges('driftline-ingest')).toMatchObject([
            {
              state: 'fault',
              what: expect.stringContaining(
                `the role lacks ${privilege.replace('*', '')}`,
              ) as unknown,
            },
          ]);
        } finally {
          expect((await give(undefined)).status).toBe(200);
        }
        const written = await ask(
          'GET',
          `/audit-events-${dayOf(Date.now())}/_doc/driftline-doctor`,
        );
        expect(written.status).toBe(404);
      },
    );

    it('says that the operator is not the user of the service', async () => {
      expect(await privileges('driftline-operator')).toMatchObject([{ state: 'warning' }]);
    });
  });

  describe('the role of driftline desired index', () => {
    const path = '/_plugins/_security/api/roles/driftline_desired_index';
    const ask = (method: string, at: string, body?: unknown) =>
      rig().secured.ask(rig().secured.admin, method, at, body);
    let starts = 0;
    /** Of a group of its own: it reads the topic from its beginning. */
    const start = (name = 'driftline-desired-index'): DriftlineProcess => {
      starts += 1;
      const group = `kafka.groupId=${rig().deployment.groupId}-index-${starts}`;
      return startDriftline(['desired', 'index', ...as(rig(), name), '--set', group]);
    };
    const addresses = async (): Promise<readonly unknown[]> => {
      await ask('POST', '/desired-state/_refresh');
      const { body } = await ask('POST', '/desired-state/_search', {});
      const { hits } = body as {
        readonly hits: { readonly hits: readonly { readonly _source: { address?: unknown } }[] };
      };
      return hits.hits.map(({ _source }) => _source.address).toSorted();
    };
    const leaveBehind = async (key: string): Promise<void> => {
      const version = 'version=0&version_type=external_gte&refresh=true';
      const left = { key, address: key, offset: 0 };
      expect((await ask('PUT', `/desired-state/_doc/${key}?${version}`, left)).status).toBe(201);
    };

    beforeAll(async () => {
      await ask('POST', '/desired-state/_delete_by_query?refresh=true', {
        query: { match_all: {} },
      });
    });

    it('is enough to write resources, and to take away those that are left behind', async () => {
      await leaveBehind('gone');
      const service = start();
      expect(await service.event('desired-index.swept')).toMatchObject({
        documents: 1,
        removed: 1,
      });
      await expect
        .poll(addresses, { timeout: 60_000, interval: 200 })
        .toEqual(['aws_security_group.group_0', 'aws_security_group.group_1']);
      service.kill('SIGTERM');
      expect(await service.exited).toBe(0);
      expect(service.lines.filter(({ event }) => event === 'bulk.blocked')).toEqual([]);
    });

    it('shows nothing of what a resource holds', async () => {
      const user = { user: 'driftline-desired-index', password: rig().password };
      const { body } = await rig().secured.ask(user, 'POST', '/desired-state/_search', {});
      const { hits } = body as {
        readonly hits: { readonly hits: readonly { readonly _source: object }[] };
      };
      expect(hits.hits.map(({ _source }) => Object.keys(_source).toSorted())).toEqual([
        ['key', 'offset'],
        ['key', 'offset'],
      ]);
    });

    it.each([
      ['indices:admin/refresh*', 'refresh the index desired-state (403)'],
      ['indices:data/read/search', 'search the index desired-state (403)'],
      ['indices:data/write/delete', undefined],
      ['indices:data/write/index', undefined],
      ['indices:data/write/bulk*', undefined],
    ])('holds no privilege too many: it names %s', async (privilege, refused) => {
      const { body } = await ask('GET', path);
      const { driftline_desired_index: whole } = body as { readonly driftline_desired_index: Role };
      const { cluster_permissions, index_permissions } = whole;
      const give = async (without: string | undefined): Promise<void> => {
        const permissions = index_permissions.map((entry) => ({
          ...entry,
          allowed_actions: entry.allowed_actions.filter((name) => name !== without),
        }));
        const role = { cluster_permissions, index_permissions: permissions };
        expect((await ask('PUT', path, role)).status).toBe(200);
      };
      expect(index_permissions[0]?.allowed_actions).toContain(privilege);
      // So that the sweep has something to take away; what comes after is written again.
      if (!privilege.endsWith('/index')) await leaveBehind(privilege.replaceAll(/\W/g, '-'));
      await give(privilege);
      const service = start();
      const lacks = `the role lacks ${privilege.replace('*', '')}`;
      try {
        if (refused === undefined) {
          const { detail } = await service.event('bulk.blocked');
          expect(detail).toContain(lacks);
        } else {
          expect(await service.exited).toBe(1);
          expect(service.stderr()).toContain(`OpenSearch does not let us ${refused}: ${lacks}`);
        }
      } finally {
        service.kill('SIGKILL');
        await service.exited;
        await give(undefined);
      }
    });

    it('is not that of the service', async () => {
      const service = start('driftline-ingest');
      expect(await service.exited).toBe(1);
      expect(service.stderr()).toContain('OpenSearch does not let us refresh the index');
      const user = { user: 'driftline-ingest', password: rig().password };
      const put = await rig().secured.ask(user, 'PUT', '/desired-state/_doc/x', {});
      expect(put.status).toBe(403);
    });
  });
};
