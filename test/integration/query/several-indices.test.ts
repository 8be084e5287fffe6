import { describe, expect, inject, it } from 'vitest';
import type { JsonObject } from '../../../src/core/model/json.ts';
import { jsonLines } from '../../support/query-command.ts';
import { useDocuments, writeDocuments } from '../../support/written-documents.ts';

const MONTHS = [1, 2, 3, 4, 5, 6];

/** Acts of a principal, in one environment each, the first in production. */
const actsOf = (month: number, principal: string, acts: number): readonly JsonObject[] =>
  Array.from({ length: acts }, (_, act) => ({
    candidate_id: `${principal}-${month}-${act}`,
    time: Date.UTC(2026, month - 1, 1 + act),
    actor: { principal },
    resource: { environment: act === 0 ? 'prod' : `env-${act}`, key: `k${act}` },
  }));

describe('questions over indices of several months', () => {
  const { ask, indexes } = useDocuments(({ driftCandidates }) =>
    MONTHS.flatMap((month) =>
      [
        ...actsOf(month, 'spread', 2),
        ...Array.from({ length: 20 }, (_, n) => actsOf(month, `of-${month}-${n}`, 3)).flat(),
      ].map((source) => ({ index: `${driftCandidates}-2026.0${month}`, source })),
    ),
  );

  it('shows an actor of 12 acts over six months before those of 3 acts in one', async () => {
    const { stdout, stderr } = await ask(
      ...['question', 'drift-by-actor', '--limit', '3', '--format', 'ndjson'],
    );
    const rows = jsonLines({ stdout, stderr, code: 0 });
    expect(rows.map(({ count }) => count)).toEqual([12, 3, 3]);
    expect(rows[0]).toMatchObject({ principal: 'spread', environments: ['env-1', 'prod'] });
    expect(stderr).toBe(
      `driftline: ${6 * 20 * 3 - 6} more documents are in groups beyond these; raise --limit\n`,
    );
  });

  it('names everyone behind a role that many share', async () => {
    const { opensearch } = inject('stack');
    const shared = ['dana (Admin)', 'kim (Admin)'].map((name, act) => ({
      index: `${indexes().driftCandidates}-2026.07`,
      source: { ...actsOf(7, 'shared', 2)[act], actor: { principal: 'shared', name } },
    }));
    await writeDocuments(opensearch, shared);
    const answer = await ask(
      'question',
      'drift-by-actor',
      '--since',
      '2026-07-01',
      '--format',
      'ndjson',
    );
    expect(jsonLines(answer)).toMatchObject([
      { principal: 'shared', count: 2, who: ['dana (Admin)', 'kim (Admin)'] },
    ]);
  });

  it('finds by --principal what an actor did under each role, and in one session', async () => {
    const { opensearch } = inject('stack');
    const session = 'arn:aws:sts::111122223333:assumed-role/Admin/lee';
    const found = async (principal: string): Promise<readonly unknown[]> => {
      const answer = await ask('candidates', '--principal', principal, '--format', 'ndjson');
      return jsonLines(answer)
        .map(({ candidate_id: id }) => id)
        .toSorted();
    };
    const acts = [
      { name: 'lee', entities: [] },
      { name: 'lee (Admin)', entities: [session] },
      { name: 'lee as deployer', entities: [] },
      { name: 'leeward (Admin)', entities: [`${session}ward`] },
    ].map(({ name, entities }, act) => ({
      index: `${indexes().driftCandidates}-2026.08`,
      source: {
        ...actsOf(8, 'lee', 4)[act],
        actor: { principal: 'arn:aws:iam::111122223333:role/Admin', name },
        entities,
      },
    }));
    await writeDocuments(opensearch, acts);
    expect(await found('lee')).toEqual(['lee-8-0', 'lee-8-1', 'lee-8-2']);
    expect(await found(session)).toEqual(['lee-8-1']);
  });

  it('shows an operation that each index has too many others before, more than one search measures', async () => {
    const { opensearch } = inject('stack');
    const acts = (month: number, operation: string, times: number) =>
      Array.from({ length: times }, (_, act) => ({
        index: `${indexes().auditEvents}-2026.0${month}.01`,
        source: {
          time: Date.UTC(2026, month - 1, 1 + act),
          metadata: { uid: `${operation}-${month}-${act}` },
          api: { operation, service: { name: 'a service' } },
          driftline: { outcome: 'unresolved', reason: 'unmapped_operation' },
        },
      }));
    await writeDocuments(
      opensearch,
      [1, 2, 3].flatMap((month) => [
        ...acts(month, 'Spread', 1),
        ...Array.from({ length: 1_100 }, (_, n) => acts(month, `Of${month}And${n}`, 2)).flat(),
      ]),
    );
    const { stdout, stderr } = await ask(
      ...['question', 'unresolved-operations', '--limit', '2', '--format', 'ndjson'],
    );
    const [first, second] = jsonLines({ stdout, stderr, code: 0 });
    expect(first).toMatchObject({ operation: 'Spread', count: 3 });
    expect(second).toMatchObject({ count: 2 });
  });
});
