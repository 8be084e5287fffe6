import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileSeverity, type SeveritySubject } from '../../../../src/core/detect/severity.ts';
import type { Change, SeverityVerdict } from '../../../../src/core/model/drift-candidate.ts';
import type { JsonValue } from '../../../../src/core/model/json.ts';
import { readProviderTables } from '../../../../src/config/provider-tables.ts';

const { severity: table } = readProviderTables('config');
const score = compileSeverity(table);

const change = (path: string, observed: JsonValue, fields: Partial<Change> = {}): Change => ({
  path,
  action: 'set',
  observed,
  verdict: 'differs',
  ...fields,
});

const of = (fields: Partial<SeveritySubject>): SeverityVerdict =>
  score({
    kind: 'changed',
    type: 'aws_security_group',
    environment: undefined,
    changes: [],
    actor: { class: 'console', trusted: false, signals: [] },
    ...fields,
  });

const openIngress = change('ingress', [{ cidr_blocks: ['0.0.0.0/0'] }], { action: 'add' });

describe('severity', () => {
  it('of a port opened to everybody in production is critical, and says why', () => {
    const verdict = of({ environment: 'prod', changes: [openIngress] });
    expect(verdict).toMatchObject({ level: 'critical', id: 5, score: 100 });
    expect(verdict.reasons).toContain('open to everybody: 0.0.0.0/0 (+30)');
    expect(verdict.reasons).toContain('environment prod (+20)');
  });

  it('of a tag is low, even in production', () => {
    const tags = change('tags', { team: 'web' });
    expect(of({ type: 'aws_instance', environment: 'prod', changes: [tags] }).level).toBe('low');
  });

  it('of a stopped audit log is critical anywhere', () => {
    const changes = [change('enable_logging', false)];
    expect(of({ type: 'aws_cloudtrail', changes }).level).toBe('critical');
  });

  it.each([
    ['aws_cloudtrail', 'enable_logging'],
    ['aws_guardduty_detector', 'enable'],
    ['aws_config_configuration_recorder', 'recording_group'],
    ['aws_kms_key', 'is_enabled'],
    ['aws_s3_bucket_public_access_block', 'block_public_acls'],
    ['aws_cloudwatch_metric_alarm', 'actions_enabled'],
  ])('of %s deleted is no less than of it switched off', (type, path) => {
    const off = of({ type, changes: [change(path, false)] });
    const deleted = of({ type, kind: 'deleted' });
    expect(deleted.score).toBeGreaterThanOrEqual(off.score);
  });

  it('of a deleted audit or network log is critical anywhere', () => {
    expect(of({ type: 'aws_cloudtrail', kind: 'deleted' }).level).toBe('critical');
    expect(of({ type: 'aws_flow_log', kind: 'deleted' }).level).toBe('critical');
    expect(of({ type: 'aws_flow_log', kind: 'changed' }).level).not.toBe('critical');
  });

  it('counts the weightiest attribute once, in any order', () => {
    const changes = [change('tags', {}), change('ingress', []), change('egress', [])];
    const verdict = of({ changes });
    expect(verdict.reasons.filter((reason) => reason.includes('network'))).toHaveLength(2);
    expect(of({ changes: changes.toReversed() }).score).toBe(verdict.score);
  });

  it('takes nothing off a creation for its tags', () => {
    const tagged = of({ kind: 'unmanaged', changes: [change('tags', {})] });
    expect(tagged.score).toBe(of({ kind: 'unmanaged' }).score);
  });

  it('does not count as open what was closed, or what code says', () => {
    const closed = { ...openIngress, action: 'remove' as const };
    const desired = { ...openIngress, verdict: 'equals_desired' as const };
    for (const each of [closed, desired]) {
      expect(of({ changes: [each] }).reasons.join()).not.toContain('everybody');
    }
  });

  const policy = (statement: JsonValue): Change =>
    change('policy', JSON.stringify({ Version: '2012-10-17', Statement: statement }));
  const reasonsOf = (statement: JsonValue): string =>
    of({ type: 'aws_s3_bucket_policy', changes: [policy(statement)] }).reasons.join('; ');

  it('sees a principal of everybody in a policy', () => {
    const open = {
      Effect: 'Allow',
      Principal: { AWS: ['*'] },
      Action: 's3:GetObject',
      Resource: '*',
    };
    expect(reasonsOf([open])).toContain('every principal');
    expect(reasonsOf([{ ...open, Principal: '*' }])).toContain('every principal');
  });

  it('sees an action of everything in a policy', () => {
    expect(reasonsOf({ Effect: 'Allow', Action: ['iam:*'], Resource: '*' })).toContain(
      'every action',
    );
    expect(reasonsOf({ Effect: 'Allow', Action: '*', Resource: '*' })).toContain('every action');
  });

  it('passes over a refusal, and over all resources', () => {
    expect(reasonsOf([{ Effect: 'Deny', Principal: '*', Action: '*' }])).not.toContain('every');
    expect(reasonsOf({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' })).not.toContain(
      'every',
    );
  });

  it('of what was set back is informational', () => {
    const changes = [{ ...openIngress, verdict: 'equals_desired' as const }];
    expect(of({ kind: 'restored', environment: 'prod', changes })).toMatchObject({
      level: 'informational',
      id: 1,
    });
  });

  it('rises where an untrusted principal claims to be an IaC tool', () => {
    const claimed = of({ actor: { class: 'iac_pipeline', trusted: false, signals: [] } });
    const pipeline = of({ actor: { class: 'iac_pipeline', trusted: true, signals: [] } });
    expect(claimed.score - pipeline.score).toBe(table.untrustedIac);
    expect(claimed.reasons.join()).toContain('not trusted');
  });

  it.each([
    ['arn:aws:iam::111122223333:root', 'the root user of the account (+20)'],
    ['arn:aws-cn:iam::111122223333:root', 'the root user of the account (+20)'],
    ['kubernetes-super-admin', 'whom no rule of the cluster can refuse (+20)'],
    ['masterclient', "the cluster's own administrator (+10)"],
    ['arn:aws:iam::111122223333:user/root', undefined],
  ])('rises where %s acts by hand', (principal, reason) => {
    const actor = { class: 'console', trusted: false, signals: [], principal } as const;
    const without = of({}).reasons;
    expect(of({ actor }).reasons).toEqual(reason === undefined ? without : [...without, reason]);
  });

  it('stays between 0 and 100', () => {
    const most = compileSeverity({ ...table, kinds: { changed: 99 }, publicScore: 100 });
    const least = compileSeverity({ ...table, kinds: { changed: -100 } });
    const subject: SeveritySubject = {
      kind: 'changed',
      type: 'x',
      environment: 'prod',
      changes: [openIngress],
      actor: { class: 'unknown', trusted: false, signals: [] },
    };
    expect(most(subject).score).toBe(100);
    expect(least({ ...subject, changes: [] })).toMatchObject({ score: 0, level: 'informational' });
  });

  it.each<[string, string, Change, string]>([
    [
      'GCP members',
      'google_storage_bucket_iam_member',
      change('member', 'allUsers'),
      'open to everybody: allUsers',
    ],
    [
      'GCP members signed in',
      'google_project_iam_member',
      change('member', 'allAuthenticatedUsers'),
      'open to everybody',
    ],
    [
      'a GCP firewall',
      'google_compute_firewall',
      change('source_ranges', ['::/0']),
      'open to everybody: ::/0',
    ],
    [
      'a block that is all addresses in another spelling',
      'google_compute_firewall',
      change('source_ranges', ['0000::1/0']),
      'open to everybody: ::/0',
    ],
    [
      'a grant by header',
      'aws_s3_bucket_acl',
      change('access_control_policy', ['uri="http://acs.amazonaws.com/groups/global/AllUsers"']),
      'open to everybody',
    ],
    [
      'an owner of a GCP project',
      'google_project_iam_member',
      change('role', 'roles/owner'),
      'do everything',
    ],
    [
      'an Azure rule for the Internet',
      'azurerm_network_security_rule',
      change('source_address_prefix', 'Internet'),
      'every source',
    ],
    [
      'an Azure rule for *',
      'azurerm_network_security_group',
      change('security_rule', [
        { source_address_prefix: '*', direction: 'Inbound', access: 'Allow' },
      ]),
      'every source',
    ],
    [
      'an Azure owner',
      'azurerm_role_assignment',
      change('role_definition_name', 'Owner'),
      'do everything',
    ],
    [
      'a public container',
      'azurerm_storage_container',
      change('container_access_type', 'blob'),
      'everybody can read',
    ],
    [
      'cluster-admin',
      'kubernetes_cluster_role_binding',
      change('role_ref', [{ kind: 'ClusterRole', name: 'cluster-admin' }]),
      'cluster-admin',
    ],
    [
      'cluster-admin by a patch',
      'kubernetes_cluster_role_binding',
      change('role_ref[0].name', 'cluster-admin'),
      'cluster-admin',
    ],
    [
      'anonymous users',
      'kubernetes_role_binding',
      change('subject', [{ kind: 'User', name: 'system:anonymous' }]),
      'open to everybody: system:anonymous',
    ],
    [
      'a privileged pod',
      'kubernetes_pod',
      change('spec[0].container[0].security_context[0].privileged', true),
      'privileged container',
    ],
    [
      'a privileged pod as a whole',
      'kubernetes_pod',
      change('spec', { containers: [{ securityContext: { privileged: true } }] }),
      'privileged container',
    ],
    [
      'AdministratorAccess',
      'aws_iam_role_policy_attachment',
      change('policy_arn', 'arn:aws:iam::aws:policy/AdministratorAccess'),
      'do everything',
    ],
  ])('sees the blast of %s', (_name, type, each, reason) => {
    expect(of({ type, changes: [each] }).reasons.join('; ')).toContain(reason);
  });

  it.each([
    [
      'kubernetes_deployment',
      'spec.template.spec.containers[1].image',
      'code execution: what the pods run',
    ],
    ['kubernetes_deployment', 'metadata.labels["app.kubernetes.io/part-of"]', 'labels only'],
    ['kubernetes_service', 'spec.type', 'exposure: who can reach the service'],
    ['kubernetes_cluster_role_binding', 'subjects', 'identity: who can use the cluster'],
  ])('weighs %s %s', (type, path, reason) => {
    expect(of({ type, changes: [change(path, 'x')] }).reasons.join('; ')).toContain(reason);
  });

  it.each<[string, Change[]]>([
    [
      'outbound',
      [
        change('security_rule', [
          { source_address_prefix: '*', direction: 'Outbound', access: 'Allow' },
        ]),
      ],
    ],
    [
      'a refusal',
      [
        change('security_rule', [
          { source_address_prefix: '*', direction: 'Inbound', access: 'Deny' },
        ]),
      ],
    ],
    ['a refusal, told beside', [change('source_address_prefix', '*'), change('access', 'Deny')]],
    [
      'a refusal, told beside in a block',
      [
        change('security_rule[0].source_address_prefix', '*'),
        change('security_rule[0].access', 'Deny'),
      ],
    ],
    ['not privileged', [change('privileged', false)]],
    ['a destination', [change('destination_address_prefix', '*')]],
  ])('sees no blast in %s', (_name, changes) => {
    const reasons = of({ type: 'azurerm_network_security_group', changes }).reasons.join('; ');
    expect(reasons).not.toMatch(/every source|everybody|privileged container/);
  });

  it('says with each reason what kind of attribute it is, which, and its points', () => {
    expect(of({ environment: 'prod', changes: [openIngress] }).reasons).toEqual([
      'changed (+20)',
      'network exposure (+5)',
      'exposure: who can reach the network, by ingress (+25)',
      'open to everybody: 0.0.0.0/0 (+30)',
      'actor class console (+5)',
      'environment prod (+20)',
    ]);
  });

  it('is the sum of the points of its reasons, within 0 and 100', () => {
    fc.assert(
      fc.property(subjectArb, (subject) => {
        const { score: total, reasons } = score(subject);
        const points = reasons.map((reason) => Number(/\(([+-]\d+)\)$/.exec(reason)?.[1]));
        const sum = points.reduce((all, each) => all + each, 0);
        expect(total).toBe(Math.max(0, Math.min(100, sum)));
      }),
    );
  });

  it('never falls by one more change', () => {
    fc.assert(
      fc.property(subjectArb, changeArb, (subject, more) => {
        fc.pre(subject.changes.some(({ verdict }) => verdict !== 'equals_desired'));
        const before = score(subject);
        const after = score({ ...subject, changes: [...subject.changes, more] });
        expect(after.score).toBeGreaterThanOrEqual(before.score);
      }),
    );
  });

  it('does not fall below that of an attribute that is not weighed, for a tag beside it', () => {
    const odd = change('something', 1);
    const both = of({ changes: [odd, change('tags.team', 'x')] });
    expect(both.score).toBe(of({ changes: [odd] }).score);
  });
});

const changeArb: fc.Arbitrary<Change> = fc.record({
  path: fc.constantFrom(
    'ingress',
    'tags',
    'tags.team',
    'description',
    'something',
    'policy',
    'kms_key_id',
    'role',
  ),
  action: fc.constantFrom('set', 'add', 'remove'),
  observed: fc.constantFrom<JsonValue>(
    '0.0.0.0/0',
    ['::/0'],
    'roles/owner',
    { Effect: 'Allow', Principal: '*', Action: '*' },
    1,
    null,
    'x',
  ),
  verdict: fc.constantFrom('differs', 'equals_desired', 'not_in_desired', 'unknown'),
});

const subjectArb: fc.Arbitrary<SeveritySubject> = fc.record({
  kind: fc.constantFrom('changed', 'deleted', 'unmanaged', 'restored'),
  type: fc.constantFrom(
    'aws_security_group',
    'aws_s3_bucket',
    'aws_cloudtrail',
    'google_project_iam_member',
    'x',
  ),
  environment: fc.constantFrom(undefined, 'prod', 'dev', 'sandbox-1', 'other'),
  changes: fc.array(changeArb, { maxLength: 4 }),
  actor: fc.record({
    class: fc.constantFrom('console', 'iac_pipeline', 'unknown', 'cloud_service'),
    trusted: fc.boolean(),
    signals: fc.constant([]),
  }),
});
