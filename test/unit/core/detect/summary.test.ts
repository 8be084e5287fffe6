import { describe, expect, it } from 'vitest';
import { summarize, type SummarySubject } from '../../../../src/core/detect/summary.ts';
import type { Change } from '../../../../src/core/model/drift-candidate.ts';

const change = (path: string): Change => ({ path, action: 'set', verdict: 'differs' });

const sentence = (fields: Partial<SummarySubject>): string =>
  summarize({
    kind: 'changed',
    operation: 'AuthorizeSecurityGroupIngress',
    actor: { class: 'console', trusted: false, signals: [], name: 'alice@example.com' },
    changes: [change('ingress')],
    identity: 'aws_security_group:sg-1',
    address: 'aws_security_group.web',
    environment: 'prod',
    account: '210987654321',
    ...fields,
  });

describe('the summary', () => {
  it('says who changed what, where, how and by which call', () => {
    expect(sentence({})).toBe(
      'alice@example.com changed ingress of aws_security_group.web (prod) through the console: AuthorizeSecurityGroupIngress',
    );
  });

  it('names no more than three attributes', () => {
    const changes = ['a', 'b', 'c', 'd', 'd', 'e'].map(change);
    expect(sentence({ changes })).toContain('changed a, b, c and 2 more of');
  });

  it('names the resource alone where the change is not known', () => {
    expect(sentence({ changes: [] })).toContain('changed aws_security_group.web (prod) through');
  });

  it('tells a deletion, a creation without code, and a restoration', () => {
    expect(sentence({ kind: 'deleted' })).toContain('deleted aws_security_group.web (prod)');
    expect(sentence({ kind: 'unmanaged', address: undefined, environment: undefined })).toBe(
      'alice@example.com created aws_security_group:sg-1 in account 210987654321, which no code owns, through the console: AuthorizeSecurityGroupIngress',
    );
    expect(sentence({ kind: 'restored' })).toContain(
      'set ingress of aws_security_group.web (prod) to what code says',
    );
  });

  it('states the cause where the actor is the point', () => {
    const actor = { class: 'iac_pipeline', trusted: false, signals: [], name: 'mallory' } as const;
    expect(sentence({ actor })).toContain('with an IaC tool, but is not trusted to apply code');
    const ci = { class: 'cli_sdk', trusted: true, signals: [], name: 'ci' } as const;
    expect(sentence({ actor: ci })).toContain(
      'as a pipeline identity through a command line or SDK',
    );
  });

  it('has a subject even without a name', () => {
    expect(sentence({ actor: { class: 'unknown', trusted: false, signals: [] } })).toMatch(
      /^An unknown actor /,
    );
  });
});
