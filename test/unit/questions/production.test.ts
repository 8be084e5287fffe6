import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { allSavedObjects } from '../../../scripts/dashboards/all-saved-objects.ts';
import { compileGlobs, globMatches } from '../../../src/core/model/glob.ts';
import { driftInProduction } from '../../../src/questions/drift-in-production.ts';
import { inProduction, NOT_PRODUCTION, PRODUCTION } from '../../../src/questions/production.ts';
import { sigmaRules } from '../../support/alert-files.ts';

const isProduction = (name: string): boolean =>
  compileGlobs(PRODUCTION)(name) && !compileGlobs(NOT_PRODUCTION)(name);

describe('what production is', () => {
  it.each([
    ...['prod', 'production', 'prd', 'live', 'prod-eu', 'eu-prod', 'eu-prod-1', 'eu-prd', 'prd2'],
    ...['acme-production', 'acme-production-eu', 'live-eu', 'eu-live'],
  ])('is %s', (name) => {
    expect(isProduction(name)).toBe(true);
  });

  it.each([
    ...['pre-prod', 'preprod', 'non-prod', 'nonprod', 'eu-pre-prod', 'pre-production', 'non-prd'],
    ...['staging', 'test', 'delivery', 'olive'],
  ])('is not %s', (name) => {
    expect(isProduction(name)).toBe(false);
  });

  it('is the same for the severity, whose first row that matches counts', () => {
    const { environments } = JSON.parse(
      readFileSync(new URL('../../../config/severity.json', import.meta.url), 'utf8'),
    ) as { readonly environments: Readonly<Record<string, number>> };
    const most = Math.max(...Object.values(environments));
    const rows = Object.entries(environments);
    const production = rows.filter(([, score]) => score === most).map(([glob]) => glob);
    expect(production).toEqual(PRODUCTION);
    for (const name of ['pre-prod', 'eu-non-prod', 'prod-eu', 'pre-prod-eu', 'eu-prd', 'dev'])
      expect(rows.find(([glob]) => globMatches(glob, name))?.[1] === most).toBe(isProduction(name));
  });

  it('is the same for the rule on consoles', () => {
    const rule = sigmaRules().find(({ title }) => title === 'A console changes production');
    expect(rule?.detection).toMatchObject({
      selection: { 'resource.environment': PRODUCTION },
      filter_not_production: { 'resource.environment': NOT_PRODUCTION },
      condition: 'selection and not filter and not filter_not_production',
    });
  });

  it('is the same for the question, its search and the panel of the overview', () => {
    expect(driftInProduction.where).toBe(inProduction);
    for (const id of ['driftline-search-drift-in-production', 'driftline-panel-production']) {
      const { attributes } = allSavedObjects.find((each) => each.id === id) ?? {};
      const text = JSON.stringify(attributes).replaceAll('\\', '');
      for (const glob of [...PRODUCTION, ...NOT_PRODUCTION])
        expect(text).toContain(JSON.stringify({ value: glob }));
    }
  });
});
