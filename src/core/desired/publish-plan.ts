import type { DesiredResource } from '../model/desired-resource.ts';
import { isJsonObject } from '../model/json.ts';
import type { DesiredState } from './terraform-state.ts';

/** What a publish writes, and how many resources it leaves as they are. */
export interface PublishPlan {
  readonly upserts: readonly DesiredResource[];
  /** Keys that code no longer owns. */
  readonly tombstones: readonly string[];
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

/**
 * Compares a state with what the topic holds. A resource whose content is the same is not written again, so its
 * `serial` and `commit` are those with which its content last changed. Some resource always has the serial that was
 * published last, so that an older state is told.
 * @param held all that the topic holds, by key; undefined for a value that cannot be decoded
 * @param force publishes an older serial, and takes resources over from another lineage
 */
export const planPublish = (
  state: DesiredState,
  held: ReadonlyMap<string, DesiredResource | undefined>,
  force: boolean,
): PublishDecision => {
  if (state.lineage === undefined) {
    return refused(
      'no_lineage',
      'The state has no lineage, so its resources cannot be told from those of another state. Write it with Terraform: `terraform state push`.',
    );
  }
  const ownKeys = [...held.keys()].filter(
    (key) => (held.get(key)?.scope ?? scopePrefix(key, state.scope)) === state.scope,
  );
  const lastSerial = ownKeys.reduce((last, key) => Math.max(last, held.get(key)?.serial ?? -1), -1);
  if (state.serial < lastSerial && !force) {
    return refused(
      'serial_went_back',
      `Serial ${state.serial} is older than ${lastSerial}, which ${state.scope} has published. Publish the newest state, or use --force after a restore.`,
    );
  }
  const taken = resourcesOfOtherLineage(state, held);
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
  state: DesiredState,
  held: ReadonlyMap<string, DesiredResource | undefined>,
  replacedKeys: readonly string[],
  lastSerial: number,
): PublishPlan => {
  const differing = state.resources.filter((resource) => {
    const before = held.get(resource.key);
    // After a forced step back no resource may keep a newer serial: the next publish would be refused.
    return !isSameContent(before, resource) || (before?.serial ?? -1) > state.serial;
  });
  const keys = new Set(state.resources.map(({ key }) => key));
  const tombstones = replacedKeys.filter((key) => !keys.has(key));
  const carrier = state.resources.find(({ key }) => held.has(key));
  const needsCarrier =
    differing.length === 0 && state.serial !== lastSerial && carrier !== undefined;
  const added = differing.filter(({ key }) => !held.has(key)).length;
  return {
    upserts: needsCarrier ? [carrier] : differing,
    tombstones,
    counts: {
      added,
      changed: differing.length - added,
      removed: tombstones.length,
      unchanged: state.resources.length - differing.length,
    },
  };
};

/** The scope where the key is one of its own; a key whose value cannot be decoded tells nothing else. */
const scopePrefix = (key: string, scope: string): string | undefined =>
  key.startsWith(`${scope}/`) ? scope : undefined;

/** The same resource at the same address under another lineage: the state was begun anew or moved. */
const resourcesOfOtherLineage = (
  state: DesiredState,
  held: ReadonlyMap<string, DesiredResource | undefined>,
): readonly DesiredResource[] => {
  const incoming = new Map(state.resources.map((resource) => [resource.address, resource]));
  return [...held.values()].filter((other): other is DesiredResource => {
    if (other === undefined || other.scope === state.scope) return false;
    const same = incoming.get(other.address);
    return (
      same?.environment === other.environment &&
      same.identities.some((identity) => other.identities.includes(identity))
    );
  });
};

const VOLATILE: ReadonlySet<string> = new Set(['published_time', 'serial', 'commit']);

const isSameContent = (held: DesiredResource | undefined, resource: DesiredResource): boolean =>
  held !== undefined &&
  (held.commit === undefined) === (resource.commit === undefined) &&
  isSame(contentOf(held), contentOf(resource));

const contentOf = (resource: DesiredResource): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    // The schema's null or false for what is absent reads as absent.
    Object.entries(resource).filter(
      ([name, value]) =>
        !VOLATILE.has(name) && value !== undefined && value !== null && value !== false,
    ),
  );

const isSame = (a: unknown, b: unknown): boolean => {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((member, position) => isSame(member, b[position]));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return a === b;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isSame(a[name], b[name]))
  );
};

const refused = (reason: PublishRefusal['reason'], message: string): PublishDecision => ({
  ok: false,
  refusal: { reason, message },
});
