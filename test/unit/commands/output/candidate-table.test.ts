import { describe, expect, it } from 'vitest';
import {
  candidateTableHeader,
  candidateTableRow,
  changeText,
} from '../../../../src/commands/output/candidate-table.ts';
import type { DriftCandidate } from '../../../../src/core/model/drift-candidate.ts';

const STYLE = { width: 100, color: false };

const candidate: DriftCandidate = {
  candidate_id: 'c1',
  event_id: 'aws:111122223333:e1',
  kind: 'changed',
  time: Date.UTC(2026, 10, 20, 9, 14, 3),
  service: 'ec2.amazonaws.com',
  operation: 'AuthorizeSecurityGroupIngress',
  resource: {
    key: 'prod/l/module.edge.aws_security_group.web',
    type: 'aws_security_group',
    identity: 'aws_security_group:sg-1',
    provider: 'aws',
    address: 'module.edge.aws_security_group.web',
    environment: 'prod',
  },
  changes: [
    {
      path: 'ingress',
      action: 'add',
      observed: { protocol: 'tcp', from_port: 22, to_port: 22, source: '0.0.0.0/0' },
      verdict: 'not_in_desired',
    },
  ],
  actor: { class: 'console', trusted: false, signals: ['console'], name: 'alice@example.com' },
  source_ip: '198.51.100.7',
  severity: { level: 'critical', id: 5, score: 95, reasons: ['open to everybody'] },
  matched_by: 'table',
  ambiguous: [],
  summary: '',
  change_set_id: 's',
};

describe('candidate table', () => {
  it('shows severity, time, actor, address, environment and change within 100 columns', () => {
    const text = `${candidateTableHeader(STYLE)}\n${candidateTableRow(candidate, STYLE)}`;
    expect(text).toMatchInlineSnapshot(`
      "SEVERITY      KIND       TIME (UTC)           WHO
      critical      changed    2026-11-20 09:14:03  alice@example.com
        module.edge.aws_security_group.web [prod]
        ec2.amazonaws.com AuthorizeSecurityGroupIngress, console from 198.51.100.7
        score 95: open to everybody
        + ingress: tcp 22 0.0.0.0/0  (not in code)"
    `);
  });

  it('says why: the weightiest reason first, and the techniques', () => {
    const reasons = ['changed (+20)', 'actor class console (+5)', 'open to everybody: ::/0 (+30)'];
    const attack = {
      version: '17.1',
      tactic: { uid: 'TA0005', name: 'Defense Evasion' },
      technique: { uid: 'T1562', name: 'Impair Defenses' },
      sub_technique: { uid: 'T1562.007', name: 'Disable or Modify Cloud Firewall' },
    };
    const severity = { ...candidate.severity, reasons };
    expect(candidateTableRow({ ...candidate, severity, attacks: [attack] }, STYLE)).toContain(
      'score 95, ATT&CK T1562.007: open to everybody: ::/0 (+30), changed (+20), actor class cons',
    );
  });

  it('shows what code says elsewhere below the change', () => {
    const [change] = candidate.changes;
    const peers = [
      { environment: 'staging', address: 'a', value: { $redacted: 'x' } },
      { environment: 'test', address: 'a' },
    ];
    const text = candidateTableRow(
      { ...candidate, changes: change === undefined ? [] : [{ ...change, peers }] },
      STYLE,
    );
    expect(text.split('\n').slice(-2)).toEqual([
      '  + ingress: tcp 22 0.0.0.0/0  (not in code)',
      '    elsewhere: staging (secret), test (not in code)',
    ]);
  });

  it('keeps every line within the width, however long the names are', () => {
    const long = {
      ...candidate,
      actor: { ...candidate.actor, name: 'a'.repeat(300) },
      operation: 'B'.repeat(300),
    };
    for (const line of candidateTableRow(long, STYLE).split('\n'))
      expect(line.length).toBeLessThanOrEqual(100);
  });

  it('does not let a value from the log command the terminal', () => {
    const hostile = { ...candidate, actor: { ...candidate.actor, name: '\u001b[2Jroot\nforged' } };
    const text = candidateTableRow(hostile, STYLE);
    expect(text).not.toContain('\u001b');
    expect(text.split('\n')).toHaveLength(5);
  });
});

describe('changeText', () => {
  it('shows desired and observed of a value that differs', () => {
    expect(
      changeText({ path: 'port', action: 'set', desired: 443, observed: '80', verdict: 'differs' }),
    ).toBe('~ port: 443 → 80');
  });

  it('says when a value is back to what code says', () => {
    expect(
      changeText({
        path: 'port',
        action: 'set',
        desired: 443,
        observed: 443,
        verdict: 'equals_desired',
      }),
    ).toBe('= port: 443  (as in code)');
  });

  it('says when the record does not carry the value', () => {
    expect(changeText({ path: 'value', action: 'set', verdict: 'unknown' })).toBe(
      '? value: value not recorded',
    );
  });
});
