import type { AuditEvent } from './audit-event.ts';
import type { DesiredIndex, DesiredResource } from './desired-resource.ts';
import type { ActorVerdict, DriftCandidate } from './drift-candidate.ts';
import type { EnvironmentRules } from './environment-rules.ts';
import type { EventOutcome } from './outcome.ts';
import type { Provider } from './provider.ts';
import type { ProviderTables, SeverityTable } from './provider-tables.ts';
import type { SecretHash } from './redacted-value.ts';

/** Takes matching candidates out, named, with a reason. Patterns are globs (`*`); all that are given must match. */
export interface IgnoreRule {
  readonly id: string;
  readonly reason: string;
  readonly type?: string;
  readonly address?: string;
  readonly attribute?: string;
  readonly operation?: string;
  readonly principal?: string;
  readonly account?: string;
  readonly environment?: string;
}

/** Everything detection needs besides the event. Immutable for the life of a worker, but for the index. */
export interface DetectionContext {
  readonly index: DesiredIndex;
  readonly tables: ReadonlyMap<Provider, ProviderTables>;
  readonly severity: SeverityTable;
  /** Globs over the principal (role ARN, user ARN, e-mail) that may apply code. */
  readonly trustedPrincipals: readonly string[];
  readonly ignoreRules: readonly IgnoreRule[];
  /** Hex digest of a text, at least 128 bits, the same everywhere: ids are made of it. */
  readonly hash: (text: string) => string;
  /** Tells whether an observed value is a redacted one (see `isSameSecret`); absent where no key is configured. */
  readonly secretHash?: SecretHash;
  /** What is no difference between environments; absent: candidates tell nothing of their peers. */
  readonly environments?: EnvironmentRules;
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
  /** Mutating, and the tables have no row for it. */
  readonly unmapped: boolean;
}
