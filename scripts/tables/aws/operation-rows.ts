import type {
  ChangeRow,
  Effect,
  OperationRow,
  TargetRow,
} from '../../../src/core/model/provider-tables.ts';
import { operationWords, singular, snakeCase } from '../names.ts';
import { membersOf, type Operation, type ServiceModel } from '../service-models.ts';
import type { TerraformType } from '../terraform-types.ts';
import { setsAttributes, verbEffect } from './operation-verbs.ts';
import { recordPaths, type NamedMember, type RecordPaths } from './record-paths.ts';
import { requestAttributes } from './request-attributes.ts';
import type { ResourceCatalogue } from './resource-catalogue.ts';
import {
  attributesFor,
  isIdentifier,
  requiredIdentifiers,
  requiredTexts,
  resourceKey,
  tieKey,
  type KeyMember,
  type ResourceKey,
} from './resource-keys.ts';

/** A row, with what it needs its resource type to be found by. */
export interface MadeRow {
  readonly row: OperationRow;
  readonly type?: TerraformType;
  /** Identity templates over the type's attributes; empty where its `id` and `arn` do. */
  readonly identities: readonly string[];
}

interface Context {
  readonly model: ServiceModel;
  readonly operation: Operation;
  readonly noun: string;
  readonly paths: RecordPaths;
  readonly members: readonly NamedMember[];
}

const named = (members: ReturnType<typeof membersOf>): readonly NamedMember[] =>
  Object.entries(members).map(([name, member]) => ({ name, member }));

/** Attribute templates that spell what the key's request members hold, the likeliest first. */
const identitiesOf = ({ members }: ResourceKey): readonly string[] => {
  const [only] = members;
  if (only === undefined) return [];
  if (members.length === 1) {
    return only.attributes
      .filter((name) => name !== 'id' && name !== 'arn')
      .slice(0, 3)
      .map((name) => `{${name}}`);
  }
  const plain = ({ attributes }: KeyMember): string =>
    attributes.find((name) => name !== 'id' && name !== 'arn') ?? attributes[0] ?? 'id';
  const template = (spell: (member: KeyMember) => string): string =>
    members.map((member) => `{${spell(member)}}`).join('/');
  const byId = template((member) =>
    member.own && member.attributes.includes('id') && /(id|identifier)$/i.test(member.member)
      ? 'id'
      : plain(member),
  );
  return [...new Set([template(plain), byId])];
};

const firstAttribute = ({ attributes }: KeyMember): string | undefined => attributes[0];

/** A member of the request that holds what the key's member does: itself, or another word for it (`Name`). */
const requestMember = (
  context: Context,
  key: ResourceKey,
  wanted: KeyMember,
): readonly NamedMember[] | undefined => {
  const same = context.members.find(({ name }) => name === wanted.member);
  if (same !== undefined) return [same];
  if (!wanted.own) return undefined;
  const isName = (name: string): boolean => /name$/i.test(name);
  const other = context.members.find(({ name, member }) => {
    if (context.model.shapes[member.shape]?.type !== 'string' || !isIdentifier(name)) return false;
    const words = attributesFor(name, key.noun, key.type);
    return (
      words[0] !== undefined &&
      words.includes('id') === wanted.attributes.includes('id') &&
      (words[0] === firstAttribute(wanted) ||
        (isName(name) && /identifier$/i.test(wanted.member) && wanted.attributes.includes('name')))
    );
  });
  if (other !== undefined) return [other];
  for (const outer of context.members) {
    const inner = context.model.shapes[outer.member.shape]?.members?.[wanted.member];
    const wrapper = snakeCase(outer.name).startsWith(snakeCase(key.noun));
    if (inner !== undefined && wrapper) return [outer, { name: wanted.member, member: inner }];
  }
  return undefined;
};

/** Where a creation's answer holds the new resource's own identifier. */
const responseMember = (
  context: Context,
  key: ResourceKey,
  wanted: KeyMember,
): readonly NamedMember[] | undefined => {
  const { model, operation } = context;
  const output = named(membersOf(model, operation.output));
  const isText = ({ member }: NamedMember): boolean =>
    model.shapes[member.shape]?.type === 'string';
  const fits = (one: NamedMember, exact: boolean): boolean => {
    if (!isText(one)) return false;
    if (one.name === wanted.member) return true;
    if (exact) return false;
    const words = attributesFor(one.name, key.noun, key.type);
    return (
      words[0] !== undefined &&
      (words[0] === firstAttribute(wanted) ||
        (/arn$/i.test(one.name) && words.includes('arn')) ||
        (/(id|identifier)$/i.test(wanted.member) && /id$/i.test(one.name) && words.includes('id')))
    );
  };
  for (const exact of [true, false]) {
    const direct = output.find((one) => fits(one, exact));
    if (direct !== undefined) return [direct];
    for (const outer of output) {
      const name = snakeCase(outer.name);
      const thing = snakeCase(key.noun);
      if (model.shapes[outer.member.shape]?.type !== 'structure') continue;
      const meant = name.startsWith(thing) || thing.endsWith(`_${name}`) || output.length === 1;
      if (!meant) continue;
      const inner = named(model.shapes[outer.member.shape]?.members ?? {});
      const found = inner.find((one) => fits(one, exact));
      if (found !== undefined) return [outer, found];
    }
  }
  return undefined;
};

const idTemplate = (context: Context, key: ResourceKey, effect: Effect): string | undefined => {
  const parts: string[] = [];
  for (const wanted of key.members) {
    const asked = requestMember(context, key, wanted);
    const isName = /name$/i.test(asked?.at(-1)?.name ?? '');
    const answered =
      effect === 'create' && wanted.own && !isName
        ? responseMember(context, key, wanted)
        : undefined;
    const paths = [
      ...(asked === undefined ? [] : [context.paths.request(...asked)]),
      ...(answered === undefined ? [] : [context.paths.response(...answered)]),
    ];
    if (paths.length === 0) return undefined;
    parts.push(`{${paths.join('|')}}`);
  }
  return parts.join('/');
};

const withChanges = (target: TargetRow, changes: readonly ChangeRow[]): TargetRow => {
  const isField = ({ from, as }: ChangeRow): boolean =>
    as === undefined && from?.startsWith('request.') === true && !from.includes('|');
  const fields = changes.filter(isField);
  const rest = changes.filter((change) => !isField(change));
  return {
    ...target,
    ...(fields.length === 0
      ? {}
      : {
          fields: Object.fromEntries(
            fields.map(({ path, from = '' }) => [path, from.slice('request.'.length)]),
          ),
        }),
    ...(rest.length === 0 ? {} : { changes: rest }),
  };
};

/** An act on a thing requires what names the thing and nothing that names another; making it may refer to others. */
const namesMore = ({ model, operation }: Context, key: ResourceKey): boolean => {
  if (/^(Create|Update|Modify|Register|Put|Set|Import)/.test(operation.name)) return false;
  const known = new Set(key.members.map(({ member }) => member));
  return requiredIdentifiers(model, operation).some((member) => !known.has(member));
};

const rowOf = (
  context: Context,
  key: ResourceKey,
  effect: Effect,
  upsert: boolean,
): MadeRow | undefined => {
  const id = idTemplate(context, key, effect);
  if (id === undefined || namesMore(context, key)) return undefined;
  const skipped = new Set(key.members.map(({ member }) => member));
  const { model, operation, paths } = context;
  const changes = !setsAttributes(operationWords(operation.name).verb)
    ? []
    : requestAttributes(model, operation, key.noun, key.type.attributes, paths, skipped);
  // What is named by its parent alone is a setting of the parent: nothing unmanaged by itself.
  const part = effect === 'create' && !key.members.some(({ own }) => own);
  const target = withChanges(
    { type: key.type.type, id, ...(part ? { parent: true } : {}) },
    changes,
  );
  const targets =
    upsert && !part
      ? [withChanges({ type: key.type.type, id, effect: 'update', parent: true }, changes), target]
      : [target];
  return { row: { effect, targets }, type: key.type, identities: identitiesOf(key) };
};

/** TagResource and its like: any resource, named by its ARN. */
const tagRow = (context: Context): MadeRow | undefined => {
  const { operation, members, paths, model } = context;
  const match =
    /^(Tag|Untag|AddTagsTo|RemoveTagsFrom|AddTags|RemoveTags|CreateTags|DeleteTags)(Resource|Stream|Certificate|)$/.exec(
      operation.name,
    );
  if (match === null) return undefined;
  const isText = ({ member }: NamedMember): boolean =>
    model.shapes[member.shape]?.type === 'string';
  const arn = members.find(
    (one) => isText(one) && /^(resource(_?arn|identifier)?|arn)$/i.test(one.name),
  );
  if (arn === undefined) return undefined;
  const removes = /^(Untag|Remove|Delete)/.test(operation.name);
  const tags = members.find(({ name }) =>
    removes ? /^tag_?(key(s|_?list)|s)$/i.test(name) : /^(tags|tagList)$/i.test(name),
  );
  const changes: readonly ChangeRow[] =
    tags === undefined
      ? []
      : [{ path: 'tags', from: paths.request(tags), as: removes ? 'tag_keys' : 'tags' }];
  const target: TargetRow = { type: '*', id: `{${paths.request(arn)}}` };
  return {
    row: {
      effect: 'update',
      targets: [changes.length === 0 ? target : { ...target, changes }],
    },
    identities: [],
  };
};

/** `DeleteInsights` with a list of what DeleteInsight would take one of. */
const listRow = (
  context: Context,
  catalogue: ResourceCatalogue,
  effect: Effect,
): MadeRow | undefined => {
  const { model, noun, members, paths } = context;
  if (singular(noun) === noun || effect === 'create' || model.protocol === 'ec2') return undefined;
  const type = catalogue.find(model.id, noun);
  if (type === undefined) return undefined;
  const lists = members.filter(({ member }) => {
    const shape = model.shapes[member.shape];
    return shape?.type === 'list' && model.shapes[shape.member?.shape ?? '']?.type === 'string';
  });
  const [list] = lists;
  if (list === undefined || lists.length > 1) return undefined;
  const word = singular(list.name);
  const attributes = attributesFor(word, singular(noun), type).filter((name) =>
    /(^|_)(id|arn|name|identifier)$/.test(name),
  );
  const others = requiredTexts(model, context.operation);
  if (attributes.length === 0 || others.length > 0) return undefined;
  const key: ResourceKey = { type, noun, members: [{ member: word, attributes, own: true }] };
  const path = paths
    .request(list)
    .split('|')
    .map((one) => `${one}[]`)
    .join('|');
  return {
    row: { effect, targets: [{ type: type.type, id: `{${path}}` }] },
    type,
    identities: identitiesOf(key),
  };
};

/** `none` where no type is for what ties the noun to another thing; undefined where one is, but cannot be told. */
const tieRow = (
  context: Context,
  catalogue: ResourceCatalogue,
  verb: string,
): MadeRow | 'none' | undefined => {
  const ties: Readonly<Record<string, string>> = {
    Associate: 'Association',
    Disassociate: 'Association',
    Attach: 'Attachment',
    Detach: 'Attachment',
  };
  const word = ties[verb];
  if (word === undefined) return 'none';
  const noun = `${context.noun}${word}`;
  const type = catalogue.find(context.model.id, noun);
  if (type === undefined) return 'none';
  const key = tieKey(context.model, context.operation, noun, type);
  const effect = /^(Dis|De)/.test(verb) ? 'delete' : 'create';
  return key === undefined ? undefined : rowOf(context, key, effect, false);
};

/**
 * The row of one operation: its resource by the noun of its name, how the service's own Delete or Get names such a
 * resource, and what it sets. Undefined where the models do not tell this for certain.
 */
export const operationRow = (
  model: ServiceModel,
  operation: Operation,
  catalogue: ResourceCatalogue,
): MadeRow | undefined => {
  const { verb, noun } = operationWords(operation.name);
  const context: Context = {
    model,
    operation,
    noun,
    paths: recordPaths(model, operation.name),
    members: named(membersOf(model, operation.input)),
  };
  const tags = tagRow(context);
  if (tags !== undefined) return tags;
  const how = verbEffect(verb, noun, model.operations);
  if (how === undefined) return undefined;
  const tie = tieRow(context, catalogue, verb);
  if (tie !== 'none') return tie;
  const type = catalogue.find(model.id, noun);
  const several = singular(noun) !== noun && type?.type.endsWith(snakeCase(noun)) !== true;
  if (several) return listRow(context, catalogue, how.effect);
  const key = type === undefined ? undefined : resourceKey(model, noun, type);
  return key === undefined ? undefined : rowOf(context, key, how.effect, how.upsert);
};
