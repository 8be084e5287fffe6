import type { JsonValue } from './json.ts';

/**
 * Which acts are a case of which MITRE ATT&CK technique, where they are meant ill: `config/attack-techniques.json`,
 * the same for all providers.
 */
export interface AttackTable {
  /** The version of ATT&CK that ids and names are of, such as `17.1`. */
  readonly version: string;
  /** Names by id, such as `TA0005`. */
  readonly tactics: Readonly<Record<string, string>>;
  /** By id, such as `T1562.008`; a sub-technique's technique is there too. */
  readonly techniques: Readonly<Record<string, { readonly name: string; readonly tactic: string }>>;
  /** All rows that match count, each technique once. */
  readonly rows: readonly AttackRow[];
}

/** One of the tests must hold, and `opens` where it is given. */
export interface AttackRow {
  readonly technique: string;
  /** Globs over `service:Operation`, such as `cloudtrail:StopLogging`. */
  readonly operations?: readonly string[];
  /**
   * Attributes that the act sets away from code, as in the severity table: `aws_security_group.ingress`. What it removes
   * counts only with `removes`.
   */
  readonly attributes?: readonly string[];
  /** The observed values for which `attributes` holds; absent: any. */
  readonly values?: readonly JsonValue[];
  readonly removes?: boolean;
  /** Globs over the type of a resource that was deleted. */
  readonly deleted?: readonly string[];
  /** Globs over the type of a resource that was created outside code. */
  readonly created?: readonly string[];
  /**
   * Values that the act sets anew, by key, beside which nothing counts: `{"access": ["Deny"]}` tightens. `*` is any that
   * is not empty, where code has none.
   */
  readonly unless?: Readonly<Record<string, readonly string[]>>;
  /** Only where the act opens something to everybody or to every action. */
  readonly opens?: boolean;
}
