import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ownString, type JsonObject } from '../../../src/core/model/json.ts';
import { correlations, monitors, searchOfRule, sigmaRules } from '../../support/alert-files.ts';
import { analystEstate } from '../../support/analyst-estate.ts';
import type { Deployment } from '../../support/deployment.ts';
import { jsonLines, queryCommand, type QueryAnswer } from '../../support/query-command.ts';
import { fires, monitorSearch } from '../../support/monitor-searches.ts';
import { groupedDocuments, panelSearches } from '../../support/panel-searches.ts';
import { hasSharedData } from '../../support/shared-data.ts';
import { sourceRecords, valueAt } from '../../support/source-records.ts';

// Each expected answer was read off the files of ../shared/data/events, by the lines that are named beside it, before
// the question was asked. "stratus" is stratus-red-team.cloudtrail, whose resources code in `prod` owns; "panther" is
// panther-analysis.cloudtrail, whose resources code in `staging` owns.

const OPERATOR = 'arn:aws:iam::112233445566:role/Operator';

/** panther line 102, an act of the trusted pipeline, once more: ten minutes later, and from the console. */
const byHandAfterApply = (): string => {
  const text = sourceRecords('panther-analysis.cloudtrail')[101]?.text ?? '';
  return JSON.stringify({
    ...(JSON.parse(text) as JsonObject),
    eventID: '00000000-0000-4000-8000-000000000001',
    eventTime: '2020-05-01T00:01:08Z',
    userAgent: 'console.ec2.amazonaws.com',
  });
};

// ../shared/data is not part of the repository.
describe.skipIf(!hasSharedData)('what analysts ask, over the events of others', () => {
  let deployment: Deployment;
  let ask: (...args: readonly string[]) => Promise<QueryAnswer>;
  let began = 0;

  beforeAll(async () => {
    began = Date.now();
    deployment = await analystEstate(inject('stack'), [OPERATOR], [byHandAfterApply()]);
    ask = queryCommand(deployment.settings);
  });
  afterAll(async () => {
    await deployment?.end();
  });

  const rows = async (...args: readonly string[]): Promise<readonly JsonObject[]> =>
    jsonLines(await ask(...args, '--format', 'ndjson'));
  const picked = (found: readonly JsonObject[], ...paths: readonly string[]) =>
    found.map((each) => paths.map((path) => valueAt(each, path)));

  it('what drifted in production on a day, and who did it', async () => {
    // On 2024-07-31 stratus has five acts that are not read-only and did not fail: lines 116, 117, 118, 119 and 123,
    // each by the user christophe of another account.
    const day = ['--since', '2024-07-31', '--until', '2024-08-01'];
    const found = await rows('question', 'drift-in-production', ...day);
    expect(picked(found, 'time', 'operation', 'actor.principal')).toEqual(
      [
        ['15:07:49', 'DeleteFlowLogs', '498376118699'],
        ['14:23:46', 'DeleteResolverQueryLogConfig', '206821776919'],
        ['13:06:24', 'StopLogging', '143434273843'],
        ['12:50:02', 'PutEventSelectors', '958312252124'],
        ['12:46:41', 'DeleteTrail', '847129010505'],
      ].map(([time = '', operation = '', account = '']) => [
        Date.parse(`2024-07-31T${time}Z`),
        operation,
        `arn:aws:iam::${account}:user/christophe`,
      ]),
    );
    // Deleted (+40) or changed (+20) audit logs (+25) that end (+30), by a client of no known kind (+10): 80 and more
    // is critical. A resolver's query log is not the audit log: 70.
    const critical = await rows('candidates', '--env', 'prod', '--severity', 'critical', ...day);
    expect(picked(critical, 'operation').flat()).toEqual([
      'DeleteFlowLogs',
      'StopLogging',
      'PutEventSelectors',
      'DeleteTrail',
    ]);
    expect(await rows('candidates', '--env', 'staging', ...day)).toEqual([]);
    const who = await rows('question', 'drift-by-actor', '--env', 'prod', ...day);
    expect(picked(who, 'count', 'environments', 'who')).toEqual(
      Array(5).fill([1, ['prod'], ['christophe']]),
    );
  });

  const search = async (index: string, body: object): Promise<JsonObject> => {
    const answer = await fetch(`${inject('stack').opensearch}/${index}/_search`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const found = (await answer.json()) as JsonObject;
    if (!answer.ok) throw new Error(JSON.stringify(found));
    return found;
  };
  const aliasOf = (index: string): string =>
    index === 'audit-events' ? deployment.indexes.auditEvents : deployment.indexes.driftCandidates;

  // stratus lines 146 to 180: 35 acts with one key, from one address, by one user in one session; 149, 151 and 180
  // change the instance, the others are DescribeInstances.
  const INSTANCE = 'i-DDd6c7B0e18F0E35f';

  it.each([
    ['--key', 'AKIAZI86ACIZ2J9CV86Z'],
    ['--address', '251.228.255.218'],
    ['--address', '251.228.255.0/24'],
    ['--principal', 'arn:aws:iam::309303190113:user/christophe'],
    ['--session', 'AIDAV0KQ3LIBUIGZ52WB/AKIAZI86ACIZ2J9CV86Z'],
    ['--entity', 'AKIAZI86ACIZ2J9CV86Z'],
    ['--entity', 'arn:aws:iam::309303190113:user/christophe'],
  ])('all acts by %s %s', async (option, value) => {
    const found = await rows('events', option, value);
    expect(found).toHaveLength(35);
    const outcomes = picked(found, 'driftline.outcome').flat();
    expect(outcomes.filter((each) => each === 'candidate')).toHaveLength(3);
    expect(outcomes.filter((each) => each === 'read')).toHaveLength(32);
  });

  it('all acts around a candidate', async () => {
    const [candidate] = await rows('candidates', '--operation', 'ModifyInstanceAttribute');
    const id = ownString(candidate, 'candidate_id') ?? '';
    expect(await rows('around', id)).toHaveLength(35);
    // Line 151 is of 12:04:18; from 12:03:48 to 12:04:48 are lines 146 to 168.
    const near = await rows('around', id, '--window', '30s');
    expect(near).toHaveLength(23);
    expect(near[0]).toMatchObject({
      time: Date.parse('2024-08-01T12:03:48Z'),
      api: { operation: 'DescribeInstances' },
      _matched: ['address', 'key', 'principal', 'session'],
    });
    const onIt = await rows('around', id, '--same', 'resource');
    expect(picked(onIt, 'api.operation').flat()).toEqual([
      'StopInstances',
      'ModifyInstanceAttribute',
      'StartInstances',
    ]);
  });

  it('everything that changed a resource, by its id, its ARN-like identity, its address and its key', async () => {
    const address = 'aws_instance.i_ddd6c7b0e18f0e35f';
    for (const name of [INSTANCE, `aws_instance:${INSTANCE}`, address]) {
      const found = await rows('resource', name);
      const operations = picked(found, 'operation', 'api.operation').flat();
      expect(operations.filter((each) => each !== undefined)).toEqual([
        ...['StartInstances', 'ModifyInstanceAttribute', 'StopInstances'],
        ...['StartInstances', 'ModifyInstanceAttribute', 'StopInstances'],
      ]);
    }
  });

  it('everything of an actor', async () => {
    const found = await rows('actor', 'AIDAV0KQ3LIBUIGZ52WB/AKIAZI86ACIZ2J9CV86Z');
    expect(found.filter((each) => 'candidate_id' in each)).toHaveLength(3);
    expect(found.filter((each) => 'metadata' in each)).toHaveLength(35);
  });

  it('which acts from consoles changed managed resources', async () => {
    // On 2024-01-15 panther has console clients in lines 244, 253 and 258 (console.amazonaws.com) and in 68, 351, 352
    // and 353 (a browser); 68 is a login, and 352 was denied.
    const day = ['--since', '2024-01-15', '--until', '2024-01-16'];
    const found = await rows('question', 'console-acts', ...day);
    expect(picked(found, 'api.operation', 'cloud.account.uid')).toEqual([
      ['ModifyDBInstance', '123456789012'],
      ['ModifyDBInstance', '123456789012'],
      ['DeleteDBCluster', '123456789012'],
      ['PutBucketLogging', '111111111111'],
      ['PutBucketLogging', '111111111111'],
    ]);
  });

  it("code's own applies beside the candidates near them", async () => {
    const times = ['--since', '2020-05-01', '--until', '2020-05-02'];
    const [candidate] = await rows('candidates', ...times);
    expect(candidate).toMatchObject({ cause: 'pipeline_identity_outside_iac_tool' });
    const found = await rows('applies', ...times);
    expect(picked(found, 'metadata.uid', '_matched')).toEqual([
      ['aws:112233445566:1a593035-e072-49c4-8c72-4ff35e195330', [candidate?.['candidate_id']]],
    ]);
    // Ten minutes lie between them.
    expect(await rows('applies', ...times, '--window', '9m')).toEqual([]);
  });

  it('untrusted actors that claim to be Terraform', async () => {
    // Lines whose user agent is Terraform or that CloudFormation invoked, neither read-only nor failed. panther: 150,
    // 390, 391, 392, 394; 269 to 272; 379, 380, 382; 184, 185; 169; 171; 186; 187; 301; cloud-custodian.cloudtrail:
    // 5, 7; panther-analysis.gcp: one of 2022-05-05. 101 and 102 are of the role that is trusted.
    const found = await rows('question', 'claimed-terraform');
    const counts = Object.fromEntries(picked(found, 'principal', 'count') as [string, number][]);
    const sso = 'role/aws-reserved/sso.amazonaws.com/us-west-2';
    expect(counts).toEqual({
      'arn:aws:iam::123456789012:role/example-role': 5,
      [`arn:aws:iam::123456789012:${sso}/ARole`]: 4,
      'arn:aws:iam::0123456789:role/ServiceRole': 3,
      'arn:aws::sts:101010101111:assumed-role/UserRole/userid': 2,
      'arn:aws:iam::123456789:user/user1': 2,
      'arn:aws:iam::112233445566:role/ServiceRole': 1,
      'arn:aws:iam::123456789012:role/IdentityCFNServiceRole': 1,
      'arn:aws:iam::210987654321:role/IdentityCFNServiceRole': 1,
      'arn:aws:iam::123456789:user/jack': 1,
      'arn:aws:iam::123456789:user/jackson': 1,
      'terraform@platform.iam.gserviceaccount.com': 1,
    });
  });

  it('unmanaged resources by the account that owns them', async () => {
    // plaso.gcp: lines 1 and 2 (a network), 3 and 4 (a firewall), 5 (a service account), 6 and 7 (an instance).
    const [project] = await rows('question', 'unmanaged-by-account', '--provider', 'gcp');
    expect(project).toMatchObject({
      account: 'fake-project',
      resources: 4,
      who: ['fakeemailxyz@gmail.com'],
    });
    expect((project?.['types'] as string[]).toSorted()).toEqual([
      'google_compute_firewall',
      'google_compute_instance',
      'google_compute_network',
      'google_service_account',
    ]);
    // plaso.cloudtrail lines 5 and 6 (an instance, a security group), cloud-custodian.cloudtrail line 8 (a stage) and
    // panther line 395 (an insight).
    const [account] = await rows('question', 'unmanaged-by-account', '--account', '012345678901');
    expect(account).toMatchObject({ provider: 'aws', resources: 4 });
  });

  it('the operations that meet no desired resource most often', async () => {
    // panther-analysis.gcp: 15 lines with deploymentmanager.deployments.insert, named by their labels alone.
    const [first, ...rest] = await rows('question', 'unresolved-operations');
    expect(first).toMatchObject({
      service: 'deploymentmanager.googleapis.com',
      operation: 'deploymentmanager.deployments.insert',
      reason: 'no_desired_resource',
      count: 15,
    });
    expect(rest.every(({ count }) => Number(count) <= 15)).toBe(true);
  });

  it('how long it was from an act to its candidate', async () => {
    const args = ['--account', '847129010505'];
    const [row] = await rows('question', 'time-to-candidate', ...args);
    const act = Date.parse('2024-07-31T12:46:41Z'); // stratus line 116, the only act there
    const { most_ms: most, median_ms: median, count } = row ?? {};
    expect(count).toBe(1);
    expect(most).toBeGreaterThan(began - act);
    expect(most).toBeLessThan(Date.now() - act);
    expect(median).toBe(most);
  });

  it('which sessions changed most at a time', async () => {
    const found = await rows('question', 'change-sets', '--account', '309303190113');
    expect(picked(found, 'count', 'resources', 'first', 'last')).toEqual([
      [3, 1, Date.parse('2024-08-01T12:03:30Z'), Date.parse('2024-08-01T12:04:19Z')],
    ]);
    const id = ownString(found[0], 'change_set') ?? '';
    expect(await rows('candidates', '--change-set', id)).toHaveLength(3);
  });

  it('reads page by page, each document once, and says where there are more', async () => {
    const ids = picked(await rows('events', '--limit', '5000'), '_id').flat();
    const stored = (await deployment.auditDocuments()).map(({ _id }) => _id);
    expect(stored.length).toBeGreaterThan(2_000);
    expect(ids.toSorted()).toEqual(stored.toSorted());
    const cut = await ask('events', '--limit', '3');
    expect(cut.stdout.trimEnd().split('\n')).toHaveLength(4);
    expect(cut.stderr).toBe('driftline: there are more than 3; raise --limit\n');
  });

  it('takes no text for a query: what looks like one is a value that nothing has', async () => {
    for (const text of ['*', 'driftline.outcome:*', '" OR 1=1', 'a/b/(c', '{"match_all":{}}']) {
      const { stdout, stderr, code } = await ask('events', '--entity', text);
      expect([stdout, stderr, code]).toEqual(['', 'driftline: nothing was found\n', 0]);
    }
  });

  it('tells what is wrong: an index that is not there, a candidate that is not, a search cut short', async () => {
    const other = queryCommand([...deployment.settings, 'opensearch.indexes.auditEvents=no-such']);
    await expect(other('events')).rejects.toMatchObject({ code: 'search_no_index' });
    await expect(ask('around', 'no-such')).rejects.toMatchObject({ code: 'query_failed' });
    await expect(ask('events', '--since', 'yesterday')).rejects.toThrow(/24h/);
    await expect(ask('candidates', '--severity', 'worst')).rejects.toThrow(/worst/);
  });

  it.each(panelSearches())('the panel "$title" has every document in a group', async (panel) => {
    const found = await search(aliasOf(panel.index), panel.body);
    const all = Number(valueAt(found, 'hits.total.value'));
    expect(all).toBeGreaterThan(0);
    // Of addresses Dashboards has no group of events without one: they are not in that panel.
    if (panel.title === 'Addresses') expect(groupedDocuments(found)).toBeGreaterThan(0);
    else expect(groupedDocuments(found)).toBeGreaterThanOrEqual(all);
  });

  describe('what OpenSearch alerts on', () => {
    const bodyAt = (
      name: string,
      at: string,
    ): { readonly index: string; readonly body: object } => {
      const { index, body } = monitorSearch(name, Date.parse(at));
      return { index: aliasOf(index), body };
    };
    const firing = async (name: string, at: string): Promise<readonly unknown[]> => {
      const { index, body } = bodyAt(name, at);
      const found = await search(index, body);
      return (valueAt(found, 'aggregations.groups.buckets') as readonly JsonObject[]).map(
        ({ key, doc_count: count }) => [key, count],
      );
    };
    /** Whether a query-level monitor fires at a time. */
    const firesAt = async (name: string, at: string): Promise<boolean> => {
      const { index, body } = bodyAt(name, at);
      return fires(inject('stack').opensearch, name, await search(index, body));
    };

    it('many candidates in one environment', async () => {
      // stratus lines 289 (one candidate) and the serial console's keys beside it: four between 15:00 and 16:00 of
      // 2024-11-26, fewer than ten; monitor-triggers.test.ts has when it fires.
      const name = 'Driftline: many drift candidates in one environment';
      expect(await firing(name, '2024-11-26T16:00:00Z')).toEqual([]);
    });

    it('an untrusted principal that claims to be a tool of code', async () => {
      // panther lines 269 to 272.
      const name = 'Driftline: untrusted principal claims to be a tool of code';
      const principal =
        'arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/us-west-2/ARole';
      expect(await firing(name, '2023-12-08T15:30:00Z')).toEqual([[{ principal }, 4]]);
      expect(await firing(name, '2024-07-31T15:30:00Z')).toEqual([]);
    });

    it('a provider whose events have stopped', async () => {
      // stratus has events from 12:46 to 15:07 of 2024-07-31 and then none until 19:52; no other file has any on that day.
      const name = 'Driftline: no events from a provider';
      expect(await firing(name, '2024-07-31T13:00:00Z')).toEqual([]);
      const [first] = await firing(name, '2024-07-31T18:30:00Z');
      expect(first).toMatchObject([{ provider: 'aws' }, expect.any(Number)]);
    });

    it('a stream that has stopped, and detection that lags', async () => {
      const gap = 'Driftline: no events at all';
      expect(await firesAt(gap, '2024-07-31T13:00:00Z')).toBe(false);
      expect(await firesAt(gap, '2024-07-31T18:30:00Z')).toBe(true);
      // All candidates were found today, whenever the act was: monitor-triggers.test.ts has when it fires.
      const lag = 'Driftline: detection lags behind the stream';
      expect(await firesAt(lag, '2024-07-31T13:00:00Z')).toBe(false);
    });

    it('each severe candidate', async () => {
      const monitor = monitors().find(({ name }) => name === 'Driftline: severe drift candidate');
      const queries = monitor?.inputs[0]?.doc_level_input?.queries ?? [];
      // Of the five of 2024-07-31 four are critical and one is high, as above.
      const counts: Record<string, unknown> = {};
      for (const { name, query } of queries) {
        const range = { range: { time: { gte: '1722384000000', lt: '1722470400000' } } };
        const body = {
          size: 0,
          query: { bool: { filter: [{ query_string: { query } }, range] } },
        };
        const found = await search(deployment.indexes.driftCandidates, body);
        counts[name] = valueAt(found, 'hits.total.value');
      }
      expect(counts).toEqual({ critical: 4, high: 1 });
    });

    // The files have such an act for each correlation; code owns nothing of theirs in Azure, so it has no candidate there.
    it.each(correlations())('$name: each of its searches finds what it means', async (each) => {
      for (const { index, query } of each.correlate) {
        const body = { size: 0, query: { query_string: { query } } };
        const found = await search(aliasOf(index), body);
        const isThere = !(index === 'drift-candidates' && query.includes('azure'));
        expect(Number(valueAt(found, 'hits.total.value')) > 0, query).toBe(isThere);
      }
    });

    it.each([
      // The five acts of 2024-07-31 are Stratus' techniques against logs, T1562.008.
      ['A drift candidate ends or narrows an audit log', ['1722384000000', '1722470400000'], 5],
      ['A drift candidate is critical', ['1722384000000', '1722470400000'], 4],
      // panther lines 269 to 272, of 2023-12-08.
      [
        'An untrusted principal changes managed resources as a tool of code',
        ['1701993600000', '1702080000000'],
        4,
      ],
      // The act by hand of 2020-05-01.
      [
        'The identity of the pipeline is used outside of its tool',
        ['1588291200000', '1588377600000'],
        1,
      ],
      // None in prod on that day came from a console: stratus is a program.
      ['A console changes production', ['1722384000000', '1722470400000'], 0],
    ])('the rule: %s', async (title, [gte, lt], count) => {
      const rule = sigmaRules().find((each) => each.title === title);
      if (rule === undefined) throw new Error(`no rule ${title}`);
      const filter = [searchOfRule(rule), { range: { time: { gte, lt } } }];
      const body = { size: 0, query: { bool: { filter } } };
      const found = await search(deployment.indexes.driftCandidates, body);
      expect(valueAt(found, 'hits.total.value')).toBe(count);
    });
  });
});
