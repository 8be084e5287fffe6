import type { DesiredResource } from './desired-resource.ts';
import type { JsonValue } from './json.ts';
import type { Effect, TargetRow } from './provider-tables.ts';

/** What the steps of detection hand to each other. */

/** A resource that the act touched. */
export interface IdentifiedResource {
  /** The identity that was looked up. */
  readonly identity: string;
  /** Resource type by the table, or of the owner where the table has none. */
  readonly type: string;
  /** Desired resources with this identity in the event's scope; empty: code owns none; two: ambiguous. */
  readonly owners: readonly DesiredResource[];
  readonly effect: Effect;
  readonly matchedBy: 'stated' | 'table' | 'value';
  /** The table's row, where there is one: its `changes` tell what the act set. */
  readonly target?: TargetRow;
  /** Whether code covers where the resource was made; undefined: it does where it owns anything in the account. */
  readonly covered?: boolean;
  /** Position of this resource in the expansion of the target's id, for changes that come one for each resource. */
  readonly position: number;
}

export interface Identification {
  /** False where the tables have no row for the operation. */
  readonly mapped: boolean;
  /** Resources with owners; where no alternative has an owner, what the first non-parent alternative names, without owners. */
  readonly resources: readonly IdentifiedResource[];
}

/** One attribute that the act set, before it is compared. */
export interface ObservedChange {
  readonly path: string;
  readonly action: 'set' | 'add' | 'remove';
  /** Undefined where the record redacts or lacks the value. */
  readonly observed: JsonValue | undefined;
}
