import { describe, expect, it } from 'vitest';
import { inspectPrivileges } from '../../../../src/adapters/opensearch/inspect-privileges.ts';
import type {
  OpenSearchAnswer,
  OpenSearchTransport,
} from '../../../../src/adapters/opensearch/transport.ts';

const indexes = ['audit-events-2026.11.22', 'drift-candidates-2026.11'] as const;

const lacking = (privilege: string) => ({
  error: { type: 'security_exception', reason: `no permissions for [${privilege}] and User [x]` },
});
const absent = { error: { type: 'index_not_found_exception', reason: 'no such index' } };
const conflict = { index: { status: 409, error: { type: 'version_conflict_engine_exception' } } };

/** The findings with these answers to `_mget` and `_bulk`, and the lines of the bulk request. */
const inspect = async (read: OpenSearchAnswer, write: OpenSearchAnswer) => {
  const lines: unknown[] = [];
  const transport: OpenSearchTransport = {
    request: async ({ path, body }) => {
      if (path === '/_mget') return read;
      for (const line of String(body).trim().split('\n')) lines.push(JSON.parse(line));
      return write;
    },
    close: async () => undefined,
  };
  const signal = new AbortController().signal;
  return { findings: await inspectPrivileges({ transport, indexes }, signal), lines };
};

const docs = (...of: readonly object[]): OpenSearchAnswer => ({ status: 200, body: { docs: of } });
const items = (...of: readonly object[]): OpenSearchAnswer => ({
  status: 200,
  body: { items: of },
});

describe('the privileges of the user', () => {
  it('are enough where both indexes may be read and written', async () => {
    const { findings, lines } = await inspect(
      docs({ found: false }, { found: false }),
      items(conflict, conflict),
    );
    expect(findings).toMatchObject([
      { state: 'ok', what: 'are enough for audit-events-2026.11.22 and drift-candidates-2026.11' },
    ]);
    const action = (index: string) => ({
      index: { _index: index, _id: 'driftline-doctor', if_seq_no: 2 ** 53 - 1, if_primary_term: 1 },
    });
    expect(lines).toEqual([action(indexes[0]), {}, action(indexes[1]), {}]);
  });

  it('make no index that is not there', async () => {
    const { findings, lines } = await inspect(docs(absent, absent), items(conflict, conflict));
    expect(findings).toMatchObject([
      { state: 'skipped', what: expect.stringContaining('not there yet') as unknown },
    ]);
    expect(lines.filter((_, i) => i % 2 === 0)).toMatchObject([
      { index: { require_alias: true } },
      { index: { require_alias: true } },
    ]);
  });

  it.each([
    [
      'indices:data/read/mget[shard]',
      docs({ found: false }, lacking('indices:data/read/mget[shard]')),
      items(conflict, conflict),
    ],
    [
      'indices:data/write/index',
      docs({ found: false }, { found: false }),
      items(conflict, { index: { status: 403, ...lacking('indices:data/write/index') } }),
    ],
    [
      'indices:data/write/bulk',
      docs({ found: false }, { found: false }),
      { status: 403, body: lacking('indices:data/write/bulk') },
    ],
  ])('lack one, which is named: %s', async (privilege, read, write) => {
    const { findings } = await inspect(read, write);
    expect(findings).toMatchObject([
      {
        state: 'fault',
        what: `the role lacks ${privilege}`,
        mend: expect.stringContaining('driftline_ingest') as unknown,
      },
    ]);
  });

  it('are those of another user where nothing may be done', async () => {
    const { findings } = await inspect(
      { status: 403, body: lacking('indices:data/read/mget') },
      { status: 403, body: lacking('indices:data/write/bulk') },
    );
    expect(findings).toMatchObject([{ state: 'warning' }]);
  });
});
