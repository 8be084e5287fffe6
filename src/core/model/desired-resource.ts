import type { JsonObject } from './json.ts';
import type { Provider } from './provider.ts';

/**
 * One resource instance that code says should exist. Field names are those of the Avro schema `desired-resource`
 * and of the documents of the index `desired-state`.
 */
export interface DesiredResource {
  /** `<scope>/<address>`: the key of topic and document. */
  readonly key: string;
  /** What publishes as one: `<environment>/<lineage>`. A publish replaces what its scope held before. */
  readonly scope: string;
  /** The address in code, such as `module.edge.aws_security_group.web["a"]`. */
  readonly address: string;
  /** The Terraform resource type, which also serves as the canonical type for other formats. */
  readonly type: string;
  /** A `Provider`, or for one that Driftline has no tables for its name in code, such as `github`. */
  readonly provider: string;
  /** The provider's source address, such as `registry.terraform.io/hashicorp/aws`. */
  readonly provider_source?: string;
  readonly module?: string;
  /** The account, subscription or project, where the state tells. */
  readonly account?: string;
  /** The region, where the state tells; absent also for global resources. */
  readonly region?: string;
  /** Identity keys (see identity.ts), each of which denotes this resource. */
  readonly identities: readonly string[];
  /** Values as code set them, secrets replaced. May be decoded when first asked for. */
  readonly attributes: JsonObject;
  readonly environment: string;
  readonly repository?: string;
  readonly owner?: string;
  readonly commit?: string;
  /** Where the state was read: a file name or URL without credentials. */
  readonly source: string;
  readonly lineage?: string;
  readonly serial?: number;
  readonly tainted?: boolean;
  /** When it was published, in milliseconds since the epoch. */
  readonly published_time: number;
}

/** Looks desired resources up. The result of a lookup keeps all owners: two of them are an ambiguity to report. */
export interface DesiredIndex {
  lookup(identity: string): readonly DesiredResource[];
  /** Whether code owns anything in this account, subscription or project. */
  covers(provider: Provider, account: string): boolean;
  readonly size: number;
}
