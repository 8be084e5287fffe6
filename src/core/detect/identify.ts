import { serviceOfArn } from '../model/arn-names.ts';
import { ACTIVITY, type AuditEvent } from '../model/audit-event.ts';
import type { DesiredIndex } from '../model/desired-resource.ts';
import type { Identification, IdentifiedResource } from '../model/detection.ts';
import { isArn, scopeOfArn, typedIdentity } from '../model/identity.ts';
import type { Scope } from '../model/identity.ts';
import type { JsonObject } from '../model/json.ts';
import { holdsAll } from '../model/literal-match.ts';
import { knownOperation, type PreparedTarget } from '../model/known-operation.ts';
import { serviceKey } from '../model/operation-key.ts';
import {
  ANY_TYPE,
  canonicalType,
  identitiesOf,
  ownersOf,
  pathIdentities,
  type OwnerSearch,
} from '../model/owner-search.ts';
import { compilePath, pathRoot, readPath } from '../model/path-template.ts';
import type { Effect, OperationRow, ProviderTables, TargetRow } from '../model/provider-tables.ts';
import { namesTarget, nounOf, requestIdentifiers } from '../model/request-identifiers.ts';
import { pathIdentity, resourcePath } from '../model/resource-path.ts';
import { snakeCase } from '../model/snake-case.ts';
import { itemsOf, MAX_RESOURCES, namedTargets, type NamedTarget } from '../model/named-targets.ts';

interface Search extends OwnerSearch {
  /** `pathRoot` of the act. */
  readonly root: JsonObject;
}

/** The scope that an ARN tells, or `account:name` as Lambda takes it. */
const scopeOfText = (text: string): Scope => {
  if (isArn(text)) return scopeOfArn(text);
  const account = text[12] === ':' ? /^(\d{12}):/.exec(text)?.[1] : undefined;
  return account === undefined ? {} : { account };
};

const effectOn = (target: TargetRow, root: JsonObject, effect: Effect): Effect => {
  const { effectBy } = target;
  if (effectBy !== undefined) {
    const [word] = readPath(root, compilePath(effectBy.path), 0, 1);
    const key = typeof word === 'string' ? word : '';
    const found = Object.hasOwn(effectBy.map, key) ? effectBy.map[key] : undefined;
    if (found !== undefined) return found;
  }
  return target.effect ?? effect;
};

const identified = (
  search: Search,
  target: TargetRow,
  named: readonly NamedTarget[],
  effect: Effect,
): readonly IdentifiedResource[] => {
  const found: IdentifiedResource[] = [];
  const seen = named.length > 1 && target.items?.as !== 'list' ? new Set<string>() : undefined;
  for (const { text, index, root } of named) {
    // Items of a list may be parts of one resource: members of one binding.
    if (seen?.has(text) === true) continue;
    seen?.add(text);
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
      effect: effectOn(target, root, effect),
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
  const { createPrefixes, inlineChildren } = tables.operations;
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
    const creates = effect === 'create' || startsWithAny(event.operation, createPrefixes);
    if (creates && tables.statesResource !== true) return [];
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
  const [parent] = resourcePath(first.uid).parents;
  const isInline = inlineChildren?.includes(type) === true;
  if (effect === 'create' || !isInline || parent === undefined) return [itself];
  const owning = at(parent);
  const [whole] = owning;
  if (whole === undefined) return [itself];
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
};

const stated = (search: Search, row: OperationRow | undefined): readonly IdentifiedResource[] => {
  const arns = statedArns(search, row);
  if (arns.length > 0) return arns;
  if (row === undefined) return statedPath(search);
  // A type that the row does not name still goes by the resource's path.
  return search.tables.statesResource === true
    ? statedPath(search).filter(({ owners }) => owners.length > 0)
    : [];
};

const startsWithAny = (text: string, prefixes: readonly string[]): boolean =>
  prefixes.some((prefix) => text.startsWith(prefix));

const endsWithAny = (text: string, suffixes: readonly string[] | undefined): boolean =>
  suffixes?.some((suffix) => text.endsWith(suffix)) === true;

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

/** Whether a target's row says what the act set: a whole that is only known as touched tells nothing of its parts. */
const tellsChanges = ({ changes, fields }: TargetRow): boolean =>
  (changes?.length ?? 0) > 0 || fields !== undefined;

interface Alternatives {
  /** Of what the row's targets name, what code owns. */
  readonly owned: readonly IdentifiedResource[];
  /** All that the first target without `parent` names. */
  readonly named: readonly IdentifiedResource[];
}

/** What an owner is found for, target by target, until one is owned whole. */
const alternatives = (
  search: Search,
  targets: readonly PreparedTarget[],
  effect: Effect,
): Alternatives => {
  const owned: IdentifiedResource[] = [];
  let named: readonly IdentifiedResource[] = [];
  /** By list, the items of it that are owned. */
  const ownedItems = new Map<string, Set<number>>();
  const isWhole = (target: TargetRow, withOwners: readonly IdentifiedResource[]): boolean => {
    const { items } = target;
    if (items?.as !== 'list') return true;
    const covered = ownedItems.get(items.from) ?? new Set();
    ownedItems.set(items.from, covered);
    for (const { position } of withOwners) covered.add(position);
    return covered.size >= itemsOf(search.root, items).length;
  };
  let whole = false;
  for (const prepared of targets) {
    const { target } = prepared;
    if (whole && target.besides !== true) continue;
    const names = namedTargets(search.root, prepared);
    const found = identified(search, target, names.named, effect);
    if (found.length === 0) {
      // Nothing was done to a whole by a call that failed for all of its parts.
      if (names.failed > 0) whole = true;
      continue;
    }
    const withOwners = found.filter(({ owners }) => owners.length > 0);
    owned.push(...withOwners);
    // What an alternative leaves unowned may belong to the next one: a rule that only the group holds, and an item of
    // a list that is none of its kind.
    if (isWhole(target, withOwners) && withOwners.length === found.length) whole = true;
    else if (named.length === 0 && target.parent !== true) named = found;
  }
  return { owned, named };
};

/**
 * What is owned, with the items of a list that are no part of it: a grant that no code owns, on a bucket that code does.
 * A whole of which the row tells changes has the items in it.
 */
const withUnownedItems = ({ owned, named }: Alternatives): readonly IdentifiedResource[] => {
  const items = owned.filter(({ target }) => target?.items !== undefined);
  const hasItems = ({ target }: IdentifiedResource): boolean =>
    target !== undefined && target.items === undefined && tellsChanges(target);
  if (owned.some(hasItems)) return owned;
  const place = ({ target, position }: IdentifiedResource): string =>
    `${target?.items?.from} ${position}`;
  const places = new Set(items.map(place));
  const left = named.filter(
    (each) =>
      each.target?.items?.as === 'list' && each.owners.length === 0 && !places.has(place(each)),
  );
  return [...owned, ...left];
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
  const { request, response, details, account, region } = event;
  const [resource] = event.resources;
  const parts =
    resource !== undefined && tables.unique !== undefined
      ? { ...resourcePath(resource.uid) }
      : undefined;
  const root = pathRoot({ request, response, details, resource: parts, account, region });
  const search: Search = { event, tables, index, root };
  const { row, targets } = knownOperation(event, tables);
  if (row === undefined) {
    const states = stated(search, undefined);
    const mapped = tables.statesResource === true && states.length > 0;
    return { mapped, resources: states.length > 0 ? states : byValue(search) };
  }
  // A write of Azure's creates or changes, and its answer tells which.
  const effect = row.effect === 'update' && isCreation(search) ? 'create' : row.effect;
  const found = alternatives(search, targets, effect);
  if (found.owned.length > 0) return { mapped: true, resources: withUnownedItems(found) };
  const states = stated(search, row);
  return { mapped: true, resources: states.length > 0 ? states : found.named };
};
