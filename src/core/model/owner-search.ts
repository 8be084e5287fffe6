import { namesOfArn } from './arn-names.ts';
import type { AuditEvent } from './audit-event.ts';
import type { DesiredIndex, DesiredResource } from './desired-resource.ts';
import { projectForms } from './google-project.ts';
import { inScope, isArn, typedIdentity } from './identity.ts';
import type { Scope } from './identity.ts';
import type { ProviderTables, ResourceTypeTable, TargetRow } from './provider-tables.ts';
import { pathIdentity } from './resource-path.ts';

/** The type of a target that its id alone denotes. */
export const ANY_TYPE = '*';

/** What desired resources of an event are looked up in, and how its provider's tables spell them. */
export interface OwnerSearch {
  readonly event: AuditEvent;
  readonly tables: ProviderTables;
  readonly index: DesiredIndex;
}

const patterns = new Map<string, RegExp>();

/** Patterns are of the tables, which are few. */
const compilePattern = (text: string): RegExp => {
  const known = patterns.get(text) ?? new RegExp(text);
  patterns.set(text, known);
  return known;
};

export const canonicalType = (types: ResourceTypeTable, type: string): string =>
  (Object.hasOwn(types, type) ? types[type]?.sameAs : undefined) ?? type;

const scopeFor = (search: OwnerSearch, owner: DesiredResource, arn: Scope): Scope => {
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
  if (owners.length === 1 || owners.every(({ type }) => type === owners[0]?.type)) return owners;
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
export const ownersOf = (
  search: OwnerSearch,
  identities: readonly string[],
  arn: Scope,
  type: string,
  target?: TargetRow,
): { readonly identity: string; readonly owners: readonly DesiredResource[] } => {
  const { event, index, tables } = search;
  for (const identity of identities) {
    const found = index.lookup(identity);
    if (found.length === 0) continue;
    const isOwner = (owner: DesiredResource): boolean =>
      owner.provider === event.provider &&
      (type === ANY_TYPE || canonicalType(tables.resourceTypes, owner.type) === type) &&
      inScope(owner, scopeFor(search, owner, arn));
    const owners = found.every(isOwner) ? found : found.filter(isOwner);
    if (owners.length > 0) return { identity, owners: wholes(owners, target) };
  }
  return { identity: identities[0] ?? '', owners: [] };
};

const typed = (type: string, value: string): string =>
  typedIdentity(type === ANY_TYPE ? 'id' : type, value);

const NO_FORMS: readonly string[] = [];

/** Other ways that the type's row knows to write the value. */
const formsOf = (types: ResourceTypeTable, type: string, value: string): readonly string[] => {
  const row = Object.hasOwn(types, type) ? types[type] : undefined;
  if (row === undefined || (row.forms === undefined && row.lowerCase !== true)) return NO_FORMS;
  const forms = (row.forms ?? []).flatMap(({ match, as }) => {
    const pattern = compilePattern(match);
    return pattern.test(value) ? value.replace(pattern, as) : [];
  });
  return row.lowerCase === true ? [...forms, value.toLowerCase()] : forms;
};

/** A path under its type, as the type's row may spell it, and as the path of anything. */
export const pathIdentities = (
  search: OwnerSearch,
  type: string,
  path: string,
): readonly string[] => {
  const ways = projectForms(path, search.index).flatMap((way) => [
    pathIdentity(way) ?? '',
    ...(type === ANY_TYPE ? [] : [way, ...formsOf(search.tables.resourceTypes, type, way)]).map(
      (form) => typed(type, form),
    ),
  ]);
  return [...new Set(ways)];
};

/** A value of a target as the identities that may denote it. */
export const identitiesOf = (
  search: OwnerSearch,
  type: string,
  value: string,
): readonly string[] => {
  const path = pathIdentity(value);
  if (path !== undefined) return pathIdentities(search, type, value);
  const names = namesOfArn(value);
  const written = formsOf(search.tables.resourceTypes, type, value);
  if (names.length === 0 && written.length === 0) return [typed(type, value)];
  const forms = written.map((form) => typed(type, form));
  if (names.length === 0) return [...new Set([typed(type, value), ...forms])];
  const inner = type === ANY_TYPE ? [] : names.map((name) => typed(type, name));
  return [...(isArn(value) ? [value] : []), typed(type, value), ...inner, ...forms];
};
