import { describe, expect, it } from 'vitest';
import { readProviderTables } from '../../../../src/config/provider-tables.ts';
import { compileAttacks, type AttackSubject } from '../../../../src/core/detect/attacks.ts';
import type { Change } from '../../../../src/core/model/drift-candidate.ts';
import type { JsonObject, JsonValue } from '../../../../src/core/model/json.ts';
import { compileOpenings } from '../../../../src/core/model/opened-values.ts';
import { createOcsfValidator, readOcsfSchema } from '../../../support/ocsf-schema.ts';
import { hasSharedData } from '../../../support/shared-data.ts';

const { attacks: table, severity } = readProviderTables('config');
const step = compileAttacks(table, compileOpenings(severity));

const change = (path: string, observed?: JsonValue, fields: Partial<Change> = {}): Change => ({
  path,
  action: 'set',
  ...(observed === undefined ? {} : { observed }),
  verdict: 'differs',
  ...fields,
});

const subjectOf = (fields: Partial<AttackSubject>): AttackSubject => ({
  kind: 'changed',
  type: 'aws_instance',
  operationKey: 'x:Y',
  changes: [],
  ...fields,
});

const idsOf = (fields: Partial<AttackSubject>): readonly string[] =>
  step(subjectOf(fields)).map(({ technique, sub_technique: sub }) => (sub ?? technique).uid);

describe('the technique', () => {
  it.each<[string, Partial<AttackSubject>, string]>([
    [
      'of a trail that is stopped',
      { type: 'aws_cloudtrail', operationKey: 'cloudtrail:StopLogging' },
      'T1562.008',
    ],
    ['of a trail that is deleted', { type: 'aws_cloudtrail', kind: 'deleted' }, 'T1562.008'],
    [
      'of logs of a cluster that are switched off',
      {
        type: 'aws_eks_cluster',
        changes: [change('enabled_cluster_log_types', ['audit'], { action: 'remove' })],
      },
      'T1562.008',
    ],
    [
      'of a port opened',
      { type: 'aws_security_group', changes: [change('ingress', [], { action: 'add' })] },
      'T1562.007',
    ],
    [
      'of a network security rule of Azure',
      {
        type: 'azurerm_network_security_group',
        changes: [change('security_rule[0].access', 'Allow')],
      },
      'T1562.007',
    ],
    [
      'of a firewall of GCP',
      { type: 'google_compute_firewall', changes: [change('source_ranges', ['0.0.0.0/0'])] },
      'T1562.007',
    ],
    [
      'of a new access key',
      { type: 'aws_iam_access_key', kind: 'unmanaged', operationKey: 'iam:CreateAccessKey' },
      'T1098.001',
    ],
    [
      'of a policy attached',
      { type: 'aws_iam_role', operationKey: 'iam:AttachRolePolicy' },
      'T1098.003',
    ],
    [
      'of a role granted in Azure',
      { type: 'azurerm_role_assignment', kind: 'unmanaged' },
      'T1098.003',
    ],
    [
      'of a binding of a cluster',
      { type: 'kubernetes_cluster_role_binding_v1', kind: 'unmanaged' },
      'T1098.006',
    ],
    [
      'of a new user',
      { type: 'aws_iam_user', kind: 'unmanaged', operationKey: 'iam:CreateUser' },
      'T1136.003',
    ],
    ['of a shared snapshot', { operationKey: 'ec2:ModifySnapshotAttribute' }, 'T1537'],
    ['of GuardDuty deleted', { type: 'aws_guardduty_detector', kind: 'deleted' }, 'T1562.001'],
    ['of a database deleted', { type: 'aws_db_instance', kind: 'deleted' }, 'T1485'],
    [
      'of deletion protection taken off',
      { type: 'aws_db_instance', changes: [change('deletion_protection', false)] },
      'T1490',
    ],
    [
      'of a bucket opened to everybody',
      {
        type: 'google_storage_bucket_iam_member',
        kind: 'unmanaged',
        changes: [change('member', 'allUsers')],
      },
      'T1530',
    ],
    [
      'of a privileged pod',
      {
        type: 'kubernetes_pod',
        kind: 'unmanaged',
        changes: [change('spec[0].container[0].security_context[0].privileged', true)],
      },
      'T1611',
    ],
  ])('%s is known', (_name, fields, technique) => {
    expect(idsOf(fields)).toContain(technique);
  });

  it.each<[string, Partial<AttackSubject>]>([
    ['a tag', { changes: [change('tags.team', 'x')] }],
    [
      'a port closed',
      { type: 'aws_security_group', changes: [change('ingress', [], { action: 'remove' })] },
    ],
    [
      'what code says',
      {
        type: 'aws_security_group',
        changes: [change('ingress', [], { verdict: 'equals_desired' })],
      },
    ],
    [
      'deletion protection put on',
      { type: 'aws_db_instance', changes: [change('deletion_protection', true)] },
    ],
    [
      'a bucket opened to one account',
      {
        type: 'aws_s3_bucket_policy',
        changes: [
          change('policy', {
            Statement: [{ Effect: 'Allow', Principal: { AWS: '111122223333' } }],
          }),
        ],
      },
    ],
    [
      'what was set back',
      { kind: 'restored', type: 'aws_cloudtrail', operationKey: 'cloudtrail:UpdateTrail' },
    ],
  ])('is none for %s', (_name, fields) => {
    expect(idsOf(fields)).toEqual([]);
  });

  describe('of a firewall', () => {
    const isTold = (
      type: string,
      kind: AttackSubject['kind'],
      ...changes: readonly Change[]
    ): boolean => idsOf({ type, kind, changes }).includes('T1562.007');
    const gcp = 'google_compute_firewall';
    const refusal = change('deny', [{ protocol: 'tcp' }], { verdict: 'not_in_desired' });
    const everybody = change('source_ranges', ['0.0.0.0/0'], { verdict: 'not_in_desired' });

    it('is none where the act only refuses more', () => {
      expect(isTold(gcp, 'unmanaged', everybody, refusal)).toBe(false);
      expect(isTold(gcp, 'changed', everybody, refusal)).toBe(false);
      expect(isTold('azurerm_network_security_rule', 'changed', change('access', 'Deny'))).toBe(
        false,
      );
      const entry = change('ingress', { rule_no: 9, action: 'deny' }, { action: 'add' });
      expect(isTold('aws_network_acl', 'changed', entry)).toBe(false);
    });

    it('is told where it allows, or where what it refuses differs from what code refuses', () => {
      const allowed = change('allow', [{ protocol: 'tcp' }], { verdict: 'not_in_desired' });
      expect(isTold(gcp, 'unmanaged', everybody, allowed)).toBe(true);
      expect(isTold(gcp, 'unmanaged')).toBe(true);
      const less = change('deny', [{ protocol: 'udp' }], { desired: [{ protocol: 'tcp' }] });
      expect(isTold(gcp, 'changed', less)).toBe(true);
      expect(isTold(gcp, 'changed', change('deny', []))).toBe(true);
      expect(isTold('azurerm_network_security_rule', 'changed', change('access', 'Allow'))).toBe(
        true,
      );
      const group = 'azurerm_network_security_group';
      const rules = (...accesses: readonly string[]) =>
        change(
          'security_rule',
          accesses.map((access) => ({ access })),
          { action: 'add' },
        );
      expect(isTold(group, 'changed', rules('Deny'))).toBe(false);
      expect(isTold(group, 'changed', rules('Deny', 'Allow'))).toBe(true);
      expect(isTold(gcp, 'deleted')).toBe(true);
    });

    it('is told where a refusing block takes the place of one of code that may refuse more', () => {
      const all = { rule_no: 90, action: 'deny', cidr_block: '0.0.0.0/0' };
      const one = { ...all, cidr_block: '203.0.113.9/32' };
      const isImpaired = (observed: JsonValue, desired: JsonValue): boolean =>
        isTold('aws_network_acl', 'changed', change('ingress[0]', observed, { desired }));
      expect(isImpaired(one, all)).toBe(true);
      expect(isImpaired([one], [{ ...all, action: 'allow' }, all])).toBe(true);
      expect(isImpaired(one, { ...all, action: 'allow' })).toBe(false);
    });
  });

  it('is told once, with tactic, technique, sub-technique and version', () => {
    const subject = subjectOf({
      kind: 'deleted',
      type: 'aws_cloudtrail',
      operationKey: 'cloudtrail:DeleteTrail',
    });
    expect(step(subject)).toEqual([
      {
        version: table.version,
        tactic: { uid: 'TA0005', name: 'Defense Evasion' },
        technique: { uid: 'T1562', name: 'Impair Defenses' },
        sub_technique: { uid: 'T1562.008', name: 'Disable or Modify Cloud Logs' },
      },
    ]);
  });

  it('has no row that no name stands behind, and no name that no row uses', () => {
    const used = new Set(table.rows.flatMap(({ technique }) => [technique, technique.slice(0, 5)]));
    expect(Object.keys(table.techniques).filter((uid) => !used.has(uid))).toEqual([]);
    const tactics = new Set(Object.values(table.techniques).map(({ tactic }) => tactic));
    expect(Object.keys(table.tactics).filter((uid) => !tactics.has(uid))).toEqual([]);
  });
});

describe.skipIf(!hasSharedData)('attacks under the published OCSF schema', () => {
  it('are valid for every row of the table', () => {
    const { faultsOfObject } = createOcsfValidator(readOcsfSchema());
    for (const { technique } of table.rows) {
      const only = compileAttacks({ ...table, rows: [{ technique, operations: ['*'] }] }, () => []);
      const [attack] = only(subjectOf({}));
      expect(faultsOfObject({ ...attack } as JsonObject, 'attack'), technique).toEqual([]);
    }
    expect(faultsOfObject({ technique: { nme: 'x' } }, 'attack')).toContain(
      'attack.technique.nme is unknown',
    );
  });
});
