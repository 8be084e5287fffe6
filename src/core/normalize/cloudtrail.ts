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
import { activityByName } from './activity.ts';
import { cloudTrailActor } from './cloudtrail-actor.ts';
import { looseBoolean } from './embedded-json.ts';
import { parseUtcTime } from './event-time.ts';
import { isIdPart, NO_ID_PART } from './event-id.ts';
import { LazyEvent, type EventKey, type ExactRecord } from './lazy-event.ts';
import { invalidEvent } from './record-failure.ts';
import { withoutVersion } from './versioned-operation.ts';

const LONGEST = 256;

class CloudTrailEvent extends LazyEvent {
  readonly #record: JsonObject;
  readonly #exact: ExactRecord | undefined;
  #resources: readonly StatedResource[] | undefined;

  constructor(record: JsonObject, raw: Uint8Array, key: EventKey, exact: ExactRecord | undefined) {
    super(key, raw);
    this.#record = record;
    this.#exact = exact;
  }

  get actId(): string | undefined {
    const shared = ownString(this.#record, 'sharedEventID');
    if (shared !== undefined && isIdPart(shared)) return `aws:shared:${shared}`;
    const original = ownString(ownValue(this.#record, 'addendum'), 'originalEventID');
    return original !== undefined && isIdPart(original)
      ? `aws:${this.account ?? ''}:${original}`
      : undefined;
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
    return (this.#resources ??= this.#readResources());
  }

  #readResources(): readonly StatedResource[] {
    const listed = ownValue(this.#record, 'resources');
    if (!Array.isArray(listed)) return [];
    return (listed as readonly JsonValue[]).flatMap((item) => {
      const uid = ownString(item, 'ARN') ?? ownString(item, 'arn');
      return uid === undefined ? [] : [{ uid, type: ownString(item, 'type') }];
    });
  }

  protected readActor(): EventActor {
    return cloudTrailActor(ownValue(this.#record, 'userIdentity'));
  }

  protected readRequest(): JsonValue | undefined {
    return ownValue(this.#exact?.() ?? this.#record, 'requestParameters');
  }

  protected readResponse(): JsonValue | undefined {
    return ownValue(this.#exact?.() ?? this.#record, 'responseElements');
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
 * @param exact default: the record itself
 */
export const cloudTrailEvent = (
  record: JsonObject,
  raw: Uint8Array,
  exact?: ExactRecord,
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
  // Logstash moves the time to a field of its own.
  const time = parseUtcTime(record['eventTime'] ?? record['@timestamp']);
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
  const id = `aws:${account ?? ''}:${eventId}`;
  const operation = withoutVersion(name);
  const key = { id, time, provider: 'aws', service, operation, account } as const;
  return new CloudTrailEvent(record, raw, key, exact);
};
