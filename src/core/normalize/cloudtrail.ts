import {
  STATUS,
  type ActivityId,
  type AuditEvent,
  type EventActor,
  type StatedResource,
  type StatusId,
} from '../model/audit-event.ts';
import {
  isJsonObject,
  ownString,
  ownValue,
  type JsonObject,
  type JsonValue,
} from '../model/json.ts';
import type { RecordFailure } from '../model/outcome.ts';
import type { Provider } from '../model/provider.ts';
import { activityByName } from './activity.ts';
import { cloudTrailActor } from './cloudtrail-actor.ts';
import { embeddedJson, looseBoolean } from './embedded-json.ts';
import { parseIsoTime } from './event-time.ts';
import { isIdPart, NO_ID_PART } from './event-id.ts';
import { invalidEvent } from './record-failure.ts';
import { withoutVersion } from './versioned-operation.ts';

const LONGEST = 256;

class CloudTrailEvent implements AuditEvent {
  readonly id: string;
  readonly time: number;
  readonly provider: Provider = 'aws';
  readonly service: string;
  readonly operation: string;
  readonly account: string | undefined;
  readonly raw: Uint8Array;
  readonly #record: JsonObject;
  #actor: EventActor | undefined;
  #request: { readonly value: JsonValue | undefined } | undefined;
  #response: { readonly value: JsonValue | undefined } | undefined;

  constructor(
    record: JsonObject,
    raw: Uint8Array,
    key: {
      readonly id: string;
      readonly time: number;
      readonly service: string;
      readonly operation: string;
      readonly account: string | undefined;
    },
  ) {
    this.#record = record;
    this.raw = raw;
    this.id = key.id;
    this.time = key.time;
    this.service = key.service;
    this.operation = key.operation;
    this.account = key.account;
  }

  get activityId(): ActivityId {
    return activityByName(this.operation, this.readOnly);
  }

  get statusId(): StatusId {
    // A refused sign-in has a message and no code.
    return this.statusCode === undefined && ownString(this.#record, 'errorMessage') === undefined
      ? STATUS.success
      : STATUS.failure;
  }

  get statusCode(): string | undefined {
    return ownString(this.#record, 'errorCode');
  }

  get readOnly(): boolean | undefined {
    return looseBoolean(ownValue(this.#record, 'readOnly'));
  }

  get dataEvent(): boolean | undefined {
    const category = ownString(this.#record, 'eventCategory');
    if (category !== undefined && category !== 'Management') return true;
    const management = looseBoolean(ownValue(this.#record, 'managementEvent'));
    return management === undefined ? (category === undefined ? undefined : false) : !management;
  }

  get recordType(): string | undefined {
    return ownString(this.#record, 'eventType');
  }

  get region(): string | undefined {
    return ownString(this.#record, 'awsRegion');
  }

  get actor(): EventActor {
    return (this.#actor ??= cloudTrailActor(ownValue(this.#record, 'userIdentity')));
  }

  get sourceIp(): string | undefined {
    return ownString(this.#record, 'sourceIPAddress');
  }

  get userAgent(): string | undefined {
    return ownString(this.#record, 'userAgent');
  }

  get fromConsole(): boolean | undefined {
    return looseBoolean(ownValue(this.#record, 'sessionCredentialFromConsole'));
  }

  get resources(): readonly StatedResource[] {
    const listed = ownValue(this.#record, 'resources');
    if (!Array.isArray(listed)) return [];
    return (listed as readonly JsonValue[]).flatMap((item) => {
      const uid = ownString(item, 'ARN') ?? ownString(item, 'arn');
      return uid === undefined ? [] : [{ uid, type: ownString(item, 'type') }];
    });
  }

  get request(): JsonValue | undefined {
    this.#request ??= { value: embeddedJson(ownValue(this.#record, 'requestParameters')) };
    return this.#request.value;
  }

  get response(): JsonValue | undefined {
    this.#response ??= { value: embeddedJson(ownValue(this.#record, 'responseElements')) };
    return this.#response.value;
  }
}

/** Whether a JSON value is meant to be a CloudTrail record: it has fields that only these have. */
export const isCloudTrailRecord = (value: unknown): value is JsonObject =>
  isJsonObject(value) &&
  (Object.hasOwn(value, 'eventSource') || Object.hasOwn(value, 'eventVersion')) &&
  (Object.hasOwn(value, 'eventName') ||
    Object.hasOwn(value, 'eventID') ||
    Object.hasOwn(value, 'userIdentity'));

const required = (record: JsonObject, field: string): string | RecordFailure => {
  const text = ownString(record, field);
  if (text === undefined) {
    const found = ownValue(record, field);
    const what = found === undefined ? 'is missing' : found === '' ? 'is empty' : 'is not a text';
    return invalidEvent(`CloudTrail record: ${field} ${what}.`);
  }
  if (text.length > LONGEST) {
    return invalidEvent(`CloudTrail record: ${field} is longer than ${LONGEST} characters.`);
  }
  return text;
};

/**
 * One CloudTrail record as an audit event, read on demand.
 * Source: AWS CloudTrail user guide, "CloudTrail record contents"; fields of any type are taken, wrong ones count as
 * absent. Fails with `invalid_event` where eventID, eventTime, eventSource or eventName is missing or unusable.
 * @param raw the record as received: one line of JSON
 */
export const cloudTrailEvent = (
  record: JsonObject,
  raw: Uint8Array,
): AuditEvent | RecordFailure => {
  const eventId = required(record, 'eventID');
  if (typeof eventId !== 'string') return eventId;
  if (!isIdPart(eventId)) return invalidEvent(`CloudTrail record: eventID ${NO_ID_PART}.`);
  // An Insight record names the call it is about one level deeper.
  const insight = ownValue(record, 'insightDetails');
  const call = isJsonObject(insight) && !Object.hasOwn(record, 'eventName') ? insight : record;
  const service = required(call, 'eventSource');
  if (typeof service !== 'string') return service;
  const name = required(call, 'eventName');
  if (typeof name !== 'string') return name;
  const time = parseIsoTime(record['eventTime']);
  if (time === undefined) {
    return invalidEvent(
      'CloudTrail record: eventTime is not a time such as 2026-01-31T12:00:00Z of the years 2000 to 2099.',
    );
  }
  const account =
    ownString(record, 'recipientAccountId') ??
    ownString(ownValue(record, 'userIdentity'), 'accountId');
  if (account !== undefined && !isIdPart(account)) {
    return invalidEvent(`CloudTrail record: the account id ${NO_ID_PART}.`);
  }
  return new CloudTrailEvent(record, raw, {
    id: `aws:${account ?? ''}:${eventId}`,
    time,
    service,
    operation: withoutVersion(name),
    account,
  });
};
