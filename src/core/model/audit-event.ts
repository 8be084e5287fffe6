import type { JsonValue } from './json.ts';
import type { Provider } from './provider.ts';

/** OCSF `activity_id` of API Activity (class 6003). */
export const ACTIVITY = {
  unknown: 0,
  create: 1,
  read: 2,
  update: 3,
  delete: 4,
  other: 99,
} as const;

export type ActivityId = (typeof ACTIVITY)[keyof typeof ACTIVITY];

/** OCSF `status_id`. */
export const STATUS = { unknown: 0, success: 1, failure: 2 } as const;

export type StatusId = (typeof STATUS)[keyof typeof STATUS];

/** Who acted, as the record states it (OCSF `actor`). Absent where the record is silent. */
export interface EventActor {
  /** OCSF `actor.user.type`, the provider's word: AssumedRole, IAMUser, Root, AWSService. */
  readonly userType?: string | undefined;
  /** ARN, principal e-mail or user name: the most exact name of the acting principal. */
  readonly userUid?: string | undefined;
  /** What a person calls the actor: session name, user name, e-mail. */
  readonly userName?: string | undefined;
  readonly accountUid?: string | undefined;
  /** The credential, such as an access key id. */
  readonly credentialUid?: string | undefined;
  /** The session: for AWS the principal id `AROA…:name` and the credential together. */
  readonly sessionUid?: string | undefined;
  /** Who issued the session: the role's ARN. */
  readonly sessionIssuer?: string | undefined;
  readonly sessionMfa?: boolean | undefined;
  /** The service that acted on the caller's behalf, such as `cloudformation.amazonaws.com`. */
  readonly invokedBy?: string | undefined;
  /** An identity that survives role chaining, set by the identity provider. */
  readonly sourceIdentity?: string | undefined;
  /** Federation provider of a web identity session. */
  readonly federatedProvider?: string | undefined;
  /** The application that the actor used (OCSF `actor.app_uid`): Azure's client id, which tells portal from CLI. */
  readonly appUid?: string | undefined;
}

/** Where a call stands that its provider records when it begins and again when it ends. */
export interface CallPhase {
  /** The same in all records of one call, scoped by provider. */
  readonly uid: string;
  /** What has begun is no act yet: its end tells whether it was done, its beginning what was asked for. */
  readonly phase: 'begun' | 'ended';
}

/** A resource that the record itself names (OCSF `resources[]`). */
export interface StatedResource {
  readonly uid: string;
  readonly type?: string | undefined;
}

/**
 * One act, in the normalized shape. A view: implementations may decode a field when it is first asked for, so a
 * caller asks for no more than it needs, in the order outcome, actor, payload. All fields are pure and stable.
 */
export interface AuditEvent {
  /** The provider's event identity, scoped so that it is unique over providers and accounts: the document's id. */
  readonly id: string;
  /**
   * The id of the act, where several records may tell of it: a copy for each account that it concerns, a later
   * correction. Their candidates then have one id. Absent: `id`.
   */
  readonly actId?: string | undefined;
  /** When the act happened, in milliseconds since the epoch. */
  readonly time: number;
  readonly provider: Provider;
  /** The API's name as the provider writes it, such as `ec2.amazonaws.com`. */
  readonly service: string;
  /** The call's name without version suffix, such as `CreateFunction`. */
  readonly operation: string;
  readonly activityId: ActivityId;
  readonly statusId: StatusId;
  /** The provider's error code of a failed call. */
  readonly statusCode?: string | undefined;
  /** Whether the record says that it changes nothing; undefined where it does not say. */
  readonly readOnly?: boolean | undefined;
  /** The record says that the act touched data inside a resource, or is no management act; undefined where it does not say. */
  readonly dataEvent?: boolean | undefined;
  /** The provider's class of record, such as AwsApiCall or AwsServiceEvent. */
  readonly recordType?: string | undefined;
  /** Absent where one record tells the whole call. */
  readonly call?: CallPhase | undefined;
  /** The account, subscription, project or cluster that the act happened in. */
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  readonly actor: EventActor;
  readonly sourceIp?: string | undefined;
  readonly userAgent?: string | undefined;
  /** The caller's credentials came from a console sign-in, as the record states it. */
  readonly fromConsole?: boolean | undefined;
  readonly resources: readonly StatedResource[];
  /** The call's parameters; undefined where the record has none. */
  readonly request: JsonValue | undefined;
  /** The call's answer; undefined where the record has none. */
  readonly response: JsonValue | undefined;
  /**
   * What the record tells of the act beside request and answer, such as the policy delta in Google's `serviceData`;
   * undefined where there is none.
   */
  readonly details?: JsonValue | undefined;
  /** The act as received: one line of valid JSON, UTF-8, to be kept and hashed, never changed. */
  readonly raw: Uint8Array;
}
