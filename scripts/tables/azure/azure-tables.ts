import type {
  OperationRow,
  ResourceTypeRow,
  TargetRow,
} from '../../../src/core/model/provider-tables.ts';
import type { ProviderTableFiles } from '../aws/aws-tables.ts';
import { terraformTypeOf, type ImportFormat } from '../import-formats.ts';
import { singular, snakeCase } from '../names.ts';

/** `Microsoft.Network` and `virtualNetworks/subnets` of an ARM id: its last provider's. */
const armTypeOf = (
  id: string,
): { readonly namespace: string; readonly type: string } | undefined => {
  // An association is imported by two ids: it is no resource of ARM's.
  if (!id.startsWith('/') || /[|;,]/.test(id)) return undefined;
  const [, namespace, path] = /.*\/providers\/([\w.]+)\/(.+)$/i.exec(id) ?? [];
  const segments = path?.split('/') ?? [];
  if (namespace === undefined || segments.length === 0 || segments.length % 2 === 1)
    return undefined;
  return { namespace, type: segments.filter((_segment, index) => index % 2 === 0).join('/') };
};

const compact = (name: string): string => name.replaceAll('_', '').toLowerCase();

/** A setting of a resource is imported by the resource's id: a type of other words is not the resource itself. */
const means = (type: string, armType: string): boolean => {
  const last = armType.slice(armType.lastIndexOf('/') + 1);
  return compact(type).endsWith(compact(singular(snakeCase(last))));
};

/**
 * The write and the delete of each type of Azure's that exactly one Terraform type stands for, told by the ids that the
 * types are imported by.
 * @param types all of the provider, with whether they have tags.
 */
export const azureTables = (
  types: ReadonlyMap<string, { readonly names: ReadonlySet<string> }>,
  formats: readonly ImportFormat[],
): Pick<ProviderTableFiles, 'operations' | 'resourceTypes'> => {
  const byArmType = new Map<string, Set<string>>();
  for (const { token, id } of formats) {
    const arm = armTypeOf(id);
    const type = terraformTypeOf(token, 'azurerm_', types.keys());
    if (arm === undefined || type === undefined || !means(type, arm.type)) continue;
    const key = `${arm.namespace}:${arm.type}`.toLowerCase();
    byArmType.set(key, (byArmType.get(key) ?? new Set()).add(type));
  }
  const operations: Record<string, OperationRow> = {};
  const resourceTypes: Record<string, ResourceTypeRow> = {};
  for (const [key, found] of byArmType) {
    const [type] = found;
    if (type === undefined || found.size > 1) continue;
    const target: TargetRow = { type, id: '{resource.uid}' };
    const hasTags = types.get(type)?.names.has('tags') === true;
    const tags: TargetRow = {
      ...target,
      changes: [{ path: 'tags', from: 'request.tags', as: 'tag_set' }],
    };
    operations[`${key}/write`] = { effect: 'update', targets: [hasTags ? tags : target] };
    operations[`${key}/delete`] = { effect: 'delete', targets: [target] };
    resourceTypes[type] = {};
  }
  return { operations, resourceTypes };
};
