import {
  isJsonObject,
  ownString,
  ownValue,
  type JsonObject,
  type JsonValue,
} from '../model/json.ts';
import {
  stateFailed,
  type StateContext,
  type StateProblem,
  type StateResult,
} from './desired-state.ts';
import { toDesiredState, type FoundEntry, type FoundResource } from './found-resource.ts';
import type { JsonDocument } from './json-document.ts';
import type { JsonPath } from './json-scanner.ts';
import { isDeeperThan, MAX_ATTRIBUTE_DEPTH } from './redact.ts';
import { EVERY_MEMBER, type SecretPath } from './secret-paths.ts';
import { parseProviderSource } from './terraform-provider.ts';

/**
 * Reads what `terraform show -json` (or `tofu show -json`) prints of a state or a plan; format versions 0.1 to 1.x,
 * hashicorp/terraform `internal/command/jsonstate` and `jsonplan`.
 *
 * Of a plan the desired resources are `planned_values`: what should be once it is applied. A value that only applying
 * makes known is left out. `resource_drift` tells what somebody changed since the last apply: that is how things are,
 * not how code says they should be, so nothing of it is taken; a warning counts it.
 */
export const readTerraformShow = (document: JsonDocument, context: StateContext): StateResult => {
  const { head, isLarge } = document;
  const isPlan = ownValue(head, 'planned_values') !== undefined;
  const modules: Modules = new Map();
  const root = isPlan ? 'planned_values' : 'values';
  const refusal =
    refuse(head, isPlan) ??
    readModules(
      ownValue(ownValue(head, root), 'root_module') ?? {},
      [root, 'root_module'],
      modules,
    );
  if (refusal !== undefined) return stateFailed(context.source, refusal);
  const { changes, drifted } = changesOf(document);
  return toDesiredState(
    {
      format: isPlan ? 'terraform-plan' : 'terraform-show',
      serial: 0,
      entries: () => entriesOf(document, modules, changes),
      isLarge,
      warnings: warningsOf(head, isPlan, drifted),
    },
    context,
  );
};

const refuse = (root: JsonValue, isPlan: boolean): StateProblem | undefined => {
  const version = ownString(root, 'format_version');
  if (version !== undefined && !/^[01]\./.test(version)) {
    return {
      reason: 'unsupported_version',
      message:
        'Its format_version is newer than 1, which this release of Driftline reads. Upgrade Driftline.',
    };
  }
  if (ownValue(root, 'errored') === true) {
    return {
      reason: 'incomplete',
      message: 'The plan ended with an error, so it lacks resources. Plan again.',
    };
  }
  const values = ownValue(root, isPlan ? 'planned_values' : 'values');
  if (!isJsonObject(values)) {
    return {
      reason: 'empty',
      message: 'It has no values: the state is empty. Publish what `terraform state pull` prints.',
    };
  }
  return undefined;
};

const warningsOf = (root: JsonValue, isPlan: boolean, drifted: number): readonly string[] => {
  return [
    ...(isPlan && ownValue(root, 'complete') === false
      ? ['The plan is not complete (targets or deferred changes): resources may be missing.']
      : []),
    ...(drifted === 0
      ? []
      : [
          `The plan tells of ${drifted} resources that were changed outside of code (resource_drift): that is how they are, so it is not taken.`,
        ]),
  ];
};

/** Of a plan: what `resource_changes[].change` tells beyond the planned values, by address. */
type Changes = ReadonlyMap<string, JsonValue>;

/** What a reader needs of a change; the values before and after it stand elsewhere or are not wanted. */
const KEPT_OF_CHANGE = ['after_unknown', 'after_sensitive', 'after_identity'];

const changesOf = ({
  elements,
  head,
}: JsonDocument): { readonly changes: Changes; readonly drifted: number } => {
  const changes = new Map<string, JsonValue>();
  let drifted = 0;
  if (
    ownValue(head, 'resource_changes') === undefined &&
    ownValue(head, 'resource_drift') === undefined
  ) {
    return { changes, drifted };
  }
  for (const { path, value } of elements()) {
    if (path[0] === 'resource_drift') drifted += 1;
    if (path[0] !== 'resource_changes') continue;
    const address = ownString(value, 'address');
    const isCurrent = ownString(value, 'deposed') === undefined;
    if (address === undefined || !isCurrent) continue;
    const change = ownValue(value, 'change');
    const kept = KEPT_OF_CHANGE.flatMap((name) => {
      const told = ownValue(change, name);
      return told === undefined || isEmptyObject(told) ? [] : [[name, told] as const];
    });
    if (kept.length > 0) changes.set(address, Object.fromEntries(kept));
  }
  return { changes, drifted };
};

const isEmptyObject = (value: JsonValue): boolean =>
  isJsonObject(value) && Object.keys(value).length === 0;

const MAX_MODULE_DEPTH = 40;

/** The address of each module, by the path of its resources. */
type Modules = Map<string, string | undefined>;

/** `a.b[0].c` */
const pathText = (path: JsonPath): string =>
  path.reduce<string>(
    (text, step) =>
      typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`,
    '',
  );

const readModules = (
  module: JsonValue,
  path: JsonPath,
  modules: Modules,
  depth = 0,
): StateProblem | undefined => {
  const position = pathText(path);
  if (!isJsonObject(module)) return { position, message: 'not an object' };
  if (depth > MAX_MODULE_DEPTH) return { position, message: 'modules are nested too deep' };
  const children = ownValue(module, 'child_modules') ?? [];
  if (!Array.isArray(ownValue(module, 'resources') ?? []) || !Array.isArray(children)) {
    return { position, message: 'resources or child_modules is not an array' };
  }
  modules.set(
    pathText([...path, 'resources']),
    depth === 0 ? undefined : ownString(module, 'address'),
  );
  for (const [index, child] of (children as readonly JsonValue[]).entries()) {
    const problem = readModules(child, [...path, 'child_modules', index], modules, depth + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
};

function* entriesOf(
  { elements }: JsonDocument,
  modules: Modules,
  changes: Changes,
): Generator<FoundEntry> {
  for (const { path, value } of elements()) {
    const list = pathText(path.slice(0, -1));
    if (!modules.has(list)) continue;
    const entry = readResource(value, modules.get(list), changes);
    yield typeof entry === 'string'
      ? { problem: { position: pathText(path), message: entry } }
      : entry;
  }
}

/** A text says what is wrong. */
const readResource = (
  resource: JsonValue,
  module: string | undefined,
  changes: Changes,
): FoundEntry | string => {
  const mode = ownValue(resource, 'mode');
  if (mode === 'data') return { skipped: 'data' };
  if (mode !== 'managed') return 'mode is neither managed nor data';
  if (ownString(resource, 'deposed_key') !== undefined) return { skipped: 'deposed' };
  const type = ownString(resource, 'type');
  const address = ownString(resource, 'address');
  const source = ownString(resource, 'provider_name');
  if (type === undefined || address === undefined || source === undefined) {
    return 'type, address or provider_name is missing';
  }
  const values = ownValue(resource, 'values') ?? {};
  if (!isJsonObject(values)) return 'values is not an object';
  if (isDeeperThan(values, MAX_ATTRIBUTE_DEPTH)) {
    return `values are nested deeper than ${MAX_ATTRIBUTE_DEPTH}`;
  }
  const change = changes.get(address);
  const provider = parseProviderSource(source);
  const found: FoundResource = {
    address,
    type,
    ...(module === undefined ? {} : { module }),
    provider: provider.provider,
    ...(provider.source === undefined ? {} : { providerSource: provider.source }),
    configuration: source,
    attributes: withoutUnknown(values, ownValue(change, 'after_unknown')),
    sensitivePaths: [
      ...markedPaths(ownValue(resource, 'sensitive_values')),
      ...markedPaths(ownValue(change, 'after_sensitive')),
    ],
    identity: ownValue(resource, 'identity') ?? ownValue(change, 'after_identity'),
    tainted: ownValue(resource, 'tainted') === true,
  };
  return { found };
};

/**
 * Paths to the `true`s of a structure that is shaped as the values. A position in a list becomes every member: the
 * members of a set are not in the order of their marks.
 */
const markedPaths = (marks: JsonValue | undefined, depth = 0): readonly SecretPath[] => {
  if (marks === true) return [[]];
  // Deeper than attributes may be: all there is secret.
  if (depth > MAX_ATTRIBUTE_DEPTH) return [[]];
  if (Array.isArray(marks)) {
    const below = (marks as readonly JsonValue[]).flatMap((mark) => markedPaths(mark, depth + 1));
    return unique(below).map((path) => [EVERY_MEMBER, ...path]);
  }
  return Object.entries(isJsonObject(marks) ? marks : {}).flatMap(([key, mark]) =>
    markedPaths(mark, depth + 1).map((path): SecretPath => [key, ...path]),
  );
};

const unique = (paths: readonly SecretPath[]): readonly SecretPath[] => [
  ...new Map(paths.map((path) => [path.map(String).join('\0'), path])).values(),
];

/** What `after_unknown` marks is left out; Terraform writes null for it in a list, which is not its value. */
const withoutUnknown = (values: JsonObject, unknown: JsonValue | undefined): JsonObject =>
  Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => {
      const known = knownValue(value, ownValue(unknown, key));
      return known === undefined ? [] : [[key, known] as const];
    }),
  );

const knownValue = (value: JsonValue, unknown: JsonValue | undefined): JsonValue | undefined => {
  if (unknown === true) return undefined;
  if (isJsonObject(value)) return withoutUnknown(value, unknown);
  if (!Array.isArray(value) || !Array.isArray(unknown)) return value;
  const marks = unknown as readonly JsonValue[];
  // A list of which a member is unknown is unknown: a shorter one would read as another value.
  if (marks.includes(true)) return undefined;
  return (value as readonly JsonValue[]).map(
    (member, index) => knownValue(member, marks[index]) ?? null,
  );
};
