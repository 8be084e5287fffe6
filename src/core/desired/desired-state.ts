import type { DesiredResource } from '../model/desired-resource.ts';
import type { FormatTables } from '../model/format-tables.ts';
import type { ResourceTypeTable } from '../model/provider-tables.ts';
import type { SecretHash } from '../model/redacted-value.ts';
import type { StateFailure, StateFailureReason } from './state-failure.ts';

/** The formats that are read. */
export const STATE_FORMATS = [
  'terraform-state',
  'terraform-show',
  'terraform-plan',
  'pulumi',
  'cloudformation',
  'kubernetes',
] as const;

export type StateFormat = (typeof STATE_FORMATS)[number];

/** What a state does not tell of its resources. */
export interface StateContext {
  /** File name or URL without credentials. */
  readonly source: string;
  readonly environment: string;
  readonly repository?: string;
  readonly owner?: string;
  readonly commit?: string;
  /** Milliseconds since the epoch. */
  readonly publishedTime: number;
  /** By provider; a provider without a table has ids and ARNs only. */
  readonly resourceTypes: ReadonlyMap<string, ResourceTypeTable>;
  /** Without it secrets are dropped: whether one has changed cannot be told. */
  readonly secretHash?: SecretHash;
  /** Default: none, names by rule alone. */
  readonly formats?: FormatTables;
  /** What publishes as one, for formats that have no lineage: `terraform show -json`, manifests. */
  readonly unit?: string;
  /** Namespace of manifests that name none. Default `default`. */
  readonly namespace?: string;
  /** Name of the cluster that manifests are for; their resources' account. */
  readonly cluster?: string;
  /** Name of the CloudFormation stack that a template was made into. */
  readonly stack?: string;
}

/** Entries of a state that are no desired resources, by why. */
export interface SkippedEntries {
  /** Data sources. */
  readonly data: number;
  /** Objects that await deletion: deposed, or replaced. */
  readonly deposed: number;
  /** Pulumi components and providers, which are nothing in a cloud. */
  readonly component?: number;
  /** Read by code, not managed by it. */
  readonly external?: number;
  /** Declared, and not there: a condition is false, the name is made later, creation failed. */
  readonly absent?: number;
  /** Hooks and tests of Helm, which run and go. */
  readonly hook?: number;
}

export interface DesiredState {
  /** `<environment>/<lineage>`. */
  readonly scope: string;
  /** Absent where neither the format nor the command names what publishes as one: then it cannot be published. */
  readonly lineage?: string;
  readonly serial: number;
  /** In the order of the file, as often as asked; of a large file each time read again, so that none is held. */
  readonly resources: Iterable<DesiredResource>;
  readonly skipped: SkippedEntries;
}

export type StateResult =
  | {
      readonly ok: true;
      readonly format: StateFormat;
      readonly state: DesiredState;
      /** What a person should know of a state that was read: one sentence each, no value of the content. */
      readonly warnings: readonly string[];
    }
  | { readonly ok: false; readonly failure: StateFailure };

export interface StateProblem {
  readonly reason?: StateFailureReason;
  /** Such as `resources[2].instances[0]`. */
  readonly position?: string;
  readonly message: string;
}

export const stateFailed = (
  source: string,
  { reason = 'invalid_resource', position, message }: StateProblem,
): { readonly ok: false; readonly failure: StateFailure } => ({
  ok: false,
  failure: { reason, source, ...(position === undefined ? {} : { position }), message },
});
