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
});
