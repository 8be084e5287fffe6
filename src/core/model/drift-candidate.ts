import type { JsonValue } from './json.ts';
import type { Provider } from './provider.ts';

/** What the act did to the resource, as seen from code. */
export const CANDIDATE_KINDS = ['changed', 'deleted', 'unmanaged', 'restored'] as const;
export type CandidateKind = (typeof CANDIDATE_KINDS)[number];

/** How an observed value stands to the desired one. */
export const CHANGE_VERDICTS = ['differs', 'equals_desired', 'not_in_desired', 'unknown'] as const;
export type ChangeVerdict = (typeof CHANGE_VERDICTS)[number];

/** Who the actor is, as far as signals tell. */
export const ACTOR_CLASSES = [
  'iac_pipeline',
  'iac_service',
  'console',
  'cli_sdk',
  'cloud_service',
  'k8s_controller',
  'unknown',
] as const;
export type ActorClass = (typeof ACTOR_CLASSES)[number];

/** OCSF `severity`, with `severity_id` 1 to 5 in this order. */
export const SEVERITIES = ['informational', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** One attribute that the act set: `set` replaces, `add` and `remove` touch members of a set. */
export interface Change {
  /** Attribute path of the resource type, such as `ingress` or `versioning[0].enabled`. */
  readonly path: string;
  readonly action: 'set' | 'add' | 'remove';
  /** Undefined where the record does not carry the value. */
  readonly observed?: JsonValue | undefined;
  /** Undefined where code does not say. */
  readonly desired?: JsonValue | undefined;
  readonly verdict: ChangeVerdict;
  /**
   * What code says of the attribute for the same resource in other environments, at most 5. Absent where there is
   * none or where values say nothing, as of secrets and ids.
   */
  readonly peers?: readonly ChangePeer[];
}

export interface ChangePeer {
  readonly environment: string;
  readonly address: string;
  /** As `desired` of the change; undefined where code does not say. */
  readonly value?: JsonValue;
}

export interface ActorVerdict {
  readonly class: ActorClass;
  /** The principal is one that the configuration trusts to apply code. */
  readonly trusted: boolean;
  /** Names of the signals that fired, in the order of the table. */
  readonly signals: readonly string[];
  /** Role ARN, user ARN or e-mail: what trust is decided on. */
  readonly principal?: string | undefined;
  /** What a person calls the actor. */
  readonly name?: string | undefined;
}

export interface SeverityVerdict {
  readonly level: Severity;
  readonly id: 1 | 2 | 3 | 4 | 5;
  /** 0 to 100: the sum of the points, kept within these bounds. */
  readonly score: number;
  /** Each a line with its points: `exposure: who can reach the network, by ingress (+25)`. */
  readonly reasons: readonly string[];
}

export interface AttackName {
  /** Such as `TA0005`, `T1562` or `T1562.008`. */
  readonly uid: string;
  readonly name: string;
}

/** A MITRE ATT&CK technique that the act is a case of, where it is meant ill. Shape and names of OCSF `attack`. */
export interface Attack {
  /** The version of ATT&CK that the ids are of. */
  readonly version: string;
  readonly tactic: AttackName;
  readonly technique: AttackName;
  readonly sub_technique?: AttackName;
}

/** Why the act is not code's own. */
export const CANDIDATE_CAUSES = [
  'outside_code',
  'pipeline_identity_outside_iac_tool',
  'iac_user_agent_of_untrusted_principal',
  'iac_service_of_untrusted_principal',
  'service_configured_as_candidate',
] as const;
export type CandidateCause = (typeof CANDIDATE_CAUSES)[number];

/** The resource that a candidate is about, with its place in code where code owns it. */
export interface CandidateResource {
  /** The desired resource's key; for `unmanaged` the identity. Kafka key of the candidate. */
  readonly key: string;
  readonly type: string;
  readonly identity: string;
  readonly provider: Provider;
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  readonly address?: string | undefined;
  readonly module?: string | undefined;
  readonly environment?: string | undefined;
  readonly repository?: string | undefined;
  readonly owner?: string | undefined;
  readonly commit?: string | undefined;
  readonly source?: string | undefined;
  readonly scope?: string | undefined;
  readonly serial?: number | undefined;
}

/**
 * An act outside code on a resource that code owns, or the creation of one that it does not own. Field names are
 * those of the Avro schema `drift-candidate`, of the documents of `drift-candidates`, and of `driftline scan`.
 */
export interface DriftCandidate {
  /**
   * A pure function of act and resource: the same record processed twice gives the same id, and so do records that say
   * that they tell of one act.
   */
  readonly candidate_id: string;
  readonly event_id: string;
  readonly kind: CandidateKind;
  /** When the act happened, in milliseconds since the epoch. */
  readonly time: number;
  readonly service: string;
  readonly operation: string;
  readonly resource: CandidateResource;
  readonly changes: readonly Change[];
  readonly actor: ActorVerdict;
  readonly session_uid?: string | undefined;
  readonly source_ip?: string | undefined;
  readonly user_agent?: string | undefined;
  readonly severity: SeverityVerdict;
  /** Where known, from a table; absent or empty otherwise. */
  readonly attacks?: readonly Attack[] | undefined;
  /** Absent in candidates of version 1. */
  readonly cause?: CandidateCause;
  /** How the resource was found: `stated`, `table` or `value`, in falling confidence. */
  readonly matched_by: 'stated' | 'table' | 'value';
  /** Addresses of all owners where more than one desired resource has the identity; otherwise empty. */
  readonly ambiguous: readonly string[];
  /** One sentence that says what happened. */
  readonly summary: string;
  /** Candidates of one actor session in one window of time have the same. */
  readonly change_set_id: string;
  /**
   * The change set of the same session in the nearer neighbouring window: what belongs to a change set, its edges
   * included, has its id in one of the two fields. Absent in candidates of version 1.
   */
  readonly change_set_adjacent_id?: string;
}
