import { isJsonObject } from './json.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { PreparedTarget } from './known-operation.ts';
import { holdsAll } from './literal-match.ts';
import {
  compilePath,
  compilePaths,
  expandTemplate,
  readPath,
  singleText,
} from './path-template.ts';
import type { TargetItems } from './provider-tables.ts';
import { rulesOfCall } from './security-group-rules.ts';

/** The most resources that one act is followed to. */
export const MAX_RESOURCES = 1_000;

/** One thing that a target names. */
export interface NamedTarget {
  /** The target's id, expanded. */
  readonly text: string;
  /** Position in the first list that was expanded, or of the item. */
  readonly index: number;
  /** What the target's paths are read from: with `item`, where it goes through items. */
  readonly root: JsonObject;
}

const objectsOf = (values: readonly JsonValue[]): readonly JsonObject[] =>
  values
    .flatMap((value) => (Array.isArray(value) ? (value as JsonValue[]) : [value]))
    .filter(isJsonObject);

const rulesOf = (
  call: JsonValue | undefined,
  group: JsonValue | undefined,
): readonly JsonObject[] =>
  call === undefined
    ? []
    : rulesOfCall(call).map((rule) => ({
        ...rule,
        ...(rule.source === group ? { self: true } : {}),
      }));

/** The things that the target's call names one by one, each as templates read it: `{item.source}`. */
export const itemsOf = (root: JsonObject, { as, from }: TargetItems): readonly JsonObject[] => {
  const [group] = readPath(root, compilePath('request.groupId'), 0, 1);
  for (const path of compilePaths(from)) {
    const found = readPath(root, path, 0, MAX_RESOURCES);
    const items = as === 'list' ? objectsOf(found) : rulesOf(found[0], group);
    if (items.length > 0) return items.slice(0, MAX_RESOURCES);
  }
  return [];
};

const allNamed = (
  root: JsonObject,
  { target, template }: PreparedTarget,
): readonly NamedTarget[] => {
  if (target.items === undefined) {
    if (!holdsAll(root, target.when)) return [];
    if (template.isSingle) {
      const text = singleText(template, root);
      return text === undefined ? [] : [{ text, index: 0, root }];
    }
    return expandTemplate(template, root, MAX_RESOURCES).map((one) => ({ ...one, root }));
  }
  const named: NamedTarget[] = [];
  for (const [index, item] of itemsOf(root, target.items).entries()) {
    const itemRoot: JsonObject = { ...root, item };
    if (!holdsAll(itemRoot, target.when)) continue;
    for (const { text } of expandTemplate(template, itemRoot, MAX_RESOURCES - named.length)) {
      named.push({ text, index, root: itemRoot });
    }
    if (named.length >= MAX_RESOURCES) break;
  }
  return named;
};

/**
 * What the target names in the act: `named` was done to, `failed` is told by the answer as not done to.
 * @param root `pathRoot` of the act
 */
export const namedTargets = (
  root: JsonObject,
  prepared: PreparedTarget,
): { readonly named: readonly NamedTarget[]; readonly failed: number } => {
  const all = allNamed(root, prepared);
  if (prepared.except === undefined || all.length === 0) return { named: all, failed: 0 };
  const excepted = new Set(
    expandTemplate(prepared.except, root, MAX_RESOURCES).map(({ text }) => text),
  );
  const named = excepted.size === 0 ? all : all.filter(({ text }) => !excepted.has(text));
  return { named, failed: all.length - named.length };
};
