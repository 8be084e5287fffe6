import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../faults/support/evidence.ts';
import { judge } from '../../faults/support/invariants.ts';
import { readEvent } from '../../support/cloudtrail-fixture.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const record = (offset: number, text: string): Evidence['input'][number] => ({
  partition: 0,
  offset: String(offset),
  hash: sha256(text),
  isOneEvent: true,
});

const document = (offset: number, text: string): Evidence['documents'][number] => {
  const { eventID } = JSON.parse(text) as { readonly eventID: string };
  return {
    id: eventID,
    index: 'audit-events-2026.01.01',
    eventId: eventID,
    uid: eventID,
    hash: sha256(text),
    place: `0/${offset}`,
    isConflict: false,
    opened: undefined,
  };
};

const told = (candidateId: string, eventId: string): Evidence['candidates'][number] => ({
  candidateId,
  eventId,
  resourceKey: 'resource',
});

const [a, b] = [readEvent('a'), readEvent('b')];
const sound: Evidence = {
  input: [record(0, a), record(1, b)],
  ranges: new Map([[0, { low: 0n, high: 2n }]]),
  committed: new Map([[0, 2n]]),
  documents: [document(0, a), document(1, b)],
  candidateDocuments: [],
  candidates: [],
  deadLetters: [],
  declaredDrops: 0n,
  leaks: [],
};
const violations = (change: Partial<Evidence>): readonly string[] =>
  judge({ ...sound, ...change }, () => true, 'end').violations;

describe('the judge of the invariants', () => {
  it('finds nothing where all is well', () => {
    expect(violations({})).toEqual([]);
  });

  it.each<[string, Partial<Evidence>, string]>([
    ['a record without a document', { documents: [document(0, a)] }, 'I1 lost records: 1 (0/1)'],
    ['a document of no record', { input: [record(0, a)] }, 'I1 from no record: 1 (0/1)'],
    [
      'records that are gone and not declared',
      { ranges: new Map([[0, { low: 5n, high: 5n }]]), input: [], committed: new Map() },
      'I1 3 records are gone, 0 are declared',
    ],
    [
      'a document of other bytes',
      { documents: [document(0, b), document(1, b)] },
      'I1 documents of other bytes than their record: 1 (b)',
    ],
    [
      'an event in two indices',
      { documents: [document(0, a), document(0, a), document(1, b)] },
      'I2 duplicate documents',
    ],
    ['a lag', { committed: new Map([[0, 1n]]) }, 'I4 partition 0 has a lag: 1 of 2'],
    [
      'an offset past the end',
      { committed: new Map([[0, 3n]]) },
      'I4 partition 0 is committed past its end',
    ],
    [
      'an act without a candidate',
      { documents: [{ ...document(0, a), opened: 'sg-1' }, document(1, b)] },
      'I3 acts without a candidate: 1 (a)',
    ],
    [
      'a candidate that was told twice',
      { candidates: [told('c', 'a'), told('c', 'a')] },
      'I3 duplicate candidates: 1 (c)',
    ],
    [
      'candidates out of order',
      { candidates: [told('d', 'b'), told('c', 'a')] },
      'candidates out of the order of their events: 1 (c)',
    ],
    ['a secret', { leaks: ['log'] }, 'I6 the secret'],
  ])('finds %s', (_what, change, found) => {
    expect(violations(change)).toContainEqual(expect.stringContaining(found));
  });

  it('takes a second copy of a record for its document', () => {
    const change = { input: [record(0, a), record(1, b), record(2, a)] };
    const evidence = {
      ...sound,
      ...change,
      committed: new Map([[0, 3n]]),
      ranges: new Map([[0, { low: 0n, high: 3n }]]),
    };
    expect(judge(evidence, () => true, 'end').violations).toEqual([]);
  });
});
