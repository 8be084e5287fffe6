import { createHash } from 'node:crypto';
import type { JsonObject, JsonValue } from '../../../src/core/model/json.ts';
import type { StoryDay } from './story-day.ts';

/** A caller as CloudTrail names it, and where it calls from. */
export interface Caller {
  readonly userIdentity: JsonObject;
  readonly account: string;
  readonly ip: string;
  readonly userAgent: string;
  /** Credentials of a console sign-in. */
  readonly fromConsole?: boolean;
}

export interface Call {
  /** Seconds after midnight, UTC. */
  readonly at: number;
  readonly service: string;
  readonly operation: string;
  readonly readOnly: boolean;
  readonly request?: JsonObject | null;
  readonly response?: JsonObject | null;
  readonly error?: { readonly code?: string; readonly message: string };
  /** Default: eu-west-1, and us-east-1 for services without regions. */
  readonly region?: string;
  /** Default AwsApiCall. */
  readonly type?: 'AwsApiCall' | 'AwsServiceEvent' | 'AwsConsoleSignIn';
  /** Data events are no management events. */
  readonly dataEvent?: boolean;
  readonly more?: JsonObject;
}

export type CallRecorder = (caller: Caller, call: Call) => JsonObject;

const WITHOUT_REGION = new Set(['iam', 'sts', 'route53', 'signin']);

const uuid = (text: string): string => {
  const hex = createHash('sha256').update(text).digest('hex');
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) % 4] ?? '8';
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

const optional = (name: string, value: JsonValue | undefined): JsonObject =>
  value === undefined ? {} : { [name]: value };

/**
 * Makes the CloudTrail records of one part, field by field in AWS's order. An id is a function of the part's name and
 * the record's number in it, so that every run of the demo makes the same ones.
 */
export const callRecorder = (part: string, day: StoryDay): CallRecorder => {
  let number = 0;
  return (caller, call) => {
    number += 1;
    const { service, readOnly, type = 'AwsApiCall' } = call;
    const dataEvent = call.dataEvent ?? false;
    return {
      eventVersion: '1.11',
      userIdentity: caller.userIdentity,
      eventTime: day.at(call.at),
      eventSource: `${service}.amazonaws.com`,
      eventName: call.operation,
      awsRegion: call.region ?? (WITHOUT_REGION.has(service) ? 'us-east-1' : 'eu-west-1'),
      sourceIPAddress: caller.ip,
      userAgent: caller.userAgent,
      ...optional('errorCode', call.error?.code),
      ...optional('errorMessage', call.error?.message),
      requestParameters: call.request ?? null,
      responseElements: call.response ?? null,
      requestID: uuid(`${part}/request/${String(number)}`),
      eventID: uuid(`${part}/event/${String(number)}`),
      readOnly,
      eventType: type,
      managementEvent: !dataEvent,
      recipientAccountId: caller.account,
      eventCategory: dataEvent ? 'Data' : 'Management',
      ...(caller.fromConsole === true ? { sessionCredentialFromConsole: 'true' } : {}),
      ...call.more,
    };
  };
};
