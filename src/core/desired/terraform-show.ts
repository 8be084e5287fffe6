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
import { toDesiredState, type FoundResource } from './found-resource.ts';
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
export const readTerraformShow = (root: JsonObject, context: StateContext): StateResult => {
  const isPlan = Object.hasOwn(root, 'planned_values');
  const refusal = refuse(root, isPlan);
  if (refusal !== undefined) return stateFailed(context.source, refusal);
  const values = ownValue(root, isPlan ? 'planned_values' : 'values');
  const walk: Walk = { found: [], skipped: { data: 0, deposed: 0 }, changes: changesOf(root) };
  const problem = walkModule(
    ownValue(values, 'root_module') ?? {},
    undefined,
    isPlan ? 'planned_values.root_module' : 'values.root_module',
    walk,
  );
  if (problem !== undefined) return stateFailed(context.source, problem);
  return toDesiredState(
    {
      format: isPlan ? 'terraform-plan' : 'terraform-show',
      serial: 0,
      found: walk.found,
      skipped: walk.skipped,
      warnings: warningsOf(root, isPlan),
    },
    context,
  );
};

const refuse = (root: JsonObject, isPlan: boolean): StateProblem | undefined => {
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

const warningsOf = (root: JsonObject, isPlan: boolean): readonly string[] => {
  const drift = ownValue(root, 'resource_drift');
  const drifted = Array.isArray(drift) ? drift.length : 0;
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

interface Walk {
  readonly found: FoundResource[];
  readonly skipped: { data: number; deposed: number };
  /** Of a plan: `resource_changes[].change` by address. */
  readonly changes: ReadonlyMap<string, JsonValue>;
}

const changesOf = (root: JsonObject): ReadonlyMap<string, JsonValue> => {
  const listed = ownValue(root, 'resource_changes');
  const changes = new Map<string, JsonValue>();
  for (const change of Array.isArray(listed) ? (listed as readonly JsonValue[]) : []) {
    const address = ownString(change, 'address');
    const isCurrent = ownString(change, 'deposed') === undefined;
    if (address !== undefined && isCurrent)
      changes.set(address, ownValue(change, 'change') ?? null);
  }
  return changes;
};

const MAX_MODULE_DEPTH = 100;

const walkModule = (
  module: JsonValue,
  address: string | undefined,
  position: string,
  walk: Walk,
  depth = 0,
): StateProblem | undefined => {
  if (!isJsonObject(module)) return { position, message: 'not an object' };
  if (depth > MAX_MODULE_DEPTH) return { position, message: 'modules are nested too deep' };
  const resources = ownValue(module, 'resources') ?? [];
  const children = ownValue(module, 'child_modules') ?? [];
  if (!Array.isArray(resources) || !Array.isArray(children)) {
    return { position, message: 'resources or child_modules is not an array' };
  }
  for (const [index, resource] of (resources as readonly JsonValue[]).entries()) {
    const problem = readResource(resource, address, walk);
    if (problem !== undefined) {
      return { position: `${position}.resources[${index}]`, message: problem };
    }
  }
  for (const [index, child] of (children as readonly JsonValue[]).entries()) {
    const at = `${position}.child_modules[${index}]`;
    const problem = walkModule(child, ownString(child, 'address'), at, walk, depth + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
};

/** A text says what is wrong. */
const readResource = (
  resource: JsonValue,
  module: string | undefined,
  { found, skipped, changes }: Walk,
): string | undefined => {
  const mode = ownValue(resource, 'mode');
  if (mode === 'data') {
    skipped.data += 1;
    return undefined;
  }
  if (mode !== 'managed') return 'mode is neither managed nor data';
  if (ownString(resource, 'deposed_key') !== undefined) {
    skipped.deposed += 1;
    return undefined;
  }
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
  found.push({
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
  });
  return undefined;
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
