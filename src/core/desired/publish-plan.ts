import type { DesiredResource } from '../model/desired-resource.ts';
import { isJsonObject, type JsonValue } from '../model/json.ts';
import { isCollectionIdentity } from '../model/object-reference.ts';
import { isPeerIdentity } from './peer-identity.ts';

/** What is published as one. */
export interface PublishedState {
  /** `<environment>/<lineage>`. */
  readonly scope: string;
  readonly lineage?: string;
  readonly serial: number;
  /** As often as asked. */
  readonly resources: Iterable<DesiredResource>;
  /** The digest of each resource's content (see `contentText`), by key: what is compared. */
  readonly contents: ReadonlyMap<string, string>;
}

/** What a publish writes, and how many resources it leaves as they are. */
export interface PublishPlan {
  readonly upserts: Iterable<DesiredResource>;
  /** Keys that code no longer owns. */
  readonly tombstones: readonly string[];
  /** True where no resource differs, and one is written for the new serial alone. */
  readonly serialOnly: boolean;
  readonly counts: PublishCounts;
}

export interface PublishCounts {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly unchanged: number;
}

export const PUBLISH_REFUSALS = ['serial_went_back', 'other_lineage', 'no_lineage'] as const;

export interface PublishRefusal {
  readonly reason: (typeof PUBLISH_REFUSALS)[number];
  readonly message: string;
}

export type PublishDecision =
  | { readonly ok: true; readonly plan: PublishPlan }
  | { readonly ok: false; readonly refusal: PublishRefusal };

/** What is kept of a resource that the topic holds, to compare a state with. */
export interface HeldResource {
  readonly scope: string;
  /** -1 where it has none. */
  readonly serial: number;
  /** Digest of its content. */
  readonly content: string;
  /** Only of other scopes than those that are published: whether it is the same resource as one of theirs. */
  readonly identities?: readonly string[];
  /** Only where its differences are to be told. */
  readonly resource?: DesiredResource;
}

/** What the topic holds, by key; undefined for a value that cannot be decoded. */
export type HeldResources = ReadonlyMap<string, HeldResource | undefined>;

/**
 * Compares a state with what the topic holds. A resource whose content is the same is not written again, so its
 * `serial`, `commit` and `source` are those with which its content last changed. Some resource always has the serial that was
 * published last, so that an older state is told.
 * @param force publishes an older serial, and takes resources over from another lineage
 */
export const planPublish = (
  state: PublishedState,
  held: HeldResources,
  force: boolean,
): PublishDecision => {
  if (state.lineage === undefined) {
    return refused(
      'no_lineage',
      "It has no lineage, so its resources cannot be told from those of another state. Name what publishes as one with --unit, a template's stack with --stack; write a Terraform state with `terraform state push`.",
    );
  }
  const { ownKeys, lastSerial, taken } = heldBefore(state, held);
  if (state.serial < lastSerial && !force) {
    return refused(
      'serial_went_back',
      `Serial ${state.serial} is older than ${lastSerial}, which ${state.scope} has published. Publish the newest state, or use --force after a restore.`,
    );
  }
  const first = taken[0];
  if (first !== undefined && !force) {
    return refused(
      'other_lineage',
      `${taken.length} resources, such as ${first.address}, are published from lineage ${first.lineage} in the same environment. Publish that state without them, or use --force to take them over.`,
    );
  }
  return {
    ok: true,
    plan: makePlan(state, held, [...ownKeys, ...taken.map(({ key }) => key)], lastSerial),
  };
};

const makePlan = (
  state: PublishedState,
  held: HeldResources,
  replacedKeys: readonly string[],
  lastSerial: number,
): PublishPlan => {
  const { contents } = state;
  const differing = new Set<string>();
  let added = 0;
  let carrier: string | undefined;
  for (const [key, content] of contents) {
    const before = held.get(key);
    if (held.has(key)) carrier ??= key;
    else added += 1;
    // After a forced step back no resource may keep a newer serial: the next publish would be refused.
    if (before?.content !== content || before.serial > state.serial) differing.add(key);
  }
  const tombstones = replacedKeys.filter((key) => !contents.has(key));
  const serialOnly = differing.size === 0 && state.serial !== lastSerial && carrier !== undefined;
  const written = serialOnly && carrier !== undefined ? new Set([carrier]) : differing;
  return {
    upserts: { [Symbol.iterator]: () => resourcesOf(state, written) },
    tombstones,
    serialOnly,
    counts: {
      added,
      changed: differing.size - added,
      removed: tombstones.length,
      unchanged: contents.size - differing.size,
    },
  };
};

/** The resources of these keys; the state is read no further than to the last of them. */
function* resourcesOf(
  { resources }: PublishedState,
  keys: ReadonlySet<string>,
): Generator<DesiredResource, undefined> {
  let left = keys.size;
  if (left === 0) return undefined;
  for (const resource of resources) {
    if (!keys.has(resource.key)) continue;
    yield resource;
    left -= 1;
    if (left === 0) return undefined;
  }
  return undefined;
}

interface HeldBefore {
  /** Keys of the state's own scope. */
  readonly ownKeys: readonly string[];
  readonly lastSerial: number;
  /** Resources of the state that another lineage has published: the state was begun anew or moved. */
  readonly taken: readonly TakenResource[];
}

interface TakenResource {
  readonly key: string;
  readonly address: string;
  readonly lineage: string;
}

/** In one pass, since the topic holds far more than the state. */
const heldBefore = (state: PublishedState, held: HeldResources): HeldBefore => {
  const ownKeys: string[] = [];
  const others = new Map<
    string,
    readonly (TakenResource & { readonly identities: readonly string[] })[]
  >();
  let lastSerial = -1;
  for (const [key, resource] of held) {
    if (resource === undefined) {
      // A value that cannot be decoded tells its scope by its key alone.
      if (key.startsWith(`${state.scope}/`)) ownKeys.push(key);
    } else if (resource.scope === state.scope) {
      ownKeys.push(key);
      lastSerial = Math.max(lastSerial, resource.serial);
    } else if (resource.identities !== undefined) {
      const [environment = '', lineage = ''] = split(resource.scope);
      const address = key.slice(resource.scope.length + 1);
      const own = `${state.scope}/${address}`;
      if (environment !== split(state.scope)[0] || !state.contents.has(own)) continue;
      const other = { key, address, lineage, identities: resource.identities };
      others.set(own, [...(others.get(own) ?? []), other]);
    }
  }
  return { ownKeys, lastSerial, taken: others.size === 0 ? [] : takenOf(state, others) };
};

/** Environment and lineage. */
const split = (scope: string): readonly string[] => {
  const slash = scope.indexOf('/');
  return [scope.slice(0, slash), scope.slice(slash + 1)];
};

/** Of resources of other lineages at the same address, by key of the state's own, those that are the same. */
const takenOf = (
  state: PublishedState,
  others: ReadonlyMap<string, readonly (TakenResource & Pick<DesiredResource, 'identities'>)[]>,
): readonly TakenResource[] => {
  const taken: TakenResource[] = [];
  for (const own of resourcesOf(state, new Set(others.keys()))) {
    for (const other of others.get(own.key) ?? []) {
      const isSame = own.identities.some(
        (identity) =>
          !isPeerIdentity(identity) &&
          !isCollectionIdentity(identity) &&
          other.identities.includes(identity),
      );
      if (isSame) taken.push(other);
    }
  }
  return taken;
};

/** Whether a field is of the resource itself, or of the publish that wrote it. */
const FIELDS: Readonly<Record<keyof DesiredResource, 'content' | 'publish'>> = {
  key: 'content',
  scope: 'content',
  address: 'content',
  type: 'content',
  provider: 'content',
  provider_source: 'content',
  module: 'content',
  account: 'content',
  region: 'content',
  identities: 'content',
  environment: 'content',
  repository: 'content',
  owner: 'content',
  commit: 'publish',
  // A checkout or a download has another path each time.
  source: 'publish',
  lineage: 'content',
  serial: 'publish',
  tainted: 'content',
  published_time: 'publish',
  attributes: 'content',
};

/** Fields that make a resource differ. */
export const CONTENT_FIELDS = (Object.keys(FIELDS) as (keyof DesiredResource)[]).filter(
  (name) => FIELDS[name] === 'content',
);

/**
 * The content of a resource as a text: equal texts are equal content, whatever the order of keys and however absence is
 * written. Of the commit only whether there is one.
 */
export const contentText = (resource: DesiredResource): string => {
  const fields = CONTENT_FIELDS.map((name) => {
    const value = resource[name];
    // The schema's null or false for what is absent reads as absent.
    return value === undefined || value === false ? null : sorted(value);
  });
  return JSON.stringify([resource.commit !== undefined, ...fields]);
};

const sorted = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(sorted);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, sorted(value[name] ?? null)]),
  );
};

export const isSameValue = (a: unknown, b: unknown): boolean => {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((member, position) => isSameValue(member, b[position]));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isSameValue(a[name], b[name]))
  );
};

const refused = (reason: PublishRefusal['reason'], message: string): PublishDecision => ({
  ok: false,
  refusal: { reason, message },
});
