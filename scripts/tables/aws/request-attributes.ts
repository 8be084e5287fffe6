import type { ChangeRow } from '../../../src/core/model/provider-tables.ts';
import { snakeCase } from '../names.ts';
import { membersOf, type Operation, type ServiceModel } from '../service-models.ts';
import type { TerraformAttribute, TerraformBlock } from '../terraform-types.ts';
import type { NamedMember, RecordPaths } from './record-paths.ts';
import { SCOPE } from './resource-keys.ts';

/** How deep blocks within blocks are followed. */
const MAX_DEPTH = 3;

const SCALARS: Readonly<Record<string, readonly string[]>> = {
  string: ['string'],
  integer: ['number', 'string'],
  long: ['number', 'string'],
  float: ['number'],
  double: ['number'],
  boolean: ['boolean'],
};

/** Values that records hide, or should. */
const SECRET = /password|secret|token$|credential|privatekey|passphrase|authkey/i;

/** What Terraform has as attributes only to hand them to the call: nothing of the resource is so. */
const OPTIONS = /^(apply_immediately|allow_major_version_upgrade)$/;

const TAGS = /^(tags|tag_list|resource_tags)$/;

/** The attribute of a block that a member's name and shape fit; the thing's own name before it may be left out. */
const fitting = (
  block: TerraformBlock,
  member: string,
  noun: string,
): readonly [string, TerraformAttribute] | undefined => {
  const name = snakeCase(member);
  const thing = `${snakeCase(noun)}_`;
  const names = [name, name.startsWith(thing) ? name.slice(thing.length) : name, `${thing}${name}`];
  for (const one of names) {
    const attribute = block.get(one);
    if (attribute !== undefined) return [one, attribute];
  }
  return undefined;
};

interface Walk {
  readonly model: ServiceModel;
  readonly paths: RecordPaths;
  readonly noun: string;
}

const listOfScalars = (model: ServiceModel, shape: string): boolean => {
  const { type, member } = model.shapes[shape] ?? { type: '' };
  const inner = type === 'list' && member !== undefined ? model.shapes[member.shape]?.type : '';
  return SCALARS[inner ?? ''] !== undefined;
};

const changesOf = (
  walk: Walk,
  found: NamedMember,
  block: TerraformBlock,
  at: { readonly members: readonly NamedMember[]; readonly path: string; readonly depth: number },
): readonly ChangeRow[] => {
  const { model, paths, noun } = walk;
  const fit = fitting(block, found.name, at.depth === 0 ? noun : '');
  if (fit === undefined) return [];
  const [name, attribute] = fit;
  const shape = model.shapes[found.member.shape];
  if (shape === undefined || found.member.idempotencyToken === true) return [];
  if (OPTIONS.test(name)) return [];
  if (SCOPE.test(found.name) || SECRET.test(found.name)) return [];
  const members = [...at.members, found];
  const path = `${at.path}${name}`;
  const from = paths.request(...members);
  if (SCALARS[shape.type]?.includes(attribute.kind) === true) return [{ path, from }];
  if (/list$/.test(attribute.kind) && listOfScalars(model, found.member.shape)) {
    return [{ path, from, as: 'list' }];
  }
  if (attribute.kind === 'map' && shape.type === 'map') return [{ path, from }];
  if (
    attribute.kind === 'block' &&
    attribute.single === true &&
    attribute.block !== undefined &&
    shape.type === 'structure' &&
    at.depth < MAX_DEPTH
  ) {
    const inner = attribute.block;
    return Object.entries(shape.members ?? {}).flatMap(([next, member]) =>
      changesOf(walk, { name: next, member }, inner, {
        members,
        path: `${path}[0].`,
        depth: at.depth + 1,
      }),
    );
  }
  return [];
};

const tagChange = (
  { model, paths }: Walk,
  { name, member }: NamedMember,
  block: TerraformBlock,
): readonly ChangeRow[] => {
  if (!TAGS.test(snakeCase(name)) || block.get('tags')?.kind !== 'map') return [];
  const type = model.shapes[member.shape]?.type;
  if (type !== 'map' && type !== 'list') return [];
  return [{ path: 'tags', from: paths.request({ name, member }), as: 'tags' }];
};

/** Wrappers around what is set: `DatabaseInput`, `jobUpdate`, and the thing itself, as in `cluster: {…}`. */
const isWrapper = (member: string, noun: string): boolean => {
  const name = snakeCase(member);
  const thing = snakeCase(noun);
  return [thing, `${thing}_input`, `${thing}_update`, `${thing}_config`].includes(name);
};

/**
 * What an operation sets, told by name and shape: a member of the request whose name is an attribute's and whose type
 * fits it. A member without a counterpart says nothing.
 * @param skipped members that name the resource.
 */
export const requestAttributes = (
  model: ServiceModel,
  operation: Operation,
  noun: string,
  block: TerraformBlock,
  paths: RecordPaths,
  skipped: ReadonlySet<string>,
): readonly ChangeRow[] => {
  const walk: Walk = { model, paths, noun };
  const changes = Object.entries(membersOf(model, operation.input)).flatMap(([name, member]) => {
    if (skipped.has(name)) return [];
    const tags = tagChange(walk, { name, member }, block);
    if (tags.length > 0) return tags;
    const at = { members: [], path: '', depth: 0 };
    const found = changesOf(walk, { name, member }, block, at);
    const shape = model.shapes[member.shape];
    if (found.length > 0 || shape?.type !== 'structure' || !isWrapper(name, noun)) return found;
    return Object.entries(shape.members ?? {}).flatMap(([inner, one]) =>
      changesOf(walk, { name: inner, member: one }, block, {
        ...at,
        members: [{ name, member }],
      }),
    );
  });
  const seen = new Set<string>();
  return changes.filter(({ path }) => {
    if (seen.has(path) || path === 'id' || path === 'region' || path === 'tags_all') return false;
    seen.add(path);
    return true;
  });
};
