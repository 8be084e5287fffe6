import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { ingressEvent, securityGroupState } from '../../support/cloudtrail-fixture.ts';
import { createDeployment, type Deployment } from '../../support/deployment.ts';
import type { DriftlineProcess, LogLine } from '../../support/driftline-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'driftline-ignore-run-'));
const file = join(folder, '.driftignore');
let deployment: Deployment | undefined;
afterAll(async () => {
  await deployment?.end();
  rmSync(folder, { recursive: true, force: true });
});

const LIMIT_MS = 40_000;

/** Resolves with the nth line of the event, from 1. */
const nth = async (
  { lines }: DriftlineProcess,
  event: string,
  number: number,
): Promise<LogLine> => {
  for (const end = Date.now() + LIMIT_MS; Date.now() < end;) {
    const found = lines.filter((line) => line.event === event)[number - 1];
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no line ${String(number)} of ${event} within ${String(LIMIT_MS)} ms`);
};

describe('driftline run with ignore rules', () => {
  it('takes a changed file without a restart, keeps the rules before a faulty one, and tells of ended rules', async () => {
    writeFileSync(file, '# expires: 2020-01-01\naws_vpc\n');
    deployment = await createDeployment(inject('stack'), 1, {
      'detection.ignoreRulesFile': file,
    });
    const { produce, caughtUp, auditDocuments, candidateDocuments } = deployment;
    await deployment.publishState(securityGroupState(1));
    const driftline = deployment.start();
    expect(await nth(driftline, 'ignore-rules.loaded', 1)).toMatchObject({ rules: 1, ended: 1 });
    expect(await nth(driftline, 'ignore-rule.ended', 1)).toMatchObject({ expires: '2020-01-01' });
    await produce([ingressEvent('before', 0)]);
    await caughtUp();

    writeFileSync(file, '# id: groups\naws_security_group\n');
    expect(await nth(driftline, 'ignore-rules.loaded', 2)).toMatchObject({ rules: 1, ended: 0 });
    await produce([ingressEvent('ruled', 0)]);
    await caughtUp();

    writeFileSync(file, 'aws_[\n');
    expect(await nth(driftline, 'ignore-rules.refused', 1)).toMatchObject({
      message: expect.stringContaining('line 1, column 5') as string,
    });
    await produce([ingressEvent('after', 0)]);
    await caughtUp();

    const outcomes = (await auditDocuments()).map(({ _id, _source }) => {
      const { outcome, reason, ignored_by } = _source['driftline'] as Record<string, unknown>;
      return [_id.split(':').at(-1), outcome, reason, ignored_by];
    });
    expect(outcomes.toSorted()).toEqual([
      ['after', 'ignored', 'rule:groups', ['groups']],
      ['before', 'candidate', expect.any(String), undefined],
      ['ruled', 'ignored', 'rule:groups', ['groups']],
    ]);
    expect(await candidateDocuments()).toMatchObject([
      {
        _source: {
          attacks: [{ version: '17.1', sub_technique: { uid: 'T1562.007' } }],
          change_set_adjacent_id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
        },
      },
    ]);
  });
});
