import type {
  ChangeRow,
  Effect,
  OperationRow,
  OperationTable,
  ResourceTypeRow,
  TargetRow,
} from '../../../src/core/model/provider-tables.ts';
import type { ProviderTableFiles } from '../aws/aws-tables.ts';
import type { TerraformType } from '../terraform-types.ts';
import type { DiscoveryApi, DiscoveryMethod } from './discovery.ts';
import type { GoogleTypes } from './google-types.ts';
import {
  auditOperation,
  collectionNouns,
  isRest,
  lastOf,
  serviceOf,
  withoutPackage,
} from './method-names.ts';
import { requestFields } from './request-fields.ts';

interface Made {
  readonly effect: Effect;
  readonly type: TerraformType | undefined;
  readonly targets: readonly TargetRow[];
}

/** Custom methods that change the configuration of what they are called on. */
const SETS =
  /^(set|add|remove|update|patch|attach|detach|resize|move|enable|disable|deprecate|switch|rotate|upgrade|rename|undelete|deploy|undeploy|activate|deactivate|promote|replace|change|lock|unlock|destroy|revoke|transfer)([A-Z]|$)/;
/** Policies have types of their own, member by member; operations are no configuration. */
const OTHERS = /iamPolicy$|iamPermissions$/i;
const OPERATIONS = /\.operations\.[a-zA-Z]+$/;

const effectOf = (method: DiscoveryMethod): Effect | undefined => {
  const last = lastOf(method);
  if (OTHERS.test(last)) return undefined;
  if (last === 'insert' || last === 'create') return 'create';
  if (last === 'delete') return 'delete';
  return SETS.test(last) ? 'update' : undefined;
};

/** The path of the thing that the method is about, without the version and what it is told to do. */
const pathOf = (method: DiscoveryMethod): string => {
  const path = (method.flatPath ?? method.path).replace(
    /^(?:[a-z]+\/)?v\d+(?:(?:alpha|beta|p)\d*)*\//,
    '',
  );
  const last = lastOf(method);
  return path.endsWith(`/${last}`) ? path.slice(0, -last.length - 1) : path;
};

const isThing = (path: string): boolean =>
  /^(projects|organizations|folders)\/[^/]+\/.+\}(:\w+)?$/.test(path);

const bodyOf = (
  api: DiscoveryApi,
  method: DiscoveryMethod,
  rest: boolean,
  type: TerraformType,
): readonly ChangeRow[] => {
  const schema = method.request?.$ref ?? '';
  if (!/^(insert|create|patch|update)$/.test(lastOf(method)) || schema.endsWith('Request'))
    return [];
  const noun = withoutPackage(schema);
  const from = rest ? 'request' : `request.${noun.slice(0, 1).toLowerCase()}${noun.slice(1)}`;
  return requestFields(api.schemas, api.schemas[schema], type.attributes, from);
};

const rowOf = (
  api: DiscoveryApi,
  method: DiscoveryMethod,
  rest: boolean,
  types: GoogleTypes,
): Made | undefined => {
  const effect = effectOf(method);
  if (effect === undefined) return undefined;
  const path = pathOf(method);
  const type = types(api.name, effect === 'create' ? `${path}/{name}` : path);
  const changes = type === undefined ? [] : bodyOf(api, method, rest, type);
  const target = (id: string): TargetRow => ({
    type: type?.type ?? '*',
    id,
    ...(changes.length === 0 ? {} : { changes }),
  });
  if (effect !== 'create') {
    // Some calls state the parent of what they delete: only a type tells the one from the other.
    if (type === undefined && (effect === 'delete' || !isThing(path))) return undefined;
    return { effect, type, targets: [target('{resource.uid}')] };
  }
  if (type === undefined) return undefined;
  if (rest) return { effect, type, targets: [target('{resource.uid}')] };
  const holds = path.slice(path.lastIndexOf('/') + 1);
  const given = Object.keys(method.parameters ?? {}).find(
    (name) =>
      /Id$/.test(name) && method.parameters?.[name]?.location === 'query' && name !== 'requestId',
  );
  const named = given === undefined ? [] : [target(`{resource.uid}/${holds}/{request.${given}}`)];
  return { effect, type, targets: [target('{response.name}'), ...named] };
};

/** One row of calls that audit logs give one name: of one type, or of whatever the record states. */
const joined = (made: readonly Made[]): OperationRow | undefined => {
  const [first] = made;
  if (first === undefined || made.some(({ effect }) => effect !== first.effect)) return undefined;
  const same = made.every(({ type }) => type === first.type);
  if (same) return { effect: first.effect, targets: first.targets };
  if (first.effect === 'create') return undefined;
  if (first.effect === 'delete') {
    const targets = made.flatMap((one) => one.targets);
    return {
      effect: 'delete',
      targets: [...new Map(targets.map((one) => [one.type, one])).values()],
    };
  }
  return { effect: first.effect, targets: [{ type: '*', id: '{resource.uid}' }] };
};

const isRead = (operation: string, table: OperationTable): boolean =>
  table.readPrefixes.some((prefix) => new RegExp(`^${prefix}(?![a-z])`).test(operation)) ||
  (table.readSuffixes ?? []).some((suffix) => operation.endsWith(suffix)) ||
  /\.(get|list|search|query|test|aggregatedList|lookup|fetch)[A-Za-z]*$/.test(operation);

/** The operations and resource types of Google Cloud as the discovery documents tell them. */
export const googleTables = (
  apis: readonly DiscoveryApi[],
  types: GoogleTypes,
  events: OperationTable,
): ProviderTableFiles => {
  const made = new Map<string, Map<string, Made | undefined>>();
  const mutating = new Map<string, Set<string>>();
  for (const api of apis) {
    const rest = isRest(api.methods);
    const nouns = collectionNouns(api.methods);
    for (const method of api.methods) {
      if (method.httpMethod === 'GET' || OPERATIONS.test(method.id)) continue;
      const operation = auditOperation(method, rest, nouns);
      if (isRead(operation, events)) continue;
      const service = serviceOf(api.name);
      mutating.set(service, (mutating.get(service) ?? new Set()).add(operation));
      const key = `${service}:${operation}`;
      const known = made.get(key) ?? new Map<string, Made | undefined>();
      made.set(key, known);
      // An older version of the API tells nothing that the newest does not.
      if (!known.has(method.id)) known.set(method.id, rowOf(api, method, rest, types));
    }
  }
  const operations: Record<string, OperationRow> = {};
  const resourceTypes: Record<string, ResourceTypeRow> = {};
  for (const [key, byMethod] of made) {
    const all = [...byMethod.values()];
    const found = all.filter((one) => one !== undefined);
    const whole = found.length === all.length || found[0]?.effect !== 'create';
    const row = whole ? joined(found) : undefined;
    if (row === undefined) continue;
    operations[key] = row;
    for (const { type } of row.targets) if (type !== '*') resourceTypes[type] = {};
  }
  return {
    operations,
    resourceTypes,
    operationNames: Object.fromEntries(
      [...mutating].map(([service, names]) => [service, [...names].sort()]),
    ),
  };
};
