import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  applyAlertContent,
  readAlertContent,
} from '../../../../src/adapters/opensearch/alert-content.ts';
import type {
  OpenSearchAnswer,
  OpenSearchRequest,
  OpenSearchTransport,
} from '../../../../src/adapters/opensearch/transport.ts';

const FOLDER = fileURLToPath(new URL('../../../../deploy/opensearch/alerting', import.meta.url));

const answering = (
  answer: (request: OpenSearchRequest) => OpenSearchAnswer,
): { readonly transport: OpenSearchTransport; readonly requests: OpenSearchRequest[] } => {
  const requests: OpenSearchRequest[] = [];
  return {
    requests,
    transport: {
      request: async (request) => {
        requests.push(request);
        return answer(request);
      },
      close: async () => undefined,
    },
  };
};

const noHandler = (path: string): OpenSearchAnswer => ({
  status: 400,
  body: { error: `no handler found for uri [${path}] and method [POST]` },
});
const hits = (sources: readonly object[]): OpenSearchAnswer => ({
  status: 200,
  body: { hits: { hits: sources.map((source) => ({ _source: source })) } },
});

describe('content for alerts', () => {
  it('reads every file that ships, rules as they are written', async () => {
    const content = await readAlertContent(FOLDER);
    const kinds = Object.groupBy(content, ({ kind }) => kind);
    expect(Object.entries(kinds).map(([kind, some]) => [kind, some.length])).toEqual([
      ['monitors', 6],
      ['log-types', 5],
      ['rules', 5],
      ['correlations', 4],
    ]);
    expect(kinds.rules?.[0]?.body).toMatch(/^title: /);
    for (const { kind, body } of content) if (kind !== 'rules') JSON.parse(body);
  });

  it('creates what is missing, and leaves what an operator has', async () => {
    const content = await readAlertContent(FOLDER);
    const [first] = content;
    const { transport, requests } = answering(({ path }) => {
      if (path.endsWith('/monitors/_search')) return hits([{ monitor: { name: first?.name } }]);
      if (path.endsWith('/rules/_search') && !path.includes('correlation'))
        return hits([{ rule: { title: 'A drift candidate is critical' } }]);
      return path.endsWith('_search')
        ? { status: 404, body: { error: { type: 'index_not_found_exception' } } }
        : { status: 201, body: {} };
    });
    const reports = await applyAlertContent(transport, content);
    expect(reports.filter(({ action }) => action === 'kept').map(({ name }) => name)).toEqual([
      first?.name,
      'A drift candidate is critical',
    ]);
    expect(reports.filter(({ action }) => action === 'created')).toHaveLength(content.length - 2);
    const rule = requests.find(({ path }) => path === '/_plugins/_security_analytics/rules');
    expect(rule?.query).toEqual({ category: 'driftline_candidates' });
    const paths = requests.map(({ path }) => path);
    expect(paths.indexOf('/_plugins/_security_analytics/logtype')).toBeLessThan(
      paths.indexOf('/_plugins/_security_analytics/rules'),
    );
  });

  it('tells which plugin does not answer, and applies the rest', async () => {
    const content = await readAlertContent(FOLDER);
    const { transport } = answering(({ path }) => {
      if (path.includes('_security_analytics')) return noHandler(path);
      return path.endsWith('_search') ? hits([]) : { status: 201, body: {} };
    });
    const reports = await applyAlertContent(transport, content);
    for (const { kind, action } of reports)
      expect(action).toBe(kind === 'monitors' ? 'created' : 'absent');
  });

  it('says when to run it where the indices of a monitor are not there yet', async () => {
    const content = await readAlertContent(FOLDER);
    const { transport } = answering(({ path }) =>
      path.endsWith('_search')
        ? hits([])
        : {
            status: 404,
            body: {
              error: {
                type: 'index_not_found_exception',
                reason: 'no such index [drift-candidates]',
              },
            },
          },
    );
    await expect(applyAlertContent(transport, content)).rejects.toThrow(
      /no such index \[drift-candidates\]\. .*once the first events and candidates are there$/,
    );
  });

  it('tells which privilege a role lacks', async () => {
    const content = await readAlertContent(FOLDER);
    const reason = 'no permissions for [cluster:admin/opendistro/alerting/monitor/write] and User';
    const { transport } = answering(({ path }) =>
      path.endsWith('_search') ? hits([]) : { status: 403, body: { error: { reason } } },
    );
    await expect(applyAlertContent(transport, content)).rejects.toMatchObject({
      code: 'opensearch_forbidden',
      retriable: false,
      message: expect.stringMatching(
        /does not let us take ".+" of monitors \(403\): the role lacks cluster:admin\/opendistro\/alerting\/monitor\/write\./,
      ),
    });
  });

  it('tells what the plugin has against a file', async () => {
    const content = await readAlertContent(FOLDER);
    const { transport } = answering(({ path }) =>
      path.endsWith('_search')
        ? hits([])
        : { status: 400, body: { error: { reason: 'Illegal trigger' } } },
    );
    await expect(applyAlertContent(transport, content)).rejects.toMatchObject({
      code: 'opensearch_refused',
      retriable: false,
      message: expect.stringMatching(
        /^OpenSearch refused to take ".+" of monitors \(400\): Illegal trigger$/,
      ),
    });
  });
});
