import { homedir } from 'node:os';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import type { CloudFormationTypeRow } from '../../src/core/model/format-tables.ts';
import type { OperationTable, ResourceTypeTable } from '../../src/core/model/provider-tables.ts';
import { awsTables } from './aws/aws-tables.ts';
import { resourceCatalogue, type ServiceNames } from './aws/resource-catalogue.ts';
import { azureTables } from './azure/azure-tables.ts';
import { readCloudFormationTypes } from './cloudformation-types.ts';
import { readDiscovery } from './google/discovery.ts';
import { googleTables } from './google/google-tables.ts';
import { googleTypes } from './google/google-types.ts';
import { readImportFormats } from './import-formats.ts';
import { fetchPackages, readPackageVersions } from './packages.ts';
import { readServiceModels } from './service-models.ts';
import { readTerraformTypes } from './terraform-types.ts';
import { writeTable } from './write-table.ts';

/**
 * Writes `config/providers/<provider>/generated/` anew from the public models that packages.json names. Downloads them
 * once, to DRIFTLINE_TABLES_CACHE (default `~/.cache/driftline-tables`).
 */

const PROVIDERS = join(import.meta.dirname, '..', '..', 'config', 'providers');
const cache =
  process.env['DRIFTLINE_TABLES_CACHE'] ?? join(homedir(), '.cache', 'driftline-tables');

const readJson = (...path: readonly string[]): unknown =>
  JSON.parse(readFileSync(join(...path), 'utf8'));

const write = (provider: string, name: string, rows: object): void => {
  const file = join(PROVIDERS, provider, 'generated', name);
  writeTable(file, rows as Readonly<Record<string, unknown>>);
  console.log(`${provider}/generated/${name}: ${Object.keys(rows).length} rows`);
};

const versions = readPackageVersions();
const folders = await fetchPackages(versions, cache);
const folderOf = (name: string): string => {
  const folder = folders.get(name);
  if (folder === undefined) throw new Error(`packages.json does not name ${name}.`);
  return folder;
};
const sourcesOf = (...names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    names.map((name) => [name, versions.npm[name] ?? versions.pip[name] ?? 'unknown']),
  );

const generateAws = (): void => {
  const names = readJson(import.meta.dirname, 'aws', 'services.json') as ServiceNames;
  const rows = readJson(PROVIDERS, 'aws', 'cloudformation-types.json') as Readonly<
    Record<string, CloudFormationTypeRow>
  >;
  const events = readJson(PROVIDERS, 'aws', 'events.json') as OperationTable;
  const types = readJson(PROVIDERS, 'aws', 'resource-types.json') as ResourceTypeTable;
  const catalogue = resourceCatalogue(
    readTerraformTypes(folderOf('@cdktf/provider-aws')),
    readCloudFormationTypes(folderOf('@aws-cdk/aws-service-spec'), rows),
    names,
  );
  const models = readServiceModels(folderOf('botocore'), names.eventSources);
  const tables = awsTables(models, catalogue, names, events.readPrefixes, types);
  write('aws', 'operations.json', tables.operations);
  write('aws', 'resource-types.json', tables.resourceTypes);
  write('aws', 'operation-names.json', tables.operationNames);
  write(
    'aws',
    'sources.json',
    sourcesOf('botocore', '@cdktf/provider-aws', '@aws-cdk/aws-service-spec'),
  );
};

const generateGoogle = (): void => {
  const events = readJson(PROVIDERS, 'gcp', 'events.json') as OperationTable;
  const types = googleTypes(
    readTerraformTypes(folderOf('@cdktf/provider-google')),
    readImportFormats(folderOf('@pulumi/gcp')),
  );
  const apis = readDiscovery(folderOf('google-api-python-client'));
  const tables = googleTables(apis, types, events);
  write('gcp', 'operations.json', tables.operations);
  write('gcp', 'resource-types.json', tables.resourceTypes);
  write('gcp', 'operation-names.json', tables.operationNames);
  write(
    'gcp',
    'sources.json',
    sourcesOf('google-api-python-client', '@cdktf/provider-google', '@pulumi/gcp'),
  );
};

const generateAzure = (): void => {
  const tables = azureTables(
    readTerraformTypes(folderOf('@cdktf/provider-azurerm')),
    readImportFormats(folderOf('@pulumi/azure')),
  );
  write('azure', 'operations.json', tables.operations);
  write('azure', 'resource-types.json', tables.resourceTypes);
  write('azure', 'sources.json', sourcesOf('@cdktf/provider-azurerm', '@pulumi/azure'));
};

generateAws();
generateGoogle();
generateAzure();
