import { namesOfArn, serviceOfArn } from '../model/arn-names.ts';
import { ACTIVITY, type AuditEvent } from '../model/audit-event.ts';
import type { DesiredIndex, DesiredResource } from '../model/desired-resource.ts';
import type { Identification, IdentifiedResource } from '../model/detection.ts';
import { projectForms } from '../model/google-project.ts';
import { inScope, isArn, scopeOfArn, typedIdentity } from '../model/identity.ts';
import type { Scope } from '../model/identity.ts';
import type { JsonObject, JsonValue } from '../model/json.ts';
import { holdsAll } from '../model/literal-match.ts';
import { operationKey, serviceKey } from '../model/operation-key.ts';
import { compilePath, compileTemplate, expandTemplate, readPath } from '../model/path-template.ts';
import type { Expansion } from '../model/path-template.ts';
import type {
  Effect,
  OperationRow,
  ProviderTables,
  ResourceTypeTable,
  TargetRow,
} from '../model/provider-tables.ts';
import { namesTarget, nounOf, requestIdentifiers } from '../model/request-identifiers.ts';
import { pathIdentity, resourcePath } from '../model/resource-path.ts';
import { rulesOfCall } from '../model/security-group-rules.ts';

/** The most resources that one act is followed to. */
const MAX_RESOURCES = 1_000;
const ANY_TYPE = '*';

interface Search {
  readonly event: AuditEvent;
  readonly tables: ProviderTables;
  readonly index: DesiredIndex;
  /** What templates read: request, response, account, region. */
  readonly root: JsonObject;
}

const patterns = new Map<string, RegExp>();

/** Patterns are of the tables, which are few. */
const compilePattern = (text: string): RegExp => {
  const known = patterns.get(text) ?? new RegExp(text);
  patterns.set(text, known);
  return known;
};

const canonicalType = (types: ResourceTypeTable, type: string): string =>
  (Object.hasOwn(types, type) ? types[type]?.sameAs : undefined) ?? type;

const scopeFor = (search: Search, owner: DesiredResource, arn: Scope): Scope => {
  const { tables, event } = search;
  const type = canonicalType(tables.resourceTypes, owner.type);
  const row = Object.hasOwn(tables.resourceTypes, type) ? tables.resourceTypes[type] : undefined;
  const unique = row?.unique ?? tables.unique;
  if (unique === 'global') return arn;
  const account = arn.account ?? event.account;
  return unique === 'account' ? { account } : { account, region: arn.region ?? event.region };
};

/**
 * One thing out of owners of several types that share an identity, such as a topic and the policy on it, which both
 * go by the topic's ARN: those with the attribute that the act sets, then those that are no part of another by name.
 */
const wholes = (
  owners: readonly DesiredResource[],
  target: TargetRow | undefined,
): readonly DesiredResource[] => {
  if (owners.every(({ type }) => type === owners[0]?.type)) return owners;
  const set = target?.changes?.[0]?.path;
  const having = owners.filter(
    ({ attributes }) => set !== undefined && Object.hasOwn(attributes, set),
  );
  const left = having.length > 0 ? having : owners;
  return left.filter(({ type }) => !left.some((other) => type.startsWith(`${other.type}_`)));
};

/**
 * Owners under one of the identities, in their order of trust; the first identity with an owner in scope wins.
 * @param type the only type that counts; `*` for any.
 */
const ownersOf = (
  search: Search,
  identities: readonly string[],
  arn: Scope,
  type: string,
  target?: TargetRow,
): { readonly identity: string; readonly owners: readonly DesiredResource[] } => {
  const { event, index, tables } = search;
  for (const identity of identities) {
    const owners = index
      .lookup(identity)
      .filter(
        (owner) =>
          owner.provider === event.provider &&
          (type === ANY_TYPE || canonicalType(tables.resourceTypes, owner.type) === type) &&
          inScope(owner, scopeFor(search, owner, arn)),
      );
    if (owners.length > 0) return { identity, owners: wholes(owners, target) };
  }
  return { identity: identities[0] ?? '', owners: [] };
};

const typed = (type: string, value: string): string =>
  typedIdentity(type === ANY_TYPE ? 'id' : type, value);

/** Other ways that the type's row knows to write the value. */
const formsOf = (types: ResourceTypeTable, type: string, value: string): readonly string[] => {
  const row = Object.hasOwn(types, type) ? types[type] : undefined;
  const forms = (row?.forms ?? []).flatMap(({ match, as }) => {
    const pattern = compilePattern(match);
    return pattern.test(value) ? value.replace(pattern, as) : [];
  });
  return row?.lowerCase === true ? [...forms, value.toLowerCase()] : forms;
};

/** A path under its type, as the type's row may spell it, and as the path of anything. */
const pathIdentities = (search: Search, type: string, path: string): readonly string[] => {
  const ways = projectForms(path, search.index).flatMap((way) => [
    pathIdentity(way) ?? '',
    ...(type === ANY_TYPE ? [] : [way, ...formsOf(search.tables.resourceTypes, type, way)]).map(
      (form) => typed(type, form),
    ),
  ]);
  return [...new Set(ways)];
};

/** A value of a target as the identities that may denote it. */
const identitiesOf = (search: Search, type: string, value: string): readonly string[] => {
  const path = pathIdentity(value);
  if (path !== undefined) return pathIdentities(search, type, value);
  const names = namesOfArn(value);
  const forms = formsOf(search.tables.resourceTypes, type, value).map((form) => typed(type, form));
  if (names.length === 0) return [...new Set([typed(type, value), ...forms])];
  const inner = type === ANY_TYPE ? [] : names.map((name) => typed(type, name));
  return [...(isArn(value) ? [value] : []), typed(type, value), ...inner, ...forms];
};

/** The scope that an ARN tells, or `account:name` as Lambda takes it. */
const scopeOfText = (text: string): Scope => {
  if (isArn(text)) return scopeOfArn(text);
  const account = /^(\d{12}):/.exec(text)?.[1];
  return account === undefined ? {} : { account };
};

const itemsOf = (search: Search, from: string): readonly JsonObject[] => {
  for (const path of from.split('|')) {
    const [call] = readPath(search.root, compilePath(path), 0, 1);
    const rules = call === undefined ? [] : rulesOfCall(call);
    if (rules.length > 0) return rules.map((rule): JsonObject => ({ ...rule }));
  }
  return [];
};

const expand = (search: Search, target: TargetRow): readonly Expansion[] => {
  const template = compileTemplate(target.id);
  if (target.items === undefined) return expandTemplate(template, search.root, MAX_RESOURCES);
  const [group] = readPath(search.root, compilePath('request.groupId'), 0, 1);
  return itemsOf(search, target.items.from)
    .slice(0, MAX_RESOURCES)
    .flatMap((item, index) => {
      const self = item['source'] === group ? { self: true } : {};
      const itemRoot: JsonObject = { ...search.root, item: { ...item, ...self } };
      return expandTemplate(template, itemRoot, 1).map(({ text }) => ({ text, index }));
    });
};

const identified = (
  search: Search,
  target: TargetRow,
  effect: Effect,
): readonly IdentifiedResource[] => {
  if (!holdsAll(search.root, target.when)) return [];
  const seen = new Set<string>();
  const found: IdentifiedResource[] = [];
  for (const { text, index } of expand(search, target)) {
    if (seen.has(text)) continue;
    seen.add(text);
    const arn = scopeOfText(text);
    const { identity, owners } = ownersOf(
      search,
      identitiesOf(search, target.type, text),
      arn,
      target.type,
      target,
    );
    const type = target.type === ANY_TYPE ? (owners[0]?.type ?? ANY_TYPE) : target.type;
    found.push({
      identity,
      type,
      owners,
      effect: target.effect ?? effect,
      matchedBy: 'table',
      target,
      position: index,
    });
  }
  return found;
};

/** ARNs that the record states, of the event's own service, as desired resources that one of the targets may mean. */
const statedArns = (
  search: Search,
  row: OperationRow | undefined,
): readonly IdentifiedResource[] => {
  const { event, tables } = search;
  const service = serviceKey(event.service, tables.serviceSuffix);
  const effect = row?.effect ?? effectWithoutRow(search);
  const found: IdentifiedResource[] = [];
  for (const { uid } of event.resources.slice(0, MAX_RESOURCES)) {
    if (!isArn(uid) || serviceOfArn(uid) !== service) continue;
    const { identity, owners } = ownersOf(search, [uid], scopeOfArn(uid), ANY_TYPE);
    const [owner] = owners;
    if (owner === undefined) continue;
    const type = canonicalType(tables.resourceTypes, owner.type);
    const target = row?.targets.find(
      (one) => (one.type === type || one.type === ANY_TYPE) && holdsAll(search.root, one.when),
    );
    if (row !== undefined && target === undefined) continue;
    found.push({
      identity,
      type,
      owners,
      effect: target?.effect ?? effect,
      matchedBy: 'stated',
      ...(target === undefined ? {} : { target }),
      position: 0,
    });
  }
  return found;
};

/** A project, folder or organization by itself: what happens in it is not done to it. */
const isContainer = (path: string): boolean => /^[^/]+\/[^/]+$/.test(path);

/** The resource whose path the record states, as the desired resource of whatever type that has the path. */
const statedPath = (search: Search): readonly IdentifiedResource[] => {
  const { event, tables } = search;
  const [first] = event.resources;
  const identity = first === undefined ? undefined : pathIdentity(first.uid);
  if (first === undefined || identity === undefined || isContainer(first.uid)) return [];
  const effect = effectWithoutRow(search);
  const at = (path: string): IdentifiedResource['owners'] =>
    ownersOf(search, pathIdentities(search, ANY_TYPE, path), {}, ANY_TYPE).owners;
  const owners = at(first.uid);
  const [owner] = owners;
  if (owner !== undefined) {
    // A creation without a row may name what it was created in.
    if (effect === 'create' && tables.statesResource !== true) return [];
    const type = canonicalType(tables.resourceTypes, owner.type);
    return [{ identity, type, owners, effect, matchedBy: 'stated', position: 0 }];
  }
  if (tables.statesResource !== true) return [];
  const type = first.type ?? ANY_TYPE;
  const itself: IdentifiedResource = {
    identity,
    type,
    owners,
    effect,
    matchedBy: 'stated',
    position: 0,
  };
  if (effect === 'create') return [itself];
  for (const parent of resourcePath(first.uid).parents) {
    const owning = at(parent);
    const [whole] = owning;
    if (whole === undefined) continue;
    return [
      {
        identity: pathIdentity(parent) ?? parent,
        type: canonicalType(tables.resourceTypes, whole.type),
        owners: owning,
        effect: 'update',
        matchedBy: 'stated',
        position: 0,
      },
    ];
  }
  return [itself];
};

const stated = (search: Search, row: OperationRow | undefined): readonly IdentifiedResource[] => {
  const arns = statedArns(search, row);
  return arns.length > 0 || row !== undefined ? arns : statedPath(search);
};

const startsWithAny = (text: string, prefixes: readonly string[]): boolean =>
  prefixes.some((prefix) => text.startsWith(prefix));

const endsWithAny = (text: string, suffixes: readonly string[] | undefined): boolean =>
  suffixes?.some((suffix) => text.endsWith(suffix)) === true;

const snakeCase = (text: string): string =>
  text.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase();

/**
 * The effect of an operation that the tables do not know on a resource of a known type. `delete` is claimed only
 * where the operation's noun is the type's: DeleteBucketTagging names a bucket and leaves it standing.
 */
const effectWithoutRow = (search: Search, type?: string): Effect => {
  const { event, tables } = search;
  const { operation } = event;
  if (endsWithAny(operation, tables.operations.deleteSuffixes)) return 'delete';
  if (isCreation(search)) return 'create';
  const noun = snakeCase(nounOf(operation));
  const whole = type !== undefined && noun !== '' && type.endsWith(`_${noun}`);
  return whole && startsWithAny(operation, search.tables.operations.deletePrefixes)
    ? 'delete'
    : 'update';
};

/** The operation's name or, for a call that creates or overwrites, the provider's answer says that it created. */
const isCreation = ({ event, tables }: Search): boolean =>
  endsWithAny(event.operation, tables.operations.createSuffixes) ||
  (tables.statesResource === true && event.activityId === ACTIVITY.create);

/**
 * Values of the request, for an operation without a row. None for a create: what its request names, it refers to.
 * Otherwise only a parameter that names the target counts, and only where all such parameters lead to one resource:
 * a subnet that an unknown call refers to is no drift of the subnet. A plain name must be of a type whose second word
 * is the service, as in `aws_guardduty_detector`.
 */
const byValue = (search: Search): readonly IdentifiedResource[] => {
  const { event, tables } = search;
  if (startsWithAny(event.operation, tables.operations.createPrefixes)) return [];
  const service = serviceKey(event.service, tables.serviceSuffix);
  const found = new Map<string, IdentifiedResource>();
  for (const { name, value, arn } of requestIdentifiers(event.request)) {
    if (!namesTarget(name, event.operation)) continue;
    if (arn && serviceOfArn(value) !== service) continue;
    const scope = arn ? scopeOfArn(value) : {};
    const guess = `${event.provider}_${service}_${snakeCase(nounOf(event.operation))}`;
    const identities = arn ? [value] : [typedIdentity('id', value), typedIdentity(guess, value)];
    const { identity, owners } = ownersOf(search, identities, scope, ANY_TYPE);
    const own = arn ? owners : owners.filter(({ type }) => type.split('_')[1] === service);
    const [owner] = own;
    if (owner === undefined) continue;
    const type = canonicalType(tables.resourceTypes, owner.type);
    const effect = effectWithoutRow(search, type);
    found.set(owner.key, { identity, type, owners: own, effect, matchedBy: 'value', position: 0 });
  }
  return found.size === 1 ? [...found.values()] : [];
};

/**
 * Which resources an act touched, and which desired resources these are: by the table's row, then by what the record
 * states, then, where there is no row, by identifiers in the request. A pure function of its arguments.
 */
export const identify = (
  event: AuditEvent,
  tables: ProviderTables,
  index: DesiredIndex,
): Identification => {
  const root: Record<string, JsonValue> = {};
  const { request, response, details, account, region } = event;
  if (request !== undefined) root['request'] = request;
  if (response !== undefined) root['response'] = response;
  if (details !== undefined) root['details'] = details;
  const [resource] = event.resources;
  if (resource !== undefined && tables.unique !== undefined) {
    root['resource'] = { ...resourcePath(resource.uid) };
  }
  if (account !== undefined) root['account'] = account;
  if (region !== undefined) root['region'] = region;
  const search: Search = { event, tables, index, root };
  const { rows } = tables.operations;
  const key = operationKey(event, tables.serviceSuffix);
  const row = Object.hasOwn(rows, key) ? rows[key] : undefined;
  if (row === undefined) {
    const states = stated(search, undefined);
    const mapped = tables.statesResource === true && states.length > 0;
    return { mapped, resources: states.length > 0 ? states : byValue(search) };
  }
  // A write of Azure's creates or changes, and its answer tells which.
  const effect = row.effect === 'update' && isCreation(search) ? 'create' : row.effect;
  const owned: IdentifiedResource[] = [];
  let named: readonly IdentifiedResource[] = [];
  for (const target of row.targets) {
    const found = identified(search, target, effect);
    const withOwners = found.filter(({ owners }) => owners.length > 0);
    owned.push(...withOwners);
    // What an alternative leaves unowned may belong to the next one: a rule that only the group holds.
    if (found.length > 0 && withOwners.length === found.length) break;
    if (named.length === 0 && target.parent !== true) named = found;
  }
  if (owned.length > 0) return { mapped: true, resources: owned };
  const states = stated(search, row);
  return { mapped: true, resources: states.length > 0 ? states : named };
};
