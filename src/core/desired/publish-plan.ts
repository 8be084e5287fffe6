import type { DesiredResource } from '../model/desired-resource.ts';
import { isJsonObject } from '../model/json.ts';
import { isCollectionIdentity } from '../model/object-reference.ts';
import { isPeerIdentity } from './peer-identity.ts';

/** What is published as one. */
export interface PublishedState {
  /** `<environment>/<lineage>`. */
  readonly scope: string;
  readonly lineage?: string;
  readonly serial: number;
  readonly resources: readonly DesiredResource[];
}

/** What a publish writes, and how many resources it leaves as they are. */
export interface PublishPlan {
  readonly upserts: readonly DesiredResource[];
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

/** All that the topic holds, by key; undefined for a value that cannot be decoded. */
export type HeldResources = ReadonlyMap<string, DesiredResource | undefined>;

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
      `${taken.length} resources, such as ${first.address}, are published from lineage ${first.lineage ?? '-'} in the same environment. Publish that state without them, or use --force to take them over.`,
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
  const { resources } = state;
  const differing = resources.filter((resource) => {
    const before = held.get(resource.key);
    // After a forced step back no resource may keep a newer serial: the next publish would be refused.
    return !isSameContent(before, resource) || (before?.serial ?? -1) > state.serial;
  });
  const keys = new Set(resources.map(({ key }) => key));
  const tombstones = replacedKeys.filter((key) => !keys.has(key));
  const carrier = resources.find(({ key }) => held.has(key));
  const serialOnly = differing.length === 0 && state.serial !== lastSerial && carrier !== undefined;
  const added = differing.filter(({ key }) => !held.has(key)).length;
  return {
    upserts: serialOnly ? [carrier] : differing,
    tombstones,
    serialOnly,
    counts: {
      added,
      changed: differing.length - added,
      removed: tombstones.length,
      unchanged: resources.length - differing.length,
    },
  };
};

interface HeldBefore {
  /** Keys of the state's own scope. */
  readonly ownKeys: readonly string[];
  readonly lastSerial: number;
  /** Resources of the state that another lineage has published: the state was begun anew or moved. */
  readonly taken: readonly DesiredResource[];
}

/** In one pass, since the topic holds far more than the state. */
const heldBefore = (state: PublishedState, held: HeldResources): HeldBefore => {
  const incoming = new Map(state.resources.map((resource) => [resource.address, resource]));
  const ownKeys: string[] = [];
  const taken: DesiredResource[] = [];
  let lastSerial = -1;
  for (const [key, resource] of held) {
    if (resource === undefined) {
      // A value that cannot be decoded tells its scope by its key alone.
      if (key.startsWith(`${state.scope}/`)) ownKeys.push(key);
    } else if (resource.scope === state.scope) {
      ownKeys.push(key);
      lastSerial = Math.max(lastSerial, resource.serial ?? -1);
    } else if (isSameResource(incoming.get(resource.address), resource)) {
      taken.push(resource);
    }
  }
  return { ownKeys, lastSerial, taken };
};

const isSameResource = (own: DesiredResource | undefined, other: DesiredResource): boolean =>
  own?.environment === other.environment &&
  own.identities.some(
    (identity) =>
      !isPeerIdentity(identity) &&
      !isCollectionIdentity(identity) &&
      other.identities.includes(identity),
  );

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

/** Fields that make a resource differ, cheap ones first. */
export const CONTENT_FIELDS = (Object.keys(FIELDS) as (keyof DesiredResource)[]).filter(
  (name) => FIELDS[name] === 'content',
);

const isSameContent = (held: DesiredResource | undefined, resource: DesiredResource): boolean =>
  held !== undefined &&
  (held.commit === undefined) === (resource.commit === undefined) &&
  CONTENT_FIELDS.every((name) =>
    isSameValue(presentValue(held[name]), presentValue(resource[name])),
  );

/** The schema's null or false for what is absent reads as absent. */
const presentValue = (value: unknown): unknown =>
  value === null || value === false ? undefined : value;

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
