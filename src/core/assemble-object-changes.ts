import { changePeers, peersOf } from './desired/environment-peers.ts';
import type { CompiledEnvironmentRules } from './desired/environment-words.ts';
import { redactAttributes } from './desired/redact.ts';
import { createdParts, objectChanges } from './detect/objects/object-changes.ts';
import type { AuditEvent } from './model/audit-event.ts';
import { eventWith } from './model/event-with.ts';
import { isJsonObject, ownString, ownValue } from './model/json.ts';
import type { DesiredResource } from './model/desired-resource.ts';
import type { Change } from './model/drift-candidate.ts';
import type { ObjectTable } from './model/object-table.ts';
import type { DetectionContext } from './model/processed-event.ts';
import type { ResourceTypeTable } from './model/provider-tables.ts';
import { redactedValue, type SecretHash } from './model/redacted-value.ts';

export interface ObjectAssembly {
  readonly context: DetectionContext;
  readonly table: ObjectTable;
  readonly resourceTypes: ResourceTypeTable;
  readonly environments?: CompiledEnvironmentRules | undefined;
}

/** The name that tells whether a value is a secret: the last one of the path. */
const nameOf = (path: string): string => /([^.[\]]+)(?:\[\d+\])*$/.exec(path)?.[1] ?? path;

/**
 * The event without the secrets that stand beside their names in what it writes, as in `{name: DB_PASSWORD, value: …}`.
 * A Secret's own values are hidden where they are compared.
 */
const withoutNamedSecrets = (event: AuditEvent, hash: SecretHash | undefined): AuditEvent => {
  const { request, response } = event;
  if (!isJsonObject(request)) return event;
  if (ownString(ownValue(request, 'objectRef'), 'resource') === 'secrets') return event;
  const { requestObject, response: safeResponse } = redactAttributes(
    { requestObject: ownValue(request, 'requestObject') ?? null, response: response ?? null },
    [],
    hash,
  );
  return eventWith(event, {
    request: { ...request, requestObject: requestObject ?? null },
    response: response === undefined ? undefined : (safeResponse ?? null),
  });
};

/** A JSON patch may write the value of an environment variable alone: no name tells whether it is a secret. */
const NAMELESS = /(?:^|\.)env\[\d+\]\.value$/;

/** A call holds what code keeps out of desired resources: it is taken out by the same rules. */
const redacted = (change: Change, event: AuditEvent, hash: SecretHash | undefined): Change => {
  if (change.observed === undefined) return change;
  if (NAMELESS.test(change.path) && Array.isArray(ownValue(event.request, 'requestObject'))) {
    return { ...change, observed: redactedValue(change.observed, hash) };
  }
  const name = nameOf(change.path);
  const observed = redactAttributes({ [name]: change.observed }, [], hash)[name];
  return observed === undefined ? change : { ...change, observed };
};

/** The changes of an object that no code owns. */
export const unownedObjectChanges = (
  event: AuditEvent,
  { context, table }: ObjectAssembly,
): readonly Change[] =>
  createdParts(withoutNamedSecrets(event, context.secretHash), table, context.secretHash).map(
    (change) => redacted(change, event, context.secretHash),
  );

/** How what a call wrote of an object stands to what code says, with what it says in other environments. */
export const ownedObjectChanges = (
  event: AuditEvent,
  owner: DesiredResource,
  { context, table, resourceTypes, environments }: ObjectAssembly,
): readonly Change[] => {
  const { secretHash } = context;
  const safe = withoutNamedSecrets(event, secretHash);
  const changes = objectChanges(safe, owner, table, secretHash).map((change) =>
    redacted(change, event, secretHash),
  );
  if (environments === undefined || changes.length === 0) return changes;
  const peers = peersOf(owner, context.index);
  if (peers.length === 0) return changes;
  const byPeer = new Map(
    peers.map((peer) => [peer, objectChanges(safe, peer, table, secretHash)] as const),
  );
  return changes.map((change) => {
    const against = (peer: DesiredResource): Change =>
      byPeer
        .get(peer)
        ?.find(({ path, action }) => path === change.path && action === change.action) ?? {
        path: change.path,
        action: change.action,
        verdict: 'unknown',
      };
    const found = changePeers(change, peers, resourceTypes, environments, against);
    return found.length === 0 ? change : { ...change, peers: found };
  });
};
