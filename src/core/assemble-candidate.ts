import {
  ownedObjectChanges,
  unownedObjectChanges,
  type ObjectAssembly,
} from './assemble-object-changes.ts';
import { changePeers, peersOf } from './desired/environment-peers.ts';
import type { CompiledEnvironmentRules } from './desired/environment-words.ts';
import { redactObserved } from './desired/redact-observed.ts';
import type { AuditEvent } from './model/audit-event.ts';
import { keepBounded } from './model/bounded-cache.ts';
import type { DesiredResource } from './model/desired-resource.ts';
import type { IdentifiedResource, ObservedChange } from './model/detection.ts';
import type {
  ActorVerdict,
  CandidateCause,
  CandidateKind,
  CandidateResource,
  Change,
  DriftCandidate,
} from './model/drift-candidate.ts';
import { isJsonObject } from './model/json.ts';
import { isCollectionIdentity } from './model/object-reference.ts';
import { knownOperation } from './model/known-operation.ts';
import { isArn } from './model/identity.ts';
import type { DetectionContext, IgnoredCandidate } from './model/processed-event.ts';
import type { OperationRow, ProviderTables } from './model/provider-tables.ts';
import type { SecretHash } from './model/redacted-value.ts';
import { isUnknown } from './model/unknown-value.ts';
import type { AttackStep } from './detect/attacks.ts';
import { observeChanges } from './detect/changes.ts';
import { changeSetOf, type ChangeSet } from './detect/change-set.ts';
import { compareChange } from './detect/compare.ts';
import type { IgnoreStep } from './detect/ignore.ts';
import type { SeverityStep } from './detect/severity.ts';
import { summarize } from './detect/summary.ts';
import { setsWhatNoRowReads } from './detect/unread-members.ts';

/** What assembling a candidate needs besides the event: steps made ready once for a context. */
export interface AssemblyContext {
  readonly context: DetectionContext;
  readonly tables: ProviderTables;
  readonly severity: SeverityStep;
  readonly attacks: AttackStep;
  /** Absent where there are no rules. */
  readonly ignore?: IgnoreStep | undefined;
  readonly environments?: CompiledEnvironmentRules;
}

export type Assembly =
  { readonly candidate: DriftCandidate } | { readonly ignored: IgnoredCandidate };

const ID_LENGTH = 32;

const idOf = (context: DetectionContext, ...parts: readonly (string | number)[]): string =>
  context.hash(JSON.stringify(parts)).slice(0, ID_LENGTH);

interface ChangeSetIds {
  readonly own: string;
  readonly adjacent: string;
}

const MAX_CHANGE_SETS = 4_096;
const changeSets = new WeakMap<DetectionContext, Map<string, ChangeSetIds>>();

/** The ids of a change set and its neighbour, which the candidates of a session share: made once. */
const changeSetIds = (
  context: DetectionContext,
  { who, window, adjacentWindow }: ChangeSet,
): ChangeSetIds => {
  let known = changeSets.get(context);
  if (known === undefined) {
    known = new Map();
    changeSets.set(context, known);
  }
  const [provider, account, session] = who;
  const text = `${provider}\n${account}\n${window}\n${adjacentWindow}\n${session}`;
  const found = known.get(text);
  if (found !== undefined) return found;
  const ids = {
    own: idOf(context, ...who, window),
    adjacent: idOf(context, ...who, adjacentWindow),
  };
  return keepBounded(known, text, ids, MAX_CHANGE_SETS);
};

/** A change of a resource that no code owns: there is nothing to compare it with. */
const unownedChange = ({ path, action, observed }: ObservedChange): Change => ({
  path,
  action,
  observed,
  desired: undefined,
  verdict: 'not_in_desired',
});

/** The record is kept as it is; what is told of it elsewhere carries no secret. */
const withoutSecret = (
  change: Change,
  type: string,
  { resourceTypes }: ProviderTables,
  secretHash: SecretHash | undefined,
): Change => {
  if (change.observed === undefined) return change;
  const kept = redactObserved(change.observed, change.path, type, resourceTypes, secretHash);
  return kept === change.observed ? change : { ...change, observed: kept };
};

const uniqueChanges = (changes: readonly ObservedChange[]): readonly ObservedChange[] => {
  if (changes.length < 2) return changes;
  if (new Set(changes.map(({ path }) => path)).size === changes.length) return changes;
  const seen = new Map<string, ObservedChange>();
  for (const change of changes) {
    const key = JSON.stringify([change.path, change.action, change.observed]);
    if (!seen.has(key)) seen.set(key, change);
  }
  return [...seen.values()];
};

/** Where code says a resource's tags, by the path that a call sets as a whole. */
const TAG_SETS: Readonly<Record<string, readonly string[]>> = {
  tags: ['tags_all', 'tags'],
  labels: ['terraform_labels', 'labels'],
};

/**
 * Tags that a call set as a whole, each by itself: code's tags that the call left out, it took away. Undefined for any
 * other change.
 */
const eachTag = (
  change: ObservedChange,
  owner: DesiredResource,
): readonly ObservedChange[] | undefined => {
  const { path, action, observed } = change;
  const names = Object.hasOwn(TAG_SETS, path) ? TAG_SETS[path] : undefined;
  if (names === undefined || action !== 'set' || !isJsonObject(observed)) return undefined;
  const desired = names.map((name) => owner.attributes[name]).find(isJsonObject) ?? {};
  const kept = Object.keys(observed);
  const gone = isUnknown(desired)
    ? []
    : Object.keys(desired).filter((key) => !Object.hasOwn(observed, key));
  if (kept.length + gone.length === 0) return undefined;
  return [
    ...kept.map((key) => ({ path: `${path}.${key}`, action, observed: observed[key] })),
    ...gone.map((key) => ({
      path: `${path}.${key}`,
      action: 'remove' as const,
      observed: undefined,
    })),
  ];
};

/** How a change stands to what code says, with what it says of the resource in other environments. */
const ownedChanges = (
  observed: readonly ObservedChange[],
  owner: DesiredResource,
  { context, tables, environments }: AssemblyContext,
): readonly Change[] => {
  let peers: readonly DesiredResource[] | undefined;
  const compared = (each: ObservedChange): Change => {
    const change = compareChange(each, owner, tables, context.secretHash);
    if (environments === undefined || change.verdict === 'unknown') return change;
    peers ??= peersOf(owner, context.index);
    if (peers.length === 0) return change;
    const found = changePeers(change, peers, tables.resourceTypes, environments, (resource) =>
      compareChange(each, resource, tables, context.secretHash),
    );
    return found.length === 0 ? change : { ...change, peers: found };
  };
  const changes: Change[] = [];
  for (const each of observed) {
    const tags = eachTag(each, owner);
    if (tags === undefined) changes.push(compared(each));
    else for (const tag of tags) changes.push(compared(tag));
  }
  return changes;
};

/** A creation that no code asked for, in an account where code owns something. */
const isUnmanaged = (
  resource: IdentifiedResource,
  event: AuditEvent,
  context: DetectionContext,
): boolean =>
  resource.owners.length === 0 &&
  resource.effect === 'create' &&
  resource.target?.parent !== true &&
  (resource.covered ??
    (event.account !== undefined && context.index.covers(event.provider, event.account)));

/** What the act did to a resource that code owns. */
const ownedKind = (
  resource: IdentifiedResource,
  changes: readonly Change[],
  { request }: AuditEvent,
  row: OperationRow | undefined,
): CandidateKind => {
  if (resource.effect === 'delete') return 'deleted';
  // What a creation does not set is new too, so it restores nothing for certain.
  return resource.effect === 'update' &&
    changes.length > 0 &&
    changes.every((change) => change.verdict === 'equals_desired') &&
    (row === undefined || !setsWhatNoRowReads(request, row))
    ? 'restored'
    : 'changed';
};

const candidateResource = (
  event: AuditEvent,
  found: IdentifiedResource,
  owner: DesiredResource | undefined,
): CandidateResource => ({
  key: owner?.key ?? found.identity,
  type: owner?.type ?? found.type,
  identity: found.identity,
  provider: event.provider,
  account: owner?.account ?? event.account,
  region: owner?.region ?? event.region,
  address: owner?.address,
  environment: owner?.environment,
  source: owner?.source,
  scope: owner?.scope,
  module: owner?.module,
  repository: owner?.repository,
  owner: owner?.owner,
  commit: owner?.commit,
  serial: owner?.serial,
});

/** The owner that a candidate names: the first by key, so that a replay names the same. */
export const namedOwner = ({ owners }: IdentifiedResource): DesiredResource | undefined => {
  let [first] = owners;
  for (const next of owners) if (first === undefined || next.key < first.key) first = next;
  return first;
};

/** Ids and names by which the resource is known. */
const namesOf = (
  resource: IdentifiedResource,
  owner: DesiredResource | undefined,
): readonly string[] => {
  const id = owner?.attributes['id'];
  const names = [resource.identity, ...(owner?.identities ?? [])]
    .filter((identity) => !isCollectionIdentity(identity))
    .map((identity) => (isArn(identity) ? identity : identity.slice(identity.indexOf(':') + 1)));
  return [...new Set(typeof id === 'string' && id !== '' ? [id, ...names] : names)];
};

/** An act outside code: what the event says, and who made it. */
export interface OutsideAct {
  readonly event: AuditEvent;
  readonly actor: ActorVerdict;
  readonly cause: CandidateCause;
}

/** What the act set of one resource, compared with what code says of it. */
const changesOf = (
  event: AuditEvent,
  found: readonly [IdentifiedResource, ...(readonly IdentifiedResource[])],
  owner: DesiredResource | undefined,
  assembly: AssemblyContext,
): readonly Change[] => {
  const { context, tables, environments } = assembly;
  const [resource] = found;
  if (tables.objects !== undefined) {
    if (resource.effect === 'delete') return [];
    const { objects: table, resourceTypes } = tables;
    const objects: ObjectAssembly = { context, table, resourceTypes, environments };
    return owner === undefined
      ? unownedObjectChanges(event, objects)
      : ownedObjectChanges(event, owner, objects);
  }
  const observed = uniqueChanges(
    found.length === 1
      ? observeChanges(event, resource)
      : found.flatMap((each) => observeChanges(event, each)),
  );
  const compared =
    owner === undefined ? observed.map(unownedChange) : ownedChanges(observed, owner, assembly);
  return compared.map((change) =>
    withoutSecret(change, owner?.type ?? resource.type, tables, context.secretHash),
  );
};

/**
 * The candidate for one resource that the act touched, from all that the event says of it; undefined where it is none.
 * @param found the same resource once or more, never none
 */
export const assembleCandidate = (
  { event, actor, cause }: OutsideAct,
  found: readonly [IdentifiedResource, ...(readonly IdentifiedResource[])],
  assembly: AssemblyContext,
): Assembly | undefined => {
  const { context, tables } = assembly;
  const [resource] = found;
  const owner = namedOwner(resource);
  if (owner === undefined && !isUnmanaged(resource, event, context)) return undefined;
  const changes = changesOf(event, found, owner, assembly);
  const { key, row } = knownOperation(event, tables);
  const kind = owner === undefined ? 'unmanaged' : ownedKind(resource, changes, event, row);

  const described = candidateResource(event, resource, owner);
  const { type, identity, address, environment, account } = described;
  const { operation, time } = event;
  const rule = assembly.ignore?.({
    kind,
    time,
    type,
    names: namesOf(resource, owner),
    address,
    environment,
    account,
    operation,
    operationKey: key,
    principal: actor.principal,
    actorName: actor.name,
    paths: changes.map((change) => change.path),
  });
  if (rule !== undefined) return { ignored: { rule, kind, resource: described } };

  const attacks = assembly.attacks({ kind, type, operationKey: key, changes });
  const changeSet = changeSetIds(context, changeSetOf(event, actor));
  return {
    candidate: {
      candidate_id: idOf(context, event.actId ?? event.id, described.key),
      event_id: event.id,
      kind,
      time,
      service: event.service,
      operation,
      resource: described,
      changes,
      actor,
      session_uid: event.actor.sessionUid,
      source_ip: event.sourceIp,
      user_agent: event.userAgent,
      severity: assembly.severity({ kind, type, environment, changes, actor }),
      attacks: attacks.length === 0 ? undefined : attacks,
      cause,
      matched_by: resource.matchedBy,
      ambiguous:
        resource.owners.length > 1 ? resource.owners.map((each) => each.address).toSorted() : [],
      summary: summarize({
        kind,
        operation,
        actor,
        changes,
        identity,
        address,
        environment,
        account,
      }),
      change_set_id: changeSet.own,
      change_set_adjacent_id: changeSet.adjacent,
    },
  };
};
