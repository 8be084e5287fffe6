import { SHIPPED_TABLES } from './compose-parts.ts';
import { readOperationNames, readProviderTables } from './config/provider-tables.ts';
import type { Config } from './config/schema.ts';
import { tableCoverage, type ProviderCoverage } from './core/table-coverage.ts';

/** The coverage of the tables that a run with the same configuration has. */
export const composeCoverage =
  (config: () => Config): (() => readonly ProviderCoverage[]) =>
  () => {
    const { tables } = readProviderTables(SHIPPED_TABLES, config().detection.tablesFolder);
    const names = readOperationNames(SHIPPED_TABLES);
    return Array.from(tables, ([provider, each]) =>
      tableCoverage(provider, each, names.get(provider)),
    ).toSorted((a, b) => (a.provider < b.provider ? -1 : 1));
  };
