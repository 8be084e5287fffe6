import { changePeers, peersOf } from './desired/environment-peers.ts';
import type { CompiledEnvironmentRules } from './desired/environment-words.ts';
import { redactAttributes } from './desired/redact.ts';
import { createdParts, objectChanges } from './detect/objects/object-changes.ts';
import type { AuditEvent } from './model/audit-event.ts';
import { isJsonObject, ownValue, type JsonValue } from './model/json.ts';
import type { DesiredResource } from './model/desired-resource.ts';
import type { Change } from './model/drift-candidate.ts';
import type { ObjectTable } from './model/object-table.ts';
import type { DetectionContext } from './model/processed-event.ts';
import type { ResourceTypeTable } from './model/provider-tables.ts';
import { isRedacted, redactedValue, type SecretHash } from './model/redacted-value.ts';

export interface ObjectAssembly {
  readonly context: DetectionContext;
  readonly table: ObjectTable;
  readonly resourceTypes: ResourceTypeTable;
  readonly environments?: CompiledEnvironmentRules | undefined;
}

/** The name that tells whether a value is a secret: the last one of the path. */
const nameOf = (path: string): string => /([^.[\]]+)(?:\[\d+\])*$/.exec(path)?.[1] ?? path;

/** The texts of a value that its redaction has hidden. */
const hiddenTexts = (value: JsonValue, safe: JsonValue | undefined, found: Set<string>): void => {
  if (typeof value === 'string') {
    if (value !== '' && isRedacted(safe)) found.add(value);
    return;
  }
  if (Array.isArray(value)) {
    const members: readonly JsonValue[] = value;
    const below: readonly JsonValue[] = Array.isArray(safe) ? safe : [];
    for (const [at, member] of members.entries())
      hiddenTexts(member, isRedacted(safe) ? safe : below[at], found);
  } else if (isJsonObject(value)) {
    for (const [key, member] of Object.entries(value))
      hiddenTexts(member, isRedacted(safe) ? safe : ownValue(safe, key), found);
  }
};

/**
 * What a call writes that is a secret by what stands beside it, as in `{name: DB_PASSWORD, value: …}`: a change may
 * hold the value alone.
 */
const secretsOf = ({ request, response }: AuditEvent): ReadonlySet<string> => {
  const written = {
    request: ownValue(request, 'requestObject') ?? null,
    response: response ?? null,
  };
  const found = new Set<string>();
  hiddenTexts(written, redactAttributes(written, [], undefined), found);
  return found;
};

const without = (
  value: JsonValue,
  secrets: ReadonlySet<string>,
  hash: SecretHash | undefined,
): JsonValue => {
  if (typeof value === 'string') return secrets.has(value) ? redactedValue(value, hash) : value;
  if (Array.isArray(value)) return value.map((member: JsonValue) => without(member, secrets, hash));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, without(member, secrets, hash)]),
  );
};

/** A JSON patch may write the value of an environment variable alone: no name tells whether it is a secret. */
const NAMELESS = /(?:^|\.)env\[\d+\]\.value$/;

/** A call holds what code keeps out of desired resources: it is taken out by the same rules. */
const redacting = (
  event: AuditEvent,
  hash: SecretHash | undefined,
): ((change: Change) => Change) => {
  const secrets = secretsOf(event);
  const isJsonPatch = Array.isArray(ownValue(event.request, 'requestObject'));
  return (change) => {
    if (change.observed === undefined) return change;
    if (isJsonPatch && NAMELESS.test(change.path)) {
      return { ...change, observed: redactedValue(change.observed, hash) };
    }
    const name = nameOf(change.path);
    const observed = redactAttributes({ [name]: change.observed }, [], hash)[name];
    return observed === undefined
      ? change
      : { ...change, observed: without(observed, secrets, hash) };
  };
};

/** The changes of an object that no code owns. */
export const unownedObjectChanges = (
  event: AuditEvent,
  { context, table }: ObjectAssembly,
): readonly Change[] =>
  createdParts(event, table, context.secretHash).map(redacting(event, context.secretHash));

/** How what a call wrote of an object stands to what code says, with what it says in other environments. */
export const ownedObjectChanges = (
  event: AuditEvent,
  owner: DesiredResource,
  { context, table, resourceTypes, environments }: ObjectAssembly,
): readonly Change[] => {
  const { secretHash } = context;
  const changes = objectChanges(event, owner, table, secretHash).map(redacting(event, secretHash));
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
