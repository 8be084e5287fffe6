import type {
  OperationRow,
  ResourceTypeRow,
  ResourceTypeTable,
  TargetRow,
} from '../../../src/core/model/provider-tables.ts';
import type { ServiceModel } from '../service-models.ts';
import { operationRow, type MadeRow } from './operation-rows.ts';
import type { ResourceCatalogue, ServiceNames } from './resource-catalogue.ts';

export interface ProviderTableFiles {
  readonly operations: Readonly<Record<string, OperationRow>>;
  readonly resourceTypes: ResourceTypeTable;
  /** All mutating operations of the models, by service. */
  readonly operationNames: Readonly<Record<string, readonly string[]>>;
}

const isRead = (operation: string, prefixes: readonly string[]): boolean =>
  prefixes.some((prefix) => new RegExp(`^${prefix}(?![a-z])`).test(operation));

/**
 * One row of services that record under one name. Each target finds what is its own by what the request holds; a
 * creation would be of one type or the other, so it is told only where both agree.
 */
const joined = (one: OperationRow, other: OperationRow): OperationRow | undefined => {
  if (JSON.stringify(one) === JSON.stringify(other)) return one;
  if (one.effect !== other.effect || one.effect === 'create') return undefined;
  const targets = [...one.targets];
  for (const target of other.targets) {
    if (!targets.some((known) => known.type === target.type && known.id === target.id)) {
      targets.push(target);
    }
  }
  return { effect: one.effect, targets };
};

const renamed = (target: TargetRow, types: ResourceTypeTable): TargetRow => ({
  ...target,
  type: types[target.type]?.sameAs ?? target.type,
});

/** The operations and resource types of AWS as the models tell them. */
export const awsTables = (
  models: readonly ServiceModel[],
  catalogue: ResourceCatalogue,
  names: ServiceNames,
  readPrefixes: readonly string[],
  handTypes: ResourceTypeTable,
): ProviderTableFiles => {
  const made = new Map<string, MadeRow[]>();
  const unmade = new Set<string>();
  const mutating = new Map<string, Set<string>>();
  const accountWide = new Set<string>();
  for (const model of models) {
    for (const operation of Object.values(model.operations)) {
      if (isRead(operation.name, readPrefixes)) continue;
      const known = mutating.get(model.source) ?? new Set();
      mutating.set(model.source, known.add(operation.name));
      if (names.skipped[model.id] !== undefined) continue;
      const found = operationRow(model, operation, catalogue);
      const key = `${model.source}:${operation.name}`;
      if (found === undefined) {
        unmade.add(key);
        continue;
      }
      made.set(key, [...(made.get(key) ?? []), found]);
      if (found.type !== undefined && names.global.includes(model.id)) {
        accountWide.add(found.type.type);
      }
    }
  }
  const operations: Record<string, OperationRow> = {};
  const identities = new Map<string, Set<string>>();
  for (const [key, found] of made) {
    const rows: readonly (OperationRow | undefined)[] = found.map(({ row }) => row);
    const row = rows.reduce((one, other) => one && other && joined(one, other));
    // Where another service has the operation too and its thing is not known, nothing says which was created.
    if (row === undefined || (row.effect === 'create' && unmade.has(key))) continue;
    operations[key] = { ...row, targets: row.targets.map((one) => renamed(one, handTypes)) };
    for (const { type, identities: templates } of found) {
      if (type === undefined) continue;
      const name = handTypes[type.type]?.sameAs ?? type.type;
      identities.set(name, new Set([...(identities.get(name) ?? []), ...templates]));
    }
  }
  const resourceTypes = [...identities].map(([type, templates]): [string, ResourceTypeRow] => [
    type,
    {
      ...(accountWide.has(type) ? { unique: 'account' } : {}),
      ...(templates.size === 0 ? {} : { identities: [...templates].sort() }),
    },
  ]);
  return {
    operations,
    resourceTypes: Object.fromEntries(resourceTypes),
    operationNames: Object.fromEntries(
      [...mutating].map(([source, found]) => [source, [...found].sort()]),
    ),
  };
};
