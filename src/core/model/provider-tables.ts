import type { JsonValue } from './json.ts';
import type { ActorClass, Severity } from './drift-candidate.ts';
import type { ObjectTable } from './object-table.ts';

/**
 * What Driftline knows of a provider, as data: read from `config/providers/<provider>/*.json`, checked when loaded,
 * and handed to the core. `config/providers/README.md` tells how to add a row.
 */
export interface ProviderTables {
  /** Stripped from `event.service` to make the first half of an operation key, such as `.amazonaws.com`. */
  readonly serviceSuffix: string;
  readonly operations: OperationTable;
  readonly resourceTypes: ResourceTypeTable;
  readonly actors: ActorTable;
  /** How far an identity denotes one resource where its type's row does not tell. Default `region`. */
  readonly unique?: Uniqueness;
  /**
   * Every record states the resource that it touched by its path, as Azure's do: an operation needs no row to be
   * identified, and what has no owner may be a part of what has one (`inlineChildren`).
   */
  readonly statesResource?: boolean;
  /** Of a provider whose calls are on whole objects: the acts are read from these, not by rows of operations. */
  readonly objects?: ObjectTable;
}

export type Uniqueness = 'region' | 'account' | 'global';

export interface OperationTable {
  /**
   * Name prefixes that mean a read, used only where the record does not say whether it is one. A prefix ends at a
   * word: `Get` matches `GetObject` and `Get`, not `Gettysburg`.
   */
  readonly readPrefixes: readonly string[];
  /** Name prefixes that tell the effect of an operation without a row. */
  readonly createPrefixes: readonly string[];
  readonly deletePrefixes: readonly string[];
  /** As the prefixes, for providers that write the verb last: `.list`, `/read`. Any part of the name may be given. */
  readonly readSuffixes?: readonly string[];
  readonly createSuffixes?: readonly string[];
  readonly deleteSuffixes?: readonly string[];
  /**
   * Types of parts that code writes within the resource that they are under, as records state them: an act on such a
   * part that nobody owns is a change of that resource. A part of another type is a resource of its own.
   */
  readonly inlineChildren?: readonly string[];
  /**
   * Operations with such an end are no configuration unless they have a row: `/action` is anything that a resource can
   * be told to do.
   */
  readonly runtimeSuffixes?: readonly string[];
  /** Mutating by name but not configuration. Keys `service:Operation`; `*` at the end of the service, anywhere in the operation. */
  readonly runtime: readonly string[];
  /** Values of `recordType`, in any case, that are no act on configuration, such as `AwsConsoleSignIn`. */
  readonly runtimeRecordTypes?: readonly string[];
  /** By `service:Operation`, such as `ec2:AuthorizeSecurityGroupIngress`. */
  readonly rows: Readonly<Record<string, OperationRow>>;
}

export type Effect = 'create' | 'update' | 'delete';

export interface OperationRow {
  readonly effect: Effect;
  /**
   * Alternatives, most specific first: the first whose identity the index holds is the resource that the act
   * touched (a rule before its security group). One alternative may expand to many resources.
   */
  readonly targets: readonly TargetRow[];
  /** Why the row is as it is, where that is not plain. */
  readonly note?: string;
}

export interface TargetRow {
  /** Resource type; `*` where the id alone denotes the resource (identity `id:<value>`). */
  readonly type: string;
  /**
   * The identity's value: text with `{paths}` into the event, such as `{request.groupId}` or
   * `{request.roleName}:{request.policyName}`. A segment ending in `[]` expands arrays, one resource each.
   * `{a|b}` takes the first path that has a value (see path-template.ts). An ARN found is looked up as the ARN it
   * is, and by the names within it under `type`.
   */
  readonly id: string;
  /**
   * Ids, as `id` writes them, that the answer says it failed for:
   * `{response.DeleteFlowLogsResponse.unsuccessful.item[].resourceId}`.
   */
  readonly except?: string;
  readonly items?: TargetItems;
  /** Looked up too where all that the targets before it name is owned: another list of the same call. */
  readonly besides?: boolean;
  /**
   * The target is one only where each path has this text, `*` for any value:
   * `{"request.attributeType": "launchPermission"}`.
   */
  readonly when?: Readonly<Record<string, string>>;
  /** The effect by a word of the record, such as of each item: `{"path": "item.action", "map": {"ADD": "create"}}`. */
  readonly effectBy?: { readonly path: string; readonly map: Readonly<Record<string, Effect>> };
  /** Overrides the row's effect: deleting a bucket policy updates the bucket. */
  readonly effect?: Effect;
  /** Looked up but never reported as `unmanaged` by itself (a parent of what was created). */
  readonly parent?: boolean;
  readonly changes?: readonly ChangeRow[];
  /** Short for changes with `from` alone: attribute path to member of the request, `{"port": "dBPort"}`. */
  readonly fields?: Readonly<Record<string, string>>;
}

/**
 * Things that a call names one by one: the target expands to one resource each, `when` is asked of each, and id and
 * changes may read `item`.
 * - `security_group_rules`: atomic rules at a path (alternatives with `|`): `{item.protocol}`, `{item.from_port}`,
 *   `{item.to_port}`, `{item.source}`, and `{item.self}` (`true` where the source is the group itself). So a rule
 *   without an id of its own is found by the tuple that its resource type's `identities` make:
 *   `{security_group_id}/{type}/{protocol}/…/{cidr_blocks[]}`.
 * - `list`: the objects of the list at the path, as they are.
 */
export interface TargetItems {
  readonly as: 'security_group_rules' | 'list';
  readonly from: string;
}

/** How a value of the record becomes a value of the attribute. The closed list of `detect/changes.ts`. */
export type Conversion =
  | 'value'
  | 'json'
  | 'list'
  /** The last segment of a path: `billingAccounts/1` is `1`. */
  | 'name'
  /** A duration in seconds, such as `3600s`, as milliseconds. */
  | 'milliseconds'
  /** A text with commas as a list. */
  | 'csv'
  /** A list of objects as blocks of the resource type, each with the attributes that `members` names. */
  | 'blocks'
  | 'tags'
  /** All tags of the resource: those that the call does not name are gone. */
  | 'tag_set'
  | 'tag_keys'
  /** Keys of a map that were set to what the record does not tell. */
  | 'hidden_keys'
  | 'security_group_rules'
  | 'not'
  | 'present'
  /** An object that records empty before they show it, such as a function's environment: set, to what is unknown. */
  | 'withheld';

export interface ChangeRow {
  /** Attribute path in the resource type: `description`, `versioning_configuration[0].status`. */
  readonly path: string;
  /**
   * Where the observed value is, such as `request.bucketPolicy` or `a.b|a.c`; absent with `value`. The row is skipped
   * where absent in the record. `[]` gathers a list, `[#]` takes the element at the resource's position.
   */
  readonly from?: string;
  /** What the act set where the record has a request and nothing at `from`: logging switched off by leaving it out. */
  readonly absent?: JsonValue;
  /** The row holds only where each path has this text: `{"request.attributeName": "Policy"}`. */
  readonly when?: Readonly<Record<string, string>>;
  /** A constant that the operation implies: StopLogging sets enable_logging to false. */
  readonly value?: JsonValue;
  /** Default `value`: unwraps `{value: x}` and `{items: [x]}`. */
  readonly as?: Conversion;
  /**
   * With `blocks`: the attributes of a block, each by a path into the object: `{"protocol": "IPProtocol"}`. Without it
   * every member counts under its name in snake case, and so do those of the blocks within.
   */
  readonly members?: Readonly<Record<string, string>>;
  /** With `blocks` without `members`: by path in snake case, what code calls a member: `{"filter.and.tag": "tags"}`. */
  readonly rename?: Readonly<Record<string, string>>;
  /**
   * With `blocks`: by the name of an attribute, what the provider takes where the call leaves it out, if that is not what
   * states write for nothing (0, off, empty): `{"capacity_scaler": 1}`.
   */
  readonly presets?: Readonly<Record<string, JsonValue>>;
  /** Default `set`. */
  readonly action?: 'set' | 'add' | 'remove';
  /** Maps the provider's words to the attribute's, such as `{"Enabled": true}`. */
  readonly map?: Readonly<Record<string, JsonValue>>;
  /** With `members`: the one attribute of the blocks that `map` is of; absent: all. */
  readonly mapOf?: string;
}

/**
 * How two values of an attribute are compared. Default `auto`: by the type of the desired value. `arn_or_name` takes
 * an ARN and the name at its end for the same, `ip_protocol` the name and the number of a protocol. `tags`: a map whose
 * keys are told one by one, as tags are. `path_end`: paths with the same last segment are the same, as a role's, which has
 * one id in every scope. `list`: in this order, which `auto` and `set` do not look at. `google_members`: members of
 * IAM policies, addresses in any case. `google_policy`: IAM policies by
 * what they grant. `dns_name`: host names without their last dot, case and `dualstack.`. `dns_records`: a set of what DNS
 * records hold, host names as these, texts with or without their quotes. `named_values`: a list of `{name, value}` is the
 * map that it makes. `none`: record and code write the value in ways that the tables do not translate, so the verdict is
 * `unknown`.
 */
export type Comparison =
  | 'auto'
  | 'text'
  | 'number'
  | 'set'
  | 'list'
  | 'json'
  | 'google_members'
  | 'google_policy'
  | 'security_group_rules'
  | 'ignore_case'
  | 'arn_or_name'
  | 'ip_protocol'
  | 'path_end'
  | 'tags'
  | 'dns_name'
  | 'dns_records'
  | 'named_values'
  | 'none';

export type ResourceTypeTable = Readonly<Record<string, ResourceTypeRow>>;

export interface ResourceTypeRow {
  /** Same things under another type name: `aws_alb` is `aws_lb`; identities are made under that name. */
  readonly sameAs?: string;
  /**
   * How far an identity denotes one resource. Default `region`: an identity is looked up within the event's account
   * and region. `account`: in all regions (IAM). `global`: in all accounts too (bucket names).
   */
  readonly unique?: Uniqueness;
  /** Identity values beyond `id` and `arn`: text with `{attribute}` (see path-template.ts). */
  readonly identities?: readonly string[];
  /** The provider keeps identifiers in lower case and takes them in any: `MyDB` is `mydb`. */
  readonly lowerCase?: boolean;
  /**
   * Other ways to write an identity's value: where `match` (a regular expression over the whole value) holds, the value
   * is also looked up as `as`, in which `$1` is the first group: `{"match": "^(.+):\\$LATEST$", "as": "$1"}`.
   */
  readonly forms?: readonly { readonly match: string; readonly as: string }[];
  /**
   * What the provider takes where code leaves a switch out, by attribute path without indexes. Without it an act that
   * switches off what code leaves out is `unknown`.
   */
  readonly defaults?: Readonly<Record<string, JsonValue>>;
  /** Comparison by attribute path, which may lead to an attribute of blocks: `access_policy.key_permissions`. */
  readonly attributes?: Readonly<Record<string, Comparison>>;
  /**
   * By attribute path with its indexes, where code may say the same instead: paths with `|` between, in which `[]` gathers
   * a list. They are asked where code leaves the attribute empty:
   * `{"default_action[0].target_group_arn": "default_action[0].forward[0].target_group[].arn"}`.
   */
  readonly elsewhere?: Readonly<Record<string, string>>;
  /** By path of a list of blocks, the attribute that tells its blocks apart: `{"ingress": "rule_no"}`. */
  readonly keys?: Readonly<Record<string, string>>;
  /** Attribute paths whose values are secrets, beyond those that the state marks. */
  readonly secrets?: readonly string[];
}

/** Signals that tell an actor's class, tried in order; all that match are reported, the first decides. */
export interface ActorTable {
  /**
   * Roles that people sign in to through single sign-on are named `<prefix><permission set>_<hex>`: the actor's name
   * tells the permission set.
   */
  readonly ssoRolePrefix?: string;
  readonly signals: readonly ActorSignal[];
}

/** The fields of an audit event that a signal can look at. */
export const SIGNAL_FIELDS = [
  'userAgent',
  'sourceIp',
  'fromConsole',
  'recordType',
  'service',
  'actor.userType',
  'actor.userUid',
  'actor.userName',
  'actor.sessionIssuer',
  'actor.invokedBy',
  'actor.sourceIdentity',
  'actor.federatedProvider',
  'actor.appUid',
] as const;
export type SignalField = (typeof SIGNAL_FIELDS)[number];

export interface ActorSignal {
  readonly name: string;
  readonly class: ActorClass;
  readonly field: SignalField;
  /** The signal counts only for a trusted principal: where a log names no tool, a pipeline's identity stands for it. */
  readonly trusted?: boolean;
  /** Exactly one of these, case-insensitive unless a boolean. `matches` is a regular expression. */
  readonly matches?: string;
  readonly contains?: string;
  readonly startsWith?: string;
  readonly endsWith?: string;
  readonly equals?: string | boolean;
}

/** What kind of attribute a row of the severity table is about; it begins the reason. */
export const ATTRIBUTE_CATEGORIES = [
  'exposure',
  'identity',
  'encryption',
  'logging',
  'detection',
  'deletion protection',
  'recovery',
  'code execution',
] as const;
export type AttributeCategory = (typeof ATTRIBUTE_CATEGORIES)[number];

/** A value that matters only under a key: `*` as principal or action of a policy. */
export interface WildcardRow {
  /** The object's key that holds the value, directly, in an array or in an object of arrays. Case-insensitive. */
  readonly key: string;
  /** `all`: only `*`; `service`: also `<service>:*`; `listed`: what `values` has. */
  readonly match: 'all' | 'service' | 'listed';
  /** With `listed`. Texts are compared without case: `cluster-admin` as a role, `true` as privileged. */
  readonly values?: readonly (string | boolean)[];
  readonly score: number;
  readonly reason: string;
}

/** A glob, and the points that its first match adds. */
interface ScoredRow {
  readonly match: string;
  readonly score: number;
  readonly reason: string;
}

/** Adds to the score of a candidate; provider-independent table `config/severity.json`. */
export interface SeverityTable {
  readonly kinds: Readonly<Record<string, number>>;
  /**
   * `<type glob>.<path>`, or a type glob alone for all its attributes: `aws_security_group.ingress`, `*.tags`. The
   * path also covers those below it. The first row that matches a change counts for it, the highest over all changes.
   */
  readonly attributes: readonly {
    readonly match: string;
    readonly score: number;
    readonly reason: string;
    readonly category?: AttributeCategory;
  }[];
  /** Globs over the resource type, the first that matches. */
  readonly types: readonly ScoredRow[];
  /** Added where a resource of the type is deleted: a guard that is gone is off. The first glob that matches. */
  readonly deletions?: readonly ScoredRow[];
  readonly actors: Readonly<Record<string, number>>;
  /** Globs over the principal, the first that matches: whose every act by hand is worth a look. */
  readonly principals?: readonly ScoredRow[];
  /** An IaC user agent from a principal that is not trusted. */
  readonly untrustedIac: number;
  /** Environment name patterns (globs) to a number added; the first that matches. */
  readonly environments: Readonly<Record<string, number>>;
  /** Values that open a resource to everybody: `0.0.0.0/0`, `::/0`, `"*"` as principal. */
  readonly publicValues: readonly string[];
  readonly publicScore: number;
  /** Wildcards in policies, and values that open only under their key. */
  readonly wildcards?: readonly WildcardRow[];
  /** By key, values beside which nothing opens: `{"Effect": ["Deny"]}`; `*` is any that is not empty. Without case. */
  readonly closing?: Readonly<Record<string, readonly string[]>>;
  /** Least score of each level, ascending. */
  readonly levels: Readonly<Record<Severity, number>>;
}
