import { afterEach, expect, inject, it } from 'vitest';
import { ingressEvent, securityGroupState } from '../../support/cloudtrail-fixture.ts';
import { createDeployment, type Deployment } from '../../support/deployment.ts';

let deployment: Deployment | undefined;
afterEach(() => deployment?.end());

it('puts acts of impossible times into one index, however many days they name', async () => {
  deployment = await createDeployment(inject('stack'));
  await deployment.publishState(securityGroupState(1));
  const at = (time: string, id: string): string =>
    JSON.stringify({ ...(JSON.parse(ingressEvent(id, 0)) as object), eventTime: time });
  const day = 86_400_000;
  const far = Array.from({ length: 60 }, (_, number) =>
    at(new Date(Date.UTC(2040, 0, 1) + number * day).toISOString(), `far-${number}`),
  );
  const today = new Date().toISOString();
  await deployment.produce([...far, at('2001-02-03T04:05:06Z', 'old'), at(today, 'now')]);
  deployment.start();
  await deployment.caughtUp();

  const indexesOf = (documents: readonly { readonly _index: string }[]): readonly string[] =>
    [...new Set(documents.map(({ _index }) => _index.replace(/^[^-]*-/, '')))].sort();
  const audit = await deployment.auditDocuments();
  expect(audit).toHaveLength(62);
  expect(indexesOf(audit)).toEqual([
    `audit-events-${today.slice(0, 10).replaceAll('-', '.')}`,
    'audit-events-quarantine',
  ]);
  const candidates = await deployment.candidateDocuments();
  expect(candidates).toHaveLength(62);
  expect(indexesOf(candidates)).toEqual([
    `drift-candidates-${today.slice(0, 7).replace('-', '.')}`,
    'drift-candidates-quarantine',
  ]);
});
