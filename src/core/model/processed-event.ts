import type { AttackTable } from './attack-table.ts';
import type { AuditEvent } from './audit-event.ts';
import type { DesiredIndex, DesiredResource } from './desired-resource.ts';
import type {
  ActorVerdict,
  CandidateKind,
  CandidateResource,
  DriftCandidate,
} from './drift-candidate.ts';
import type { EnvironmentRules } from './environment-rules.ts';
import type { IgnoreRule } from './ignore-rule.ts';
import type { EventOutcome } from './outcome.ts';
import type { Provider } from './provider.ts';
import type { ProviderTables, SeverityTable } from './provider-tables.ts';
import type { SecretHash } from './redacted-value.ts';

/** Principals that may apply code in some accounts. */
export interface TrustedPrincipals {
  /** Globs over the principal (role ARN, user ARN, e-mail). */
  readonly principals: readonly string[];
  /** Globs over the account, subscription, project or cluster of the act; absent: any. */
  readonly accounts?: readonly string[];
  /** Absent: any. */
  readonly provider?: Provider;
}

/** Everything detection needs besides the event. Immutable for the life of a worker, but for the index. */
export interface DetectionContext {
  readonly index: DesiredIndex;
  readonly tables: ReadonlyMap<Provider, ProviderTables>;
  readonly severity: SeverityTable;
  /** Absent: candidates name no techniques. */
  readonly attacks?: AttackTable;
  /** Globs over the principal (role ARN, user ARN, e-mail) that may apply code. */
  readonly trustedPrincipals: readonly string[];
  /** Principals that are trusted in some accounts only. */
  readonly trustedByAccount?: readonly TrustedPrincipals[];
  /** Classes of actors whose acts are candidates though a service or controller made them. Default: none. */
  readonly candidateClasses?: readonly ('cloud_service' | 'k8s_controller')[];
  readonly ignoreRules: readonly IgnoreRule[];
  /** Hex digest of a text, at least 128 bits, the same everywhere: ids are made of it. */
  readonly hash: (text: string) => string;
  /** Tells whether an observed value is a redacted one (see `isSameSecret`); absent where no key is configured. */
  readonly secretHash?: SecretHash;
  /** What is no difference between environments; absent: candidates tell nothing of their peers. */
  readonly environments?: EnvironmentRules;
}

/** What would have been a candidate, had no rule taken it out. */
export interface IgnoredCandidate {
  /** The id of the rule. */
  readonly rule: string;
  readonly kind: CandidateKind;
  readonly resource: CandidateResource;
}

/** What became of one audit event. */
export interface ProcessedEvent {
  readonly event: AuditEvent;
  readonly outcome: EventOutcome;
  /** From a closed list for each outcome, or `rule:<id>` for `ignored`. */
  readonly reason: string;
  /** Present once detection had to look at the actor: not for reads and failures. */
  readonly actor?: ActorVerdict;
  /** Desired resources that the act touched. */
  readonly owners: readonly DesiredResource[];
  readonly candidates: readonly DriftCandidate[];
  /** What rules took out; absent where there are none. The outcome is `ignored` where no candidate is left. */
  readonly ignored?: readonly IgnoredCandidate[] | undefined;
  /** Mutating, and the tables have no row for it. */
  readonly unmapped: boolean;
}
