import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/model/json.ts';
import { jsonLines } from '../../support/query-command.ts';
import { valueAt } from '../../support/source-records.ts';
import { useDocuments } from '../../support/written-documents.ts';

const TIME = Date.UTC(2026, 0, 10, 12);
const GROUP = 'arn:aws:ec2:eu-west-1:1:security-group/sg-0abc';
const OWNED = { key: 'prod/sg', address: 'aws_security_group.web', environment: 'prod' };

/** Documents as the service writes them, as far as these questions look at them. */
const acts: readonly JsonObject[] = [
  {
    metadata: { uid: 'changed' },
    entities: ['AKIA1', 'aws_security_group:sg-0abc', 'id:sg-0abc', GROUP],
    actor: { user: { credential_uid: 'AKIA1' } },
    driftline: { outcome: 'candidate', owners: [OWNED], candidate_ids: ['c1'] },
  },
  { metadata: { uid: 'refused' }, entities: ['sg-0abc'], driftline: { outcome: 'failed' } },
  {
    metadata: { uid: 'of another' },
    entities: ['sg-0abc', 'id:other'],
    driftline: { outcome: 'candidate', owners: [{ key: 'prod/other', address: 'other' }] },
  },
  {
    metadata: { uid: 'by a namesake' },
    entities: ['sg-0abc'],
    actor: { user: { name: 'sg-0abc' } },
    driftline: { outcome: 'read' },
  },
  {
    metadata: { uid: 'by a service' },
    entities: ['config.amazonaws.com'],
    src_endpoint: { domain: 'config.amazonaws.com' },
    driftline: { outcome: 'candidate', candidate_ids: ['c2'] },
  },
];
const candidates: readonly JsonObject[] = [
  {
    candidate_id: 'c1',
    event_id: 'changed',
    resource: {
      key: OWNED.key,
      type: 'aws_security_group',
      identity: 'aws_security_group:sg-0abc',
      address: OWNED.address,
      environment: 'prod-eu',
    },
  },
  { candidate_id: 'c2', resource: { key: 'k2\u001b[2J', address: 'two' } },
  { candidate_id: 'c3', resource: { key: 'k3\u009b2J', address: 'two', environment: 'pre-prod' } },
];

describe('questions about documents of one day', () => {
  const { ask } = useDocuments(({ auditEvents, driftCandidates }) => [
    ...acts.map((source) => ({
      index: `${auditEvents}-2026.01.10`,
      source: { time: TIME, ...source },
    })),
    ...candidates.map((source) => ({
      index: `${driftCandidates}-2026.01`,
      source: { time: TIME, ...source },
    })),
  ]);

  const found = async (...args: readonly string[]): Promise<readonly unknown[]> => {
    const rows = jsonLines(await ask(...args, '--format', 'ndjson'));
    return rows.map((row) => row['candidate_id'] ?? valueAt(row, 'metadata.uid')).toSorted();
  };

  it.each(['aws_security_group:sg-0abc', 'aws_security_group.web', 'prod/sg'])(
    'finds acts that were refused, which name the bare id alone: %s',
    async (name) => {
      expect(await found('resource', name)).toEqual(['c1', 'changed', 'refused']);
    },
  );

  it('finds them around a candidate', async () => {
    expect(await found('around', 'c1', '--same', 'resource')).toEqual(['changed', 'refused']);
  });

  it('finds what drifted in `prod-eu`, and not in what is not production', async () => {
    expect(await found('question', 'drift-in-production')).toEqual(['c1']);
  });

  it.each([
    ['AKIA1', ['c1', 'changed']],
    ['config.amazonaws.com', ['by a service', 'c2']],
  ])('finds the candidates of an actor that only the events name: %s', async (name, expected) => {
    expect(await found('actor', name)).toEqual(expected);
  });

  it('sends no control character of a key to the terminal', async () => {
    const table = await ask('resource', 'two');
    expect(table.stderr).toContain('two denotes 2 resources: k2·[2J, k3·2J; all of them are shown');
    const { stdout } = await ask('candidates', '--format', 'ndjson');
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(stdout).toContain('k3\\u009b2J');
  });
});
