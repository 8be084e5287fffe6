import { snakeCase } from '../names.ts';
import { membersOf, requiredOf, type Operation, type ServiceModel } from '../service-models.ts';
import type { TerraformType } from '../terraform-types.ts';

/** A member of a request that names the resource, with the attributes of the type that hold the same value. */
export interface KeyMember {
  readonly member: string;
  /** Names of attributes, the likeliest first; `id` where the state's own id is it. */
  readonly attributes: readonly string[];
  /** Names the resource itself, not a parent of it. */
  readonly own: boolean;
}

/** How the API names resources of a type: by one member, or by those of its parents and its own. */
export interface ResourceKey {
  readonly type: TerraformType;
  readonly noun: string;
  readonly members: readonly KeyMember[];
}

/** Words at the end of a member's name that make it an identifier. */
const IDENTIFIER = /(^id|^arn|^name|^identifier|Id|ID|Arn|ARN|Name|Identifier|Uri|Url|URL)$/i;

/** Members that say in which account or catalog, not which resource. */
export const SCOPE = /^(aws)?(accountid|catalogid)$/i;

/** Required, but of the call and not of the resource. */
const OF_THE_CALL = /(token|revision|revisionid|etag|ifmatch|version|versionid|reason|password)$/i;

const GENERIC = /^(id|arn|name|identifier|resource_(arn|id|identifier|name))$/;

/** What may follow the thing's own name; anything else names another thing, as `route_table_id` does beside a route. */
const OWN_PART = /^(|id|arn|name|identifier|uri|url|number)$/;

const isText = (model: ServiceModel, shape: string): boolean =>
  ['string', 'integer', 'long'].includes(model.shapes[shape]?.type ?? '');

export const requiredTexts = (model: ServiceModel, operation: Operation): readonly string[] => {
  const members = membersOf(model, operation.input);
  return requiredOf(model, operation.input).filter((name) => {
    const member = members[name];
    return (
      member !== undefined &&
      member.idempotencyToken !== true &&
      !SCOPE.test(name) &&
      isText(model, member.shape)
    );
  });
};

/** Required booleans that the type has too, such as `egress` of a rule. */
const requiredFlags = (
  model: ServiceModel,
  operation: Operation,
  type: TerraformType,
): readonly string[] =>
  requiredOf(model, operation.input).filter((name) => {
    const shape = membersOf(model, operation.input)[name]?.shape ?? '';
    return model.shapes[shape]?.type === 'boolean' && type.names.has(snakeCase(name));
  });

export const isIdentifier = (member: string): boolean => IDENTIFIER.test(member);

/** Required members of an operation that are identifiers by name and type. */
export const requiredIdentifiers = (model: ServiceModel, operation: Operation): readonly string[] =>
  requiredTexts(model, operation).filter(isIdentifier);

/** `user_pool_client`, `pool_client`, `client`: what a member may call the thing. */
const callings = (thing: string): readonly string[] => {
  const words = thing.split('_');
  return words.map((_word, index) => words.slice(index).join('_'));
};

/** The part after the thing's name: `id` of `client_id`, empty for `client`; undefined where it names another. */
const ownPart = (name: string, thing: string): string | undefined => {
  if (GENERIC.test(name)) return name.replace('resource_', '');
  const calling = callings(thing).find((one) => name === one || name.startsWith(`${one}_`));
  const part = calling === undefined ? undefined : name.slice(calling.length + 1);
  return part !== undefined && OWN_PART.test(part) ? part : undefined;
};

const isOwn = (member: string, noun: string): boolean =>
  ownPart(snakeCase(member), snakeCase(noun)) !== undefined;

const compact = (name: string): string => name.replaceAll('_', '');

/** Attribute names that a member may stand under, the likeliest first. */
const wantedNames = (member: string, noun: string): readonly string[] => {
  const name = snakeCase(member);
  const thing = snakeCase(noun);
  const own = ownPart(name, thing);
  if (own !== undefined) {
    const kinds = own === '' ? ['name'] : own.endsWith('identifier') ? [own, 'id', 'name'] : [own];
    const named = callings(thing).flatMap((one) => kinds.map((kind) => `${one}_${kind}`));
    return [name, ...kinds, ...named, 'id', 'arn'];
  }
  const wanted = [name];
  const [, base = name, kind = ''] = /^(.+?)_(id|arn|name|identifier)$/.exec(name) ?? [];
  if (kind === 'identifier') wanted.push(`${base}_id`, `${base}_name`);
  if (kind === '') wanted.push(`${base}_id`, `${base}_name`, `${base}_arn`);
  wanted.push(base);
  if (base.startsWith('application')) {
    wanted.push(...wanted.map((one) => one.replace('application', 'app')));
  }
  return wanted;
};

/** The attributes of a type that hold what the API passes under a member's name. */
export const attributesFor = (
  member: string,
  noun: string,
  type: TerraformType,
): readonly string[] => {
  const known = new Map([...type.names].map((name) => [compact(name), name]));
  const found = wantedNames(member, noun).map((name) =>
    type.names.has(name) ? name : known.get(compact(name)),
  );
  return [...new Set(found.filter((name) => name !== undefined))];
};

const KEY_VERBS = ['Delete', 'Deregister', 'Terminate', 'Get', 'Describe', 'Update', 'Modify'];
const WHOLE_KEY = new Set(KEY_VERBS.slice(0, 5));

const keyOf = (
  model: ServiceModel,
  operation: Operation,
  whole: boolean,
  noun: string,
  type: TerraformType,
): readonly KeyMember[] | undefined => {
  const texts = requiredTexts(model, operation).filter(
    (member) => isIdentifier(member) || isOwn(member, noun) || (whole && !OF_THE_CALL.test(member)),
  );
  const required = [...texts, ...requiredFlags(model, operation, type)];
  const members = required.map((member) => ({
    member,
    attributes: attributesFor(member, noun, type),
    own: isOwn(member, noun),
  }));
  const byArn = members.find(
    ({ member, own, attributes }) => own && /arn$/i.test(member) && attributes.length > 0,
  );
  if (byArn !== undefined) return [byArn];
  if (members.length === 0 || members.some(({ attributes }) => attributes.length === 0)) return;
  const generic = (member: string): boolean => GENERIC.test(snakeCase(member));
  // A plain `id` beside the thing's own member is a parent's, and nothing says whose.
  if (members.length > 1 && members.some(({ member }) => generic(member))) {
    if (members.some(({ member, own }) => own && !generic(member))) return;
  }
  // What the call may name besides: of a thing named by its parent alone, which of them; of a name, within what.
  const others = Object.entries(membersOf(model, operation.input)).filter(
    ([name, { shape }]) =>
      !required.includes(name) &&
      !OF_THE_CALL.test(name) &&
      !SCOPE.test(name) &&
      isText(model, shape) &&
      attributesFor(name, noun, type).length > 0,
  );
  const own = members.find((one) => one.own);
  const unique =
    own !== undefined && (members.length > 1 || /(id|arn|identifier)$/i.test(own.member));
  return others.length === 0 || unique ? members : undefined;
};

/**
 * How a service names resources of a type: what its Delete, Get, Describe or Update requires. Undefined where a member
 * has no counterpart among the type's attributes, so that a resource could not be told from its neighbours.
 */
export const resourceKey = (
  model: ServiceModel,
  noun: string,
  type: TerraformType,
): ResourceKey | undefined => {
  for (const verb of KEY_VERBS) {
    const operation = model.operations[`${verb}${noun}`];
    if (operation === undefined) continue;
    const members = keyOf(model, operation, WHOLE_KEY.has(verb), noun, type);
    // Get and Describe with a parent alone may list many; not so of what is put in its place.
    const one =
      /^(Delete|Deregister)$/.test(verb) ||
      ['Put', 'Set'].some((set) => model.operations[`${set}${noun}`] !== undefined);
    if (members !== undefined && (one || members.some(({ own }) => own))) {
      return { type, noun, members };
    }
    // Delete knows what names one thing; where it cannot be told, an Update that requires less must not tell it.
    if (requiredTexts(model, operation).length > 0) return undefined;
  }
  return undefined;
};

/**
 * How a service names what ties two things, such as a policy attached to a target: by what the tying call requires,
 * at least two members that are all attributes of the type.
 */
export const tieKey = (
  model: ServiceModel,
  operation: Operation,
  noun: string,
  type: TerraformType,
): ResourceKey | undefined => {
  const members = requiredIdentifiers(model, operation)
    .toSorted()
    .map((member) => ({ member, attributes: attributesFor(member, noun, type), own: false }));
  const told = members.every(({ attributes }) => attributes.some((name) => name !== 'id'));
  return told && members.length > 1 ? { type, noun, members } : undefined;
};
