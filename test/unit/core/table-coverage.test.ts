import { describe, expect, it } from 'vitest';
import { tableCoverage } from '../../../src/core/table-coverage.ts';
import type { OperationRow, ProviderTables } from '../../../src/core/model/provider-tables.ts';
import type { Provider } from '../../../src/core/model/provider.ts';
import { readOperationNames, readProviderTables } from '../../../src/config/provider-tables.ts';

const tablesOf = (rows: Readonly<Record<string, OperationRow>>): ProviderTables => ({
  serviceSuffix: '.amazonaws.com',
  operations: { readPrefixes: [], createPrefixes: [], deletePrefixes: [], runtime: [], rows },
  resourceTypes: {},
  actors: { signals: [] },
});

const known: OperationRow = { effect: 'delete', targets: [{ type: 'a', id: '{request.id}' }] };
const told: OperationRow = {
  effect: 'update',
  targets: [{ type: 'a', id: '{request.id}', fields: { name: 'name' } }],
};

describe('tableCoverage', () => {
  const tables = tablesOf({ 'a:Delete': known, 'a:Update': told, 'b:Renamed': told });

  it('counts by service what rows tell of the operations of the models', () => {
    const found = tableCoverage('aws', tables, { b: ['Put'], a: ['Delete', 'Update', 'Start'] });
    expect(found.services).toEqual([
      { service: 'a', operations: 3, identity: 2, attributes: 1 },
      { service: 'b', operations: 1, identity: 0, attributes: 0 },
    ]);
    expect(found).toMatchObject({ operations: 4, identity: 2, attributes: 1, rows: 3 });
  });

  it('counts rows that the models do not have apart', () => {
    expect(tableCoverage('aws', tables, { a: ['Delete'] }).rowsBeyondModels).toBe(2);
  });

  it('tells where each record states its resource', () => {
    expect(tableCoverage('aws', tables).everyResource).toBe(false);
    expect(tableCoverage('kubernetes', tables).everyResource).toBe(true);
    expect(tableCoverage('azure', { ...tables, statesResource: true }).everyResource).toBe(true);
  });
});

describe('the shipped tables', () => {
  const { tables } = readProviderTables('config');
  const names = readOperationNames('config');
  const of = (provider: Provider): ReturnType<typeof tableCoverage> => {
    const found = tables.get(provider);
    if (found === undefined) throw new Error(`No tables of ${provider}.`);
    return tableCoverage(provider, found, names.get(provider));
  };

  it('identify 4,000 of the mutating AWS operations, and tell attributes of 1,000', () => {
    const aws = of('aws');
    expect(aws.operations).toBeGreaterThan(10_500);
    expect(aws.identity).toBeGreaterThanOrEqual(4_000);
    expect(aws.attributes).toBeGreaterThanOrEqual(1_000);
  });

  it('identify 1,500 of the mutating methods of Google Cloud', () => {
    const gcp = of('gcp');
    expect(gcp.operations).toBeGreaterThan(5_000);
    expect(gcp.identity).toBeGreaterThanOrEqual(1_500);
    expect(gcp.attributes).toBeGreaterThanOrEqual(400);
  });

  it('identify every resource of Azure and Kubernetes', () => {
    expect(of('azure').everyResource).toBe(true);
    expect(of('kubernetes').everyResource).toBe(true);
  });
});
