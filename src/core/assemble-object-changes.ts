import { changePeers, peersOf } from './desired/environment-peers.ts';
import type { CompiledEnvironmentRules } from './desired/environment-words.ts';
import { redactAttributes } from './desired/redact.ts';
import { createdParts, objectChanges } from './detect/objects/object-changes.ts';
import type { AuditEvent } from './model/audit-event.ts';
import type { DesiredResource } from './model/desired-resource.ts';
import type { Change } from './model/drift-candidate.ts';
import type { ObjectTable } from './model/object-table.ts';
import type { DetectionContext } from './model/processed-event.ts';
import type { ResourceTypeTable } from './model/provider-tables.ts';
import type { SecretHash } from './model/redacted-value.ts';

export interface ObjectAssembly {
  readonly context: DetectionContext;
  readonly table: ObjectTable;
  readonly resourceTypes: ResourceTypeTable;
  readonly environments?: CompiledEnvironmentRules | undefined;
}

/** The name that tells whether a value is a secret: the last one of the path. */
const nameOf = (path: string): string => /([^.[\]]+)(?:\[\d+\])*$/.exec(path)?.[1] ?? path;

/** A call holds what code keeps out of desired resources: it is taken out by the same rules. */
const redacted = (change: Change, hash: SecretHash | undefined): Change => {
  if (change.observed === undefined) return change;
  const name = nameOf(change.path);
  const observed = redactAttributes({ [name]: change.observed }, [], hash)[name];
  return observed === undefined ? change : { ...change, observed };
};

/** The changes of an object that no code owns. */
export const unownedObjectChanges = (
  event: AuditEvent,
  { context, table }: ObjectAssembly,
): readonly Change[] =>
  createdParts(event, table, context.secretHash).map((change) =>
    redacted(change, context.secretHash),
  );

/** How what a call wrote of an object stands to what code says, with what it says in other environments. */
export const ownedObjectChanges = (
  event: AuditEvent,
  owner: DesiredResource,
  { context, table, resourceTypes, environments }: ObjectAssembly,
): readonly Change[] => {
  const { secretHash } = context;
  const changes = objectChanges(event, owner, table, secretHash).map((change) =>
    redacted(change, secretHash),
  );
  if (environments === undefined || changes.length === 0) return changes;
  const peers = peersOf(owner, context.index);
  if (peers.length === 0) return changes;
  const byPeer = new Map(
    peers.map((peer) => [peer, objectChanges(event, peer, table, secretHash)] as const),
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
