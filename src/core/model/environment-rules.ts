/**
 * What is no difference between environments, as data: read from `config/environments.json`, checked when loaded.
 */
export interface EnvironmentRules {
  /** Lists of names for one environment, such as `["prod", "production", "prd"]`; lower case. */
  readonly names: readonly (readonly string[])[];
  /** The first row that matches an attribute decides; without one its values are compared. */
  readonly attributes: readonly EnvironmentAttributeRow[];
  /** Applied to every text in order, before texts are compared. */
  readonly texts: readonly EnvironmentTextRow[];
}

export interface EnvironmentAttributeRow {
  /** Glob over the attribute's name, the last part of its path: `*_arn`. */
  readonly attribute: string;
  /** Glob over the resource type. Default any. */
  readonly type?: string;
  /** `never`: it says nothing. `presence`: only whether it is set. `values`: as an attribute without a row. */
  readonly compare: 'never' | 'presence' | 'values';
  readonly reason: string;
}

export interface EnvironmentTextRow {
  /** A regular expression, applied everywhere in a text. */
  readonly pattern: string;
  /** What stands for each match; `$1` is the first group. */
  readonly as: string;
  readonly reason: string;
}

/** A difference between environments that is meant. Patterns are globs; all that are given must match. */
export interface ExpectedDifference {
  readonly reason: string;
  readonly address?: string;
  readonly type?: string;
  /** Path of the attribute. Without it a resource that one environment lacks is expected too. */
  readonly attribute?: string;
}

/** The addresses of one logical resource, by environment, where they are not the same. */
export type AddressMapping = Readonly<Record<string, string>>;
