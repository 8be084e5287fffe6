import { describe, expect, it } from 'vitest';
import { actorHistory } from '../../../src/questions/actor-history.ts';
import { QUESTIONS } from '../../../src/questions/all-questions.ts';
import { appliesNear } from '../../../src/questions/applies-near.ts';
import { aroundCandidate } from '../../../src/questions/around-candidate.ts';
import { CANDIDATE_FILTERS } from '../../../src/questions/candidate-filters.ts';
import { isAddress, within } from '../../../src/questions/clause.ts';
import { byAddress, EVENT_FILTERS } from '../../../src/questions/event-filters.ts';
import {
  directBody,
  groupBody,
  groupRows,
  rankBody,
  ranking,
} from '../../../src/questions/group-search.ts';
import { listBody } from '../../../src/questions/list-search.ts';
import { resourceHistory } from '../../../src/questions/resource-history.ts';
import { searchedFields, templateFields } from '../../support/template-fields.ts';

const EVENTS = templateFields('audit-events');
const CANDIDATES = templateFields('drift-candidates');

const missing = (known: ReadonlyMap<string, string>, search: unknown): readonly string[] =>
  searchedFields(search).filter((field) => !known.has(field));

describe('what is asked of OpenSearch', () => {
  it.each(QUESTIONS)('names only fields of the templates: $name', (question) => {
    const known = question.index === 'auditEvents' ? EVENTS : CANDIDATES;
    const search =
      question.answer === 'groups'
        ? [
            rankBody(question, [], 10),
            directBody(question, [], 10) ?? {},
            groupBody(question, [], [question.by.map(() => '(none)')]),
          ]
        : [...question.where];
    expect(searchedFields(search).length + Number(question.where.length === 0)).toBeGreaterThan(0);
    expect(missing(known, search)).toEqual([]);
    if (question.answer === 'documents') {
      const objects = [...known.keys()].map((path) => path.split('.').slice(0, -1).join('.'));
      const paths = question.columns.map(({ path }) => path);
      expect(paths.filter((path) => !known.has(path) && !objects.includes(path))).toEqual([]);
    }
  });

  it('filters by fields of the templates', () => {
    for (const clause of Object.values(EVENT_FILTERS))
      expect(missing(EVENTS, clause('1.2.3.4'))).toEqual([]);
    for (const clause of Object.values(CANDIDATE_FILTERS))
      expect(missing(CANDIDATES, clause('1.2.3.4'))).toEqual([]);
    const actor = actorHistory('10.0.0.1', ['c']);
    const resource = resourceHistory(['a', 'id:a']);
    expect(missing(EVENTS, [actor.auditEvents, resource.auditEvents])).toEqual([]);
    expect(missing(CANDIDATES, [actor.driftCandidates, resource.driftCandidates])).toEqual([]);
  });

  it('holds what a person typed as a value only, whatever it looks like', () => {
    const text = '*" OR {"match_all":{}} driftline.outcome:x';
    const all = [
      ...Object.values(EVENT_FILTERS).map((clause) => clause(text)),
      ...Object.values(actorHistory(text)),
      ...Object.values(resourceHistory([`id:${text}`])),
    ];
    const kinds = JSON.stringify(all).match(
      /"(?:term|terms|bool|range|exists|\w*query\w*|script|wildcard|regexp)":/g,
    );
    expect(new Set(kinds)).toEqual(new Set(['"term":', '"terms":', '"bool":', '"exists":']));
  });

  it('asks an address of the address field, and any other text of the names', () => {
    expect(byAddress('10.0.0.0/8')).toEqual({
      term: { 'src_endpoint.ip': { value: '10.0.0.0/8' } },
    });
    expect(searchedFields(byAddress('08.1.250.216'))).toEqual([
      'entities',
      'src_endpoint.domain',
      'src_endpoint.svc_name',
    ]);
    expect(['::1', '10.0.0.0/33', 'fe80::1%eth0', '10.0.0.1/8/8', 'x'].map(isAddress)).toEqual([
      ...[true, false, false, false, false],
    ]);
  });

  it('looks for the id alone of a typed identity and of an ARN, and not for an account', () => {
    const bareOf = (name: string): unknown => JSON.stringify(resourceHistory([name]).auditEvents);
    expect(bareOf('id:sg-1')).toContain('{"terms":{"entities":["sg-1"]}}');
    expect(bareOf('AWS::EC2::Instance:i-1')).toContain('{"terms":{"entities":["i-1"]}}');
    expect(bareOf('arn:aws:ec2:eu-west-1:1:instance/i-1')).toContain(
      '{"terms":{"entities":["instance/i-1","i-1"]}}',
    );
    expect(bareOf('aws_account:1')).toContain('{"terms":{"cloud.account.uid":["1"]}}');
    for (const name of ['aws_eip:10.0.0.1', 'module.a.aws_instance.b', 'i-1'])
      expect(bareOf(name)).not.toContain('must_not');
  });

  it('looks around a candidate from so long before to so long after, both included', () => {
    const candidate = { time: 10_000, session_uid: 's', actor: {}, resource: { key: 'k' } };
    const where = aroundCandidate(candidate, undefined, 1_000);
    expect(where?.[0]).toEqual({ range: { time: { gte: 9_000, lt: 11_001 } } });
    expect(JSON.stringify(where)).toContain('"_name":"session"');
    expect(JSON.stringify(where)).not.toContain('credential_uid');
    expect(aroundCandidate(candidate, undefined, 1_000, ['key'])).toBeUndefined();
  });

  it('looks for applies near each candidate, under its id, and for none without a resource', () => {
    const near = appliesNear([{ candidate_id: 'c', time: 5, resource: { key: 'k' } }, {}], 5);
    expect(near?.[0]).toEqual({ term: { 'driftline.outcome': { value: 'iac' } } });
    expect(JSON.stringify(near)).toContain('"_name":"c"');
    expect(appliesNear([{}], 5)).toBeUndefined();
  });

  it('pages behind the last document, and leaves the record out unless it is asked for', () => {
    const search = {
      index: 'auditEvents',
      where: within({ since: 1 }),
      order: 'newest',
      limit: 9,
    } as const;
    expect(listBody(search, 3, [1, 'a'])).toMatchObject({
      size: 3,
      search_after: [1, 'a'],
      sort: [{ time: { order: 'desc' } }],
      _source: { excludes: ['raw', 'raw_data', 'attributes_data'] },
    });
    expect(listBody({ ...search, withRaw: true }, 3)).not.toHaveProperty('_source');
  });

  it('reads groups with one key and with several, and what lies beyond them', () => {
    const by = (name: string) => QUESTIONS.find((each) => each.name === name);
    const actors = by('drift-by-actor');
    const operations = by('unresolved-operations');
    if (actors?.answer !== 'groups' || operations?.answer !== 'groups')
      throw new Error('no groups');
    const bucket = {
      key: 'a',
      doc_count: 2,
      environments: { buckets: [{ key: 'prod' }] },
      highest: { value: 70 },
    };
    const answer = { aggregations: { groups: { buckets: [bucket], sum_other_doc_count: 4 } } };
    expect(ranking(answer)).toEqual({ groups: [['a']], others: 4, cutOff: false });
    expect(groupRows(actors, answer)).toEqual({
      uncertain: [],
      rows: [
        {
          principal: 'a',
          count: 2,
          who: [],
          environments: ['prod'],
          clients: [],
          resources: null,
          highest: 70,
          last: null,
        },
      ],
    });
    const several = { key: ['s', 'o', 'r'], doc_count: 1 };
    expect(
      groupRows(operations, { aggregations: { groups: { buckets: [several] } } }).rows,
    ).toMatchObject([{ service: 's', operation: 'o', reason: 'r', count: 1 }]);
    expect(groupRows(actors, {})).toEqual({ rows: [], uncertain: [] });
    expect(ranking({})).toEqual({ groups: [], others: 0, cutOff: false });
    const delays = by('time-to-candidate');
    if (delays?.answer !== 'groups') throw new Error('no groups');
    const timed = { key: 'aws', doc_count: 1, p95_ms: { values: { '95.0': 10.6 } } };
    expect(
      groupRows(delays, { aggregations: { groups: { buckets: [timed] } } }).rows,
    ).toMatchObject([{ provider: 'aws', p95_ms: 11, median_ms: null }]);
  });

  it('knows when a shard cut off groups, or values that may be more frequent than those told', () => {
    const actors = QUESTIONS.find((each) => each.name === 'drift-by-actor');
    if (actors?.answer !== 'groups') throw new Error('no groups');
    const answerOf = (error: number) => {
      const environments = {
        buckets: [{ key: 'prod', doc_count: 2 }],
        doc_count_error_upper_bound: error,
      };
      const bucket = { key: 'a', doc_count: 9, environments };
      return { aggregations: { groups: { buckets: [bucket] } } };
    };
    expect(groupRows(actors, answerOf(2)).uncertain).toEqual([]);
    expect(groupRows(actors, answerOf(3)).uncertain).toEqual(['environments']);
    for (const error of [3, -1])
      expect(
        ranking({ aggregations: { groups: { buckets: [], doc_count_error_upper_bound: error } } }),
      ).toMatchObject({ cutOff: true });
  });
});
