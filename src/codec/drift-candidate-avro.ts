import type {
  ActorVerdict,
  Attack,
  CandidateCause,
  CandidateResource,
  Change,
  ChangePeer,
  DriftCandidate,
} from '../core/model/drift-candidate.ts';
import type { JsonValue } from '../core/model/json.ts';
import { parseJsonText } from './json-text.ts';
import { presentFields } from './present-fields.ts';

const OPTIONAL = ['session_uid', 'source_ip', 'user_agent', 'change_set_adjacent_id'] as const;
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

interface AvroAttack extends Omit<Attack, 'sub_technique'> {
  readonly sub_technique: Attack['technique'] | null;
}

/** A drift candidate in the shape of the Avro schema `drift-candidate`. */
export interface AvroDriftCandidate extends Omit<DriftCandidate, 'changes' | 'attacks' | 'cause'> {
  readonly changes: readonly AvroChange[];
  readonly attacks: readonly AvroAttack[];
  readonly cause: CandidateCause | null;
}

const jsonText = (value: JsonValue | undefined): string | null =>
  value === undefined ? null : JSON.stringify(value);

const NO_PEERS: readonly AvroChangePeer[] = [];
const NO_ATTACKS: readonly AvroAttack[] = [];

const avroPeer = ({ environment, address, value }: ChangePeer): AvroChangePeer => ({
  environment,
  address,
  value: jsonText(value),
});

const avroChange = ({ path, action, observed, desired, verdict, peers }: Change): AvroChange => ({
  path,
  action,
  observed: jsonText(observed),
  desired: jsonText(desired),
  verdict,
  peers: peers?.map(avroPeer) ?? NO_PEERS,
});

const avroAttack = (attack: Attack): AvroAttack => ({
  ...attack,
  sub_technique: attack.sub_technique ?? null,
});

export const toAvroDriftCandidate = (candidate: DriftCandidate): AvroDriftCandidate => ({
  ...candidate,
  changes: candidate.changes.map(avroChange),
  attacks: candidate.attacks?.map(avroAttack) ?? NO_ATTACKS,
  cause: candidate.cause ?? null,
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

const nameOf = ({ uid, name }: Attack['technique']): Attack['technique'] => ({ uid, name });

const attackOf = ({ version, tactic, technique, sub_technique: sub }: AvroAttack): Attack => ({
  version,
  tactic: nameOf(tactic),
  technique: nameOf(technique),
  ...(sub === null ? {} : { sub_technique: nameOf(sub) }),
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
  ...(value.attacks.length === 0 ? {} : { attacks: value.attacks.map(attackOf) }),
  ...(value.cause === null ? {} : { cause: value.cause }),
  matched_by: value.matched_by,
  ambiguous: value.ambiguous,
  summary: value.summary,
  change_set_id: value.change_set_id,
});
