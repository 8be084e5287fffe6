import { afterEach, describe, expect, it, vi } from 'vitest';
import { readProviderTables } from '../../../../src/config/provider-tables.ts';
import { redactObserved } from '../../../../src/core/desired/redact-observed.ts';
import { isSecretScalarName } from '../../../../src/core/desired/secret-names.ts';
import { compileAttacks } from '../../../../src/core/detect/attacks.ts';
import {
  keepBounded,
  keptByName,
  keptByPair,
  LONGEST_KEPT_KEY,
} from '../../../../src/core/model/bounded-cache.ts';
import { desiredAt } from '../../../../src/core/model/desired-value.ts';
import type { Change } from '../../../../src/core/model/drift-candidate.ts';
import { knownOperation } from '../../../../src/core/model/known-operation.ts';
import { compileOpenings } from '../../../../src/core/model/opened-values.ts';
import { pathRules } from '../../../../src/core/model/path-rules.ts';
import { awsTables, owned } from '../detect/owned-resources.ts';

describe('a bounded cache', () => {
  it('keeps no more than its number, and no long key', () => {
    const kept = new Map<string, number>();
    for (let at = 0; at < 25; at++) expect(keepBounded(kept, `k${at}`, at, 10)).toBe(at);
    expect([...kept.keys()]).toEqual(['k20', 'k21', 'k22', 'k23', 'k24']);
    expect(keepBounded(kept, 'k'.repeat(LONGEST_KEPT_KEY + 1), 7, 10)).toBe(7);
    expect(kept.size).toBe(5);
  });

  it('makes a value once for a name, `false` and the empty text included, each time for long ones', () => {
    const made: string[] = [];
    const find = keptByName<string | boolean>((name) => {
      made.push(name);
      return name === 'no' ? false : '';
    }, 10);
    const long = 'k'.repeat(LONGEST_KEPT_KEY + 1);
    for (const name of ['no', '-', 'no', '-']) expect(find(name)).toBe(name === 'no' ? false : '');
    for (const name of [long, long]) expect(find(name)).toBe('');
    expect(made).toEqual(['no', '-', long, long]);
  });

  it('makes a value once for a pair of names, again when it has forgotten, each time for long ones', () => {
    const made: string[] = [];
    const find = keptByPair((type, path) => {
      made.push(`${type}.${path}`);
      return { type, path };
    }, 3);
    for (const path of ['a', 'b', 'a']) expect(find('t', path)).toEqual({ type: 't', path });
    expect(find('u', 'a')).toEqual({ type: 'u', path: 'a' });
    expect(made).toEqual(['t.a', 't.b', 'u.a']);
    find('u', 'b');
    find('t', 'a');
    expect(made.slice(3)).toEqual(['u.b', 't.a']);
    const long = 'p'.repeat(LONGEST_KEPT_KEY);
    find('u', long);
    find('u', long);
    expect(made).toHaveLength(7);
  });
});

describe('names of 100 kB in records', () => {
  const { attacks, severity } = readProviderTables('config');
  const openings = compileOpenings(severity);
  const step = compileAttacks(attacks, openings);
  const change = (path: string): Change => ({
    path,
    action: 'set',
    observed: 'x',
    verdict: 'differs',
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });

  it.each<[string, (name: string) => unknown]>([
    ['plans of redaction', (name) => redactObserved('x', `tags.${name}`, 'aws_vpc', {}, undefined)],
    ['secret names', (name) => isSecretScalarName(name)],
    ['rows of opened values', (name) => openings([change(`tags.${name}`)])],
    ['operations', (name) => knownOperation({ service: 'ec2', operation: name }, awsTables)],
    ['services', (name) => knownOperation({ service: name, operation: 'Put' }, awsTables)],
    [
      'attacks',
      (name) => step({ kind: 'deleted', type: 'aws_vpc', operationKey: name, changes: [] }),
    ],
    ['rules of paths', (name) => pathRules(awsTables, 'aws_vpc', `tags.${name}`)],
    ['steps of paths', (name) => desiredAt(owned('aws_vpc', { id: 'vpc-1' }), `tags.${name}`)],
  ])('stay in no cache: %s', (cache, use) => {
    const set = vi.spyOn(Map.prototype, 'set');
    use('n'.repeat(100_000));
    const long = set.mock.calls.filter(([key]) => typeof key === 'string' && key.length > 1_000);
    expect(long).toEqual([]);
    use(`short-${cache}`);
    expect(set).toHaveBeenCalled();
  });
});
