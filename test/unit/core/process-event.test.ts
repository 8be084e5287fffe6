import { describe, expect, it } from 'vitest';
import type { DriftCandidate } from '../../../src/core/model/drift-candidate.ts';
import type { ProcessedEvent } from '../../../src/core/model/processed-event.ts';
import type { OperationRow } from '../../../src/core/model/provider-tables.ts';
import { processEvent } from '../../../src/core/process-event.ts';
import { contextOf, desired, withRows } from './sample-context.ts';
import { eventWith, TERRAFORM_AGENT } from './sample-event.ts';

const group = desired('aws_security_group', 'sg-0aa11bb22cc33dd44', {
  address: 'aws_security_group.web',
  owner: 'team-web',
  attributes: { id: 'sg-0aa11bb22cc33dd44', description: 'web', ingress: [] },
});
const other = desired('aws_security_group', 'sg-0other', { address: 'aws_security_group.other' });

const pipeline = {
  type: 'AssumedRole',
  principalId: 'AROAEXAMPLEPIPELINE01:run-42',
  arn: 'arn:aws:sts::210987654321:assumed-role/deploy/run-42',
  accountId: '210987654321',
  accessKeyId: 'ASIAEXAMPLEKEY000002',
  sessionContext: { sessionIssuer: { arn: 'arn:aws:iam::210987654321:role/ci/deploy' } },
};
const cloudFormation = 'cloudformation.amazonaws.com';

const run = (
  fields: Readonly<Record<string, unknown>> = {},
  context = contextOf([group, other]),
): ProcessedEvent => processEvent(eventWith(fields), context);

const onlyCandidate = (processed: ProcessedEvent): DriftCandidate => {
  expect(processed.outcome).toBe('candidate');
  expect(processed.candidates).toHaveLength(1);
  return processed.candidates[0] as DriftCandidate;
};

const loggingRow = (value: boolean): OperationRow => ({
  effect: 'update',
  targets: [
    { type: 'aws_cloudtrail', id: '{request.name}', changes: [{ path: 'enable_logging', value }] },
  ],
});

describe('an act on a resource that code owns', () => {
  it('through the console is a candidate that tells who, what and where in code', () => {
    const candidate = onlyCandidate(run());
    expect(candidate).toMatchObject({
      event_id: eventWith({}).id,
      kind: 'changed',
      time: Date.UTC(2026, 2, 2, 9, 14, 33),
      operation: 'AuthorizeSecurityGroupIngress',
      resource: {
        key: 'prod/lineage-1/aws_security_group.web',
        type: 'aws_security_group',
        address: 'aws_security_group.web',
        owner: 'team-web',
        environment: 'prod',
        account: '210987654321',
        region: 'eu-central-1',
      },
      actor: { class: 'console', trusted: false, name: 'alice@example.com (AdministratorAccess)' },
      severity: { level: 'critical' },
      matched_by: 'table',
      ambiguous: [],
      source_ip: '198.51.100.23',
    });
    expect(candidate.changes.map((change) => change.path)).toContain('ingress');
    expect(candidate.summary).toBe(
      'alice@example.com (AdministratorAccess) changed ingress of aws_security_group.web (prod) through the console: AuthorizeSecurityGroupIngress',
    );
    expect(run()).toMatchObject({ reason: 'outside_code', owners: [group], unmapped: false });
  });

  it('has ids that are the same each time, and 32 hex digits', () => {
    const first = onlyCandidate(run());
    const second = onlyCandidate(run({}, contextOf([group])));
    expect(first.candidate_id).toMatch(/^[0-9a-f]{32}$/);
    expect(first.change_set_id).toMatch(/^[0-9a-f]{32}$/);
    expect(second.candidate_id).toBe(first.candidate_id);
    expect(second.change_set_id).toBe(first.change_set_id);
  });

  it('belongs to the change set of its session and quarter of an hour', () => {
    const setOf = (fields: Readonly<Record<string, unknown>>): string =>
      onlyCandidate(run({ eventID: 'another', ...fields })).change_set_id;
    const same = setOf({});
    expect(onlyCandidate(run()).change_set_id).toBe(same);
    expect(setOf({ eventTime: '2026-03-02T09:00:00Z' })).toBe(same);
    expect(setOf({ eventTime: '2026-03-02T09:15:00Z' })).not.toBe(same);
    expect(setOf({ userIdentity: pipeline })).not.toBe(same);
  });

  it('that deletes it is deleted', () => {
    const fields = {
      eventName: 'DeleteSecurityGroup',
      requestParameters: { groupId: 'sg-0aa11bb22cc33dd44' },
    };
    expect(onlyCandidate(run(fields)).kind).toBe('deleted');
  });

  it('that sets what code says is restored', () => {
    const trail = desired('aws_cloudtrail', 'audit', {
      attributes: { id: 'audit', name: 'audit', enable_logging: true },
    });
    const context = contextOf([trail], {
      tables: withRows({
        'cloudtrail:StartLogging': loggingRow(true),
        'cloudtrail:StopLogging': loggingRow(false),
      }),
    });
    const fields = {
      eventSource: 'cloudtrail.amazonaws.com',
      requestParameters: { name: 'audit' },
    };
    expect(onlyCandidate(run({ ...fields, eventName: 'StartLogging' }, context))).toMatchObject({
      kind: 'restored',
      severity: { level: 'informational' },
    });
    expect(onlyCandidate(run({ ...fields, eventName: 'StopLogging' }, context))).toMatchObject({
      kind: 'changed',
      severity: { level: 'critical' },
    });
  });

  it('that creates it anew is changed', () => {
    const fields = {
      eventName: 'CreateSecurityGroup',
      requestParameters: { groupName: 'web', groupDescription: 'web' },
      responseElements: { groupId: 'sg-0aa11bb22cc33dd44' },
    };
    expect(onlyCandidate(run(fields)).kind).toBe('changed');
  });

  it('with two owners names the first by key, and all of them as ambiguous', () => {
    const copy = { ...group, key: 'a-first', address: 'aws_security_group.copy' };
    const candidate = onlyCandidate(run({}, contextOf([group, copy])));
    expect(candidate.resource.key).toBe('a-first');
    expect(candidate.ambiguous).toEqual(['aws_security_group.copy', 'aws_security_group.web']);
    expect(onlyCandidate(run({}, contextOf([copy, group])))).toEqual(candidate);
  });
});

describe('an act on many resources', () => {
  const tags = (...ids: readonly string[]): Readonly<Record<string, unknown>> => ({
    eventName: 'CreateTags',
    requestParameters: {
      resourcesSet: { items: ids.map((resourceId) => ({ resourceId })) },
      tagSet: { items: [{ key: 'team', value: 'x' }] },
    },
  });
  const byId = [
    { ...group, identities: [...group.identities, 'id:sg-0aa11bb22cc33dd44'] },
    { ...other, identities: [...other.identities, 'id:sg-0other'] },
  ];

  it('gives one candidate each', () => {
    const { candidates } = run(tags('sg-0aa11bb22cc33dd44', 'sg-0other', 'i-1'), contextOf(byId));
    expect(candidates.map((each) => each.resource.address)).toEqual([
      'aws_security_group.web',
      'aws_security_group.other',
    ]);
    expect(new Set(candidates.map((each) => each.candidate_id)).size).toBe(2);
    expect(new Set(candidates.map((each) => each.change_set_id)).size).toBe(1);
  });

  it('gives one candidate for a resource that is named twice', () => {
    const twice = run(tags('sg-0aa11bb22cc33dd44', 'sg-0aa11bb22cc33dd44'), contextOf(byId));
    expect(onlyCandidate(twice).changes.length).toBe(
      onlyCandidate(run(tags('sg-0aa11bb22cc33dd44'), contextOf(byId))).changes.length,
    );
  });
});

describe('an act on a resource that no code owns', () => {
  const creation = {
    eventName: 'CreateSecurityGroup',
    requestParameters: { groupName: 'tmp', groupDescription: 'tmp' },
    responseElements: { groupId: 'sg-0new' },
  };

  it('is unmanaged where it creates it in an account that code covers', () => {
    const candidate = onlyCandidate(run(creation));
    expect(candidate.kind).toBe('unmanaged');
    expect(candidate.resource).toEqual({
      key: candidate.resource.identity,
      identity: 'aws_security_group:sg-0new',
      type: 'aws_security_group',
      provider: 'aws',
      account: '210987654321',
      region: 'eu-central-1',
    });
    expect(candidate.changes.every((each) => each.verdict === 'not_in_desired')).toBe(true);
  });

  it('is unresolved where code covers nothing in the account', () => {
    expect(run({ ...creation, recipientAccountId: '999999999999' })).toMatchObject({
      outcome: 'unresolved',
      reason: 'no_desired_resource',
      candidates: [],
    });
  });

  it('is unresolved where it changes it', () => {
    const requestParameters = { groupId: 'sg-0unknown' };
    expect(run({ requestParameters })).toMatchObject({
      outcome: 'unresolved',
      reason: 'no_desired_resource',
      owners: [],
      unmapped: false,
    });
  });

  it('says that the record names no resource', () => {
    expect(run({ requestParameters: null, responseElements: null })).toMatchObject({
      outcome: 'unresolved',
      reason: 'no_identity',
    });
  });

  it('says that the tables do not know the operation', () => {
    expect(run({ eventName: 'ModifyNothingKnown', requestParameters: {} })).toMatchObject({
      outcome: 'unresolved',
      reason: 'operation_unmapped',
      unmapped: true,
    });
  });
});

describe('the actor decides', () => {
  it.each([
    [{ userAgent: TERRAFORM_AGENT, userIdentity: pipeline }, 'iac', 'iac_pipeline'],
    [{ userIdentity: { ...pipeline, invokedBy: cloudFormation } }, 'iac', 'iac_service'],
    [{ userAgent: TERRAFORM_AGENT }, 'candidate', 'iac_user_agent_of_untrusted_principal'],
    [
      { userIdentity: { type: 'IAMUser', userName: 'bob', invokedBy: cloudFormation } },
      'candidate',
      'iac_service_of_untrusted_principal',
    ],
    [
      { userAgent: 'aws-cli/2.24.10', userIdentity: pipeline },
      'candidate',
      'pipeline_identity_outside_iac_tool',
    ],
    [
      {
        sourceIPAddress: 'ssm.amazonaws.com',
        userAgent: 'ssm.amazonaws.com',
        sessionCredentialFromConsole: undefined,
        userIdentity: {
          ...pipeline,
          sessionContext: { sessionIssuer: { arn: 'arn:aws:iam::210987654321:role/Admin' } },
          invokedBy: 'ssm.amazonaws.com',
        },
      },
      'candidate',
      'outside_code',
    ],
    [{ eventType: 'AwsServiceEvent' }, 'service', 'cloud_service'],
    [
      { userIdentity: { type: 'AWSService', invokedBy: 'eks.amazonaws.com' } },
      'service',
      'cloud_service',
    ],
  ])('%j is %s: %s', (fields, outcome, reason) => {
    const processed = run({ sessionCredentialFromConsole: undefined, ...fields });
    expect(processed).toMatchObject({ outcome, reason, owners: [group] });
    expect(processed.candidates.length).toBe(outcome === 'candidate' ? 1 : 0);
  });

  it('an untrusted Terraform is more severe than a trusted principal at the command line', () => {
    const scoreOf = (fields: Readonly<Record<string, unknown>>): number => {
      const requestParameters = { groupId: 'sg-0aa11bb22cc33dd44' };
      const quiet = { sessionCredentialFromConsole: undefined, requestParameters };
      return onlyCandidate(run({ ...quiet, ...fields })).severity.score;
    };
    expect(scoreOf({ userAgent: TERRAFORM_AGENT })).toBeGreaterThan(
      scoreOf({ userAgent: 'aws-cli/2.24.10', userIdentity: pipeline }),
    );
  });
});

describe('what ends before the actor', () => {
  it.each([
    [{ readOnly: true }, 'read'],
    [{ readOnly: true, errorCode: 'AccessDenied' }, 'failed'],
    [{ eventCategory: 'Data' }, 'runtime'],
  ])('%j is %s, without looking at the actor', (fields, outcome) => {
    const processed = run(fields);
    expect(processed).toMatchObject({ outcome, owners: [], candidates: [], unmapped: false });
    expect(processed.actor).toBeUndefined();
  });

  it('asks an event for no more than its envelope', () => {
    const event = eventWith({ readOnly: true });
    const guarded = new Proxy(event, {
      get: (target, key) => {
        if (
          ['actor', 'request', 'response', 'resources', 'raw', 'userAgent'].includes(String(key))
        ) {
          throw new Error(`asked for ${String(key)}`);
        }
        return Reflect.get(target, key, target) as unknown;
      },
    });
    expect(processEvent(guarded, contextOf([group])).outcome).toBe('read');
  });
});

describe('ignore rules', () => {
  const rule = { id: 'web', reason: 'known', address: 'aws_security_group.web' };

  it('take a candidate out and are named', () => {
    expect(run({}, contextOf([group], { ignoreRules: [rule] }))).toMatchObject({
      outcome: 'ignored',
      reason: 'rule:web',
      candidates: [],
      owners: [group],
      ignored: [{ rule: 'web', kind: 'changed', resource: { address: 'aws_security_group.web' } }],
    });
  });

  it('name the resource as lines of .driftignore do: by its id, not by an address written like one', () => {
    const under = (line: string) =>
      run({}, contextOf([group], { ignoreRules: [{ id: line, reason: 'known', line }] }));
    const id = 'aws_security_group.sg-0aa11bb22cc33dd44';
    expect(under(id)).toMatchObject({ outcome: 'ignored', reason: `rule:${id}` });
    expect(under('aws_security_group.web').outcome).toBe('candidate');
  });

  it('that ended before the act take nothing, whenever it is looked at', () => {
    const ended = (expires: string) =>
      run({}, contextOf([group], { ignoreRules: [{ ...rule, expires }] })).outcome;
    expect(ended('2026-03-01')).toBe('candidate');
    expect(ended('2026-03-02')).toBe('ignored');
  });

  it('leave the other candidates of the act', () => {
    const resources = ['sg-0aa11bb22cc33dd44', 'sg-0other'];
    const requestParameters = {
      resourcesSet: { items: resources.map((resourceId) => ({ resourceId })) },
      tagSet: { items: [{ key: 'a', value: 'b' }] },
    };
    const owned = [group, other].map((each, at) => ({
      ...each,
      identities: [...each.identities, `id:${resources[at]}`],
    }));
    const context = contextOf(owned, { ignoreRules: [rule] });
    const candidate = onlyCandidate(run({ eventName: 'CreateTags', requestParameters }, context));
    expect(candidate.resource.address).toBe('aws_security_group.other');
  });
});

describe('a provider without tables', () => {
  it('still tells reads and failures, and resolves nothing', () => {
    const context = contextOf([group], { tables: new Map() });
    expect(run({ readOnly: true }, context).outcome).toBe('read');
    expect(run({ errorCode: 'X' }, context).outcome).toBe('failed');
    expect(run({}, context)).toMatchObject({ outcome: 'unresolved', reason: 'operation_unmapped' });
  });
});
