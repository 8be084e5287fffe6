import type { Provider } from './model/provider.ts';
import type { OperationRow, ProviderTables } from './model/provider-tables.ts';

/** Counts of mutating operations. */
export interface CoverageCounts {
  /** In the public models. */
  readonly operations: number;
  /** Of these, with a row that tells which resource the call touches. */
  readonly identity: number;
  /** Of these, with a row that tells which attributes the call sets. */
  readonly attributes: number;
}

export interface ServiceCoverage extends CoverageCounts {
  readonly service: string;
}

export interface ProviderCoverage extends CoverageCounts {
  readonly provider: Provider;
  /** Every record states the resource that it touched: an operation needs no row to be identified. */
  readonly everyResource: boolean;
  /** Rows in the tables, generated and by hand. */
  readonly rows: number;
  /** Rows of operations that the models do not have under this name, such as those that CloudTrail renames. */
  readonly rowsBeyondModels: number;
  /** By name. */
  readonly services: readonly ServiceCoverage[];
}

/** Mutating operations of the public models, by the service of the operation keys. */
export type OperationNames = Readonly<Record<string, readonly string[]>>;

const hasIdentity = ({ targets }: OperationRow): boolean => targets.length > 0;

const hasAttributes = ({ targets }: OperationRow): boolean =>
  targets.some(
    ({ changes = [], fields = {} }) => changes.length > 0 || Object.keys(fields).length > 0,
  );

/** Kubernetes' objectRef and an ARM id name what was touched, whatever its type. */
const statesEvery = (provider: Provider, tables: ProviderTables): boolean =>
  provider === 'kubernetes' || tables.statesResource === true;

/**
 * What a provider's tables know of the mutating operations that its public models have. A pure function of its
 * arguments.
 * @param names none for a provider without public models.
 */
export const tableCoverage = (
  provider: Provider,
  tables: ProviderTables,
  names: OperationNames = {},
): ProviderCoverage => {
  const { rows } = tables.operations;
  const modelled = new Set<string>();
  const services = Object.keys(names)
    .toSorted()
    .map((service): ServiceCoverage => {
      const operations = names[service] ?? [];
      const known = operations.flatMap((operation) => {
        const key = `${service}:${operation}`;
        modelled.add(key);
        return Object.hasOwn(rows, key) ? (rows[key] ?? []) : [];
      });
      return {
        service,
        operations: operations.length,
        identity: known.filter(hasIdentity).length,
        attributes: known.filter(hasAttributes).length,
      };
    });
  const sum = (name: keyof CoverageCounts): number =>
    services.reduce((all, one) => all + one[name], 0);
  const keys = Object.keys(rows);
  return {
    provider,
    everyResource: statesEvery(provider, tables),
    rows: keys.length,
    rowsBeyondModels: keys.filter((key) => !modelled.has(key)).length,
    operations: sum('operations'),
    identity: sum('identity'),
    attributes: sum('attributes'),
    services,
  };
};
