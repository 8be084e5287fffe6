import { matchesGlob } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { planPolicies } from '../../../../src/adapters/opensearch/plan-policies.ts';
import { applyStep } from '../../../../src/adapters/opensearch/setup.ts';
import { readSetupFiles, type JsonBody } from '../../../../src/adapters/opensearch/setup-files.ts';
import { underNames } from '../../../../src/adapters/opensearch/setup-names.ts';
import type { SetupStep } from '../../../../src/adapters/opensearch/setup-step.ts';
import type {
  OpenSearchAnswer,
  OpenSearchTransport,
} from '../../../../src/adapters/opensearch/transport.ts';
import { datedIndex, dayOf, monthOf } from '../../../../src/codec/search-document.ts';

const TEMPLATES = fileURLToPath(new URL('../../../../schemas/opensearch', import.meta.url));

const policyOf = (age: string): JsonBody => ({
  description: 'Kept long enough.',
  default_state: 'hot',
  states: [
    {
      name: 'hot',
      actions: [{ force_merge: { max_num_segments: 1 } }],
      transitions: [{ state_name: 'delete', conditions: { min_index_age: age } }],
    },
    { name: 'delete', actions: [{ delete: {} }], transitions: [] },
  ],
  ism_template: [{ index_patterns: ['audit-events-2*'], priority: 100 }],
});
const file = (age = '30d') => ({ name: 'audit-events', body: { policy: policyOf(age) } });

/** As the plugin gives a policy back, by its documentation: with times, versions and the default retry of each action. */
const asStored = (policy: JsonBody): JsonBody => ({
  policy_id: 'audit-events',
  last_updated_time: 1_700_000_000_000,
  schema_version: 21,
  error_notification: null,
  ...policy,
  states: (policy['states'] as readonly JsonBody[]).map((state) => ({
    ...state,
    actions: (state['actions'] as readonly JsonBody[]).map((action) => ({
      retry: { count: 3, backoff: 'exponential', delay: '1m' },
      ...action,
    })),
  })),
  ism_template: (policy['ism_template'] as readonly JsonBody[]).map((each) => ({
    ...each,
    last_updated_time: 1_700_000_000_000,
  })),
});

/** The plugin's documented API, in memory. */
const plugin = () => {
  let stored: JsonBody | undefined;
  let version = 0;
  const transport: OpenSearchTransport = {
    request: async ({ method, path, query, body }): Promise<OpenSearchAnswer> => {
      if (path !== '/_plugins/_ism/policies/audit-events') throw new Error(path);
      if (method === 'GET') {
        return stored === undefined
          ? {
              status: 404,
              body: { error: { type: 'status_exception', reason: 'Policy not found' } },
            }
          : {
              status: 200,
              body: { _id: 'audit-events', _seq_no: version, _primary_term: 1, policy: stored },
            };
      }
      if (stored !== undefined && query?.['if_seq_no'] !== String(version))
        return { status: 409, body: { error: { reason: 'version conflict' } } };
      const created = stored === undefined;
      version += 1;
      stored = asStored((JSON.parse(String(body)) as { policy: JsonBody }).policy);
      return { status: created ? 201 : 200, body: {} };
    },
    close: async () => undefined,
  };
  return {
    transport,
    stored: () => stored,
    edit: (change: (policy: JsonBody) => JsonBody) => {
      version += 1;
      if (stored !== undefined) stored = change(stored);
    },
  };
};

const setUp = async (
  transport: OpenSearchTransport,
  age?: string,
  overwrite = false,
): Promise<SetupStep> => {
  const [step] = await planPolicies(transport, [file(age)], overwrite, undefined);
  if (step === undefined) throw new Error('no step');
  await applyStep(transport, step);
  return step;
};

/** The request body that makes each shipped policy, under other names of the indexes. */
const shipped = async (names: Readonly<Record<string, string>>): Promise<readonly JsonBody[]> => {
  const files = underNames(await readSetupFiles(TEMPLATES), names);
  const made: JsonBody[] = [];
  const transport: OpenSearchTransport = {
    request: async ({ method, body }) => {
      if (method === 'GET') return { status: 404, body: { error: { reason: 'Policy not found' } } };
      made.push((JSON.parse(String(body)) as { policy: JsonBody }).policy);
      return { status: 201, body: {} };
    },
    close: async () => undefined,
  };
  for (const step of await planPolicies(transport, files.policies, false, undefined))
    await applyStep(transport, step);
  return made;
};

const answering = (answer: OpenSearchAnswer): OpenSearchTransport => ({
  request: async () => answer,
  close: async () => undefined,
});

describe('planning policies of Index State Management', () => {
  it.each([
    ['audit-events', dayOf],
    ['drift-candidates', monthOf],
  ] as const)(
    'puts every index of %s under one policy, the quarantine too',
    async (name, dateOf) => {
      const now = Date.UTC(2026, 10, 22);
      const origin = { topic: 't', partition: 0, offset: '1', timestamp: now };
      const window = { pastMs: 86_400_000, futureMs: 86_400_000 };
      const indexAt = (time: number) => datedIndex('soc', dateOf, time, origin, window);
      expect(indexAt(0)).toBe('soc-quarantine');
      const policies = await shipped({ [name]: 'soc' });
      const holders = policies.flatMap(
        ({ ism_template: each }) => each as readonly { index_patterns: readonly string[] }[],
      );
      const patterns = holders.flatMap(({ index_patterns: each }) => each);
      for (const index of [indexAt(now), indexAt(0)])
        expect(patterns.filter((pattern) => matchesGlob(index, pattern))).toHaveLength(1);
      // Of another index whose name begins in the same way, which has a policy of its own.
      expect(patterns.filter((pattern) => matchesGlob('soc-other-2026.11', pattern))).toEqual([]);
    },
  );

  it('creates a policy, and finds nothing to do the second time', async () => {
    const { transport } = plugin();
    expect((await setUp(transport)).action).toBe('create');
    expect((await setUp(transport)).action).toBe('none');
  });

  it('updates a policy that it wrote, with what differs', async () => {
    const { transport } = plugin();
    await setUp(transport);
    const step = await setUp(transport, '60d');
    expect(step.action).toBe('update');
    expect(step.differences.map(({ before, after }) => [before, after].join())).toEqual([
      expect.stringMatching(/30d.*60d/),
    ]);
    expect((await setUp(transport, '60d')).action).toBe('none');
  });

  it('keeps a policy that somebody edited, whichever way, unless told to overwrite', async () => {
    const { transport, edit, stored } = plugin();
    await setUp(transport);
    edit((policy) => ({ ...policy, default_state: 'delete' }));
    const step = await setUp(transport, '60d');
    expect(step.action).toBe('keep');
    expect(step.notes.join()).toContain('default_state is delete (configured: hot)');
    expect(stored()).toHaveProperty('default_state', 'delete');
    expect((await setUp(transport, '60d', true)).action).toBe('update');
    expect(stored()).toHaveProperty('default_state', 'hot');
  });

  it('keeps a policy of this name that it never wrote', async () => {
    const { transport, edit, stored } = plugin();
    await setUp(transport);
    edit((policy) => ({ ...policy, description: 'Mine.' }));
    expect((await setUp(transport)).action).toBe('keep');
    expect(stored()).toHaveProperty('description', 'Mine.');
  });

  it.each([
    [400, 'no handler found for uri [/_plugins/_ism/policies/audit-events] and method [GET]'],
    [405, { error: 'Incorrect HTTP method for uri [/_plugins], no endpoint' }],
  ])('skips policies and says so where the plugin is not there (%s)', async (status, body) => {
    const given = typeof body === 'string' ? { error: body, status } : body;
    const [step] = await planPolicies(
      answering({ status, body: given }),
      [file()],
      false,
      undefined,
    );
    expect(step).toMatchObject({
      action: 'skip',
      notes: [expect.stringContaining('no Index State Management')],
    });
  });

  it.each([
    [403, 'opensearch_forbidden', false],
    [503, 'opensearch_refused', true],
  ])('is an error that names the policy, with status %s: %s', async (status, code, retriable) => {
    const transport = answering({ status, body: { error: { reason: 'no' } } });
    await expect(planPolicies(transport, [file()], false, undefined)).rejects.toMatchObject({
      code,
      retriable,
      message: expect.stringContaining('audit-events'),
    });
  });
});
