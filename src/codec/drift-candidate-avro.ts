import type {
  ActorVerdict,
  CandidateResource,
  Change,
  ChangePeer,
  DriftCandidate,
} from '../core/model/drift-candidate.ts';
import type { JsonValue } from '../core/model/json.ts';
import { parseJsonText } from './json-text.ts';
import { presentFields } from './present-fields.ts';

const OPTIONAL = ['session_uid', 'source_ip', 'user_agent'] as const;
const RESOURCE_OPTIONAL = [
  'account',
  'region',
  'address',
  'module',
  'environment',
  'repository',
  'owner',
  'commit',
  'source',
  'scope',
  'serial',
] as const;

interface AvroChangePeer extends Omit<ChangePeer, 'value'> {
  /** JSON text. */
  readonly value: string | null;
}

interface AvroChange extends Omit<Change, 'observed' | 'desired' | 'peers'> {
  /** JSON text. */
  readonly observed: string | null;
  /** JSON text. */
  readonly desired: string | null;
  readonly peers: readonly AvroChangePeer[];
}

/** A drift candidate in the shape of the Avro schema `drift-candidate`. */
export interface AvroDriftCandidate extends Omit<DriftCandidate, 'changes'> {
  readonly changes: readonly AvroChange[];
}

const jsonText = (value: JsonValue | undefined): string | null =>
  value === undefined ? null : JSON.stringify(value);

export const toAvroDriftCandidate = (candidate: DriftCandidate): AvroDriftCandidate => ({
  ...candidate,
  changes: candidate.changes.map((change) => ({
    ...change,
    observed: jsonText(change.observed),
    desired: jsonText(change.desired),
    peers: (change.peers ?? []).map((peer) => ({ ...peer, value: jsonText(peer.value) })),
  })),
});

/** A text that is no JSON, which we do not write, stands for itself. */
const valueOf = (text: string): JsonValue => {
  const value = parseJsonText(text);
  return value === undefined ? text : value;
};

const changeOf = ({ path, action, observed, desired, verdict, peers }: AvroChange): Change => ({
  path,
  action,
  ...(observed === null ? {} : { observed: valueOf(observed) }),
  ...(desired === null ? {} : { desired: valueOf(desired) }),
  verdict,
  ...(peers.length === 0 ? {} : { peers: peers.map(peerOf) }),
});

const peerOf = ({ environment, address, value }: AvroChangePeer): ChangePeer => ({
  environment,
  address,
  ...(value === null ? {} : { value: valueOf(value) }),
});

const resourceOf = (resource: CandidateResource): CandidateResource => ({
  key: resource.key,
  type: resource.type,
  identity: resource.identity,
  provider: resource.provider,
  ...presentFields(resource, RESOURCE_OPTIONAL),
});

const actorOf = (actor: ActorVerdict): ActorVerdict => ({
  class: actor.class,
  trusted: actor.trusted,
  signals: actor.signals,
  ...presentFields(actor, ['principal', 'name']),
});

/** Words of a later version of the closed lists (kind, verdict, class) are kept as they are written. */
export const fromAvroDriftCandidate = (value: AvroDriftCandidate): DriftCandidate => ({
  candidate_id: value.candidate_id,
  event_id: value.event_id,
  kind: value.kind,
  time: value.time,
  service: value.service,
  operation: value.operation,
  resource: resourceOf(value.resource),
  changes: value.changes.map(changeOf),
  actor: actorOf(value.actor),
  ...presentFields(value, OPTIONAL),
  severity: {
    level: value.severity.level,
    id: value.severity.id,
    score: value.severity.score,
    reasons: value.severity.reasons,
  },
  matched_by: value.matched_by,
  ambiguous: value.ambiguous,
  summary: value.summary,
  change_set_id: value.change_set_id,
});
