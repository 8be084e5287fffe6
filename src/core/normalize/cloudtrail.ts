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
  objectOf,
  ownString,
  textOf,
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
    const shared = textOf(this.#record['sharedEventID']);
    if (shared !== undefined && isIdPart(shared)) return `aws:shared:${shared}`;
    const original = textOf(objectOf(this.#record['addendum'])?.['originalEventID']);
    return original !== undefined && isIdPart(original)
      ? `aws:${this.account ?? ''}:${original}`
      : undefined;
  }

  get activityId(): ActivityId {
    return activityByName(this.operation, this.readOnly);
  }

  get statusId(): StatusId {
    // A refused sign-in has a message and no code.
    return this.statusCode === undefined && textOf(this.#record['errorMessage']) === undefined
      ? STATUS.success
      : STATUS.failure;
  }

  get statusCode(): string | undefined {
    return textOf(this.#record['errorCode']);
  }

  get readOnly(): boolean | undefined {
    return looseBoolean(this.#record['readOnly']);
  }

  get dataEvent(): boolean | undefined {
    const category = textOf(this.#record['eventCategory']);
    if (category !== undefined && category !== 'Management') return true;
    const management = looseBoolean(this.#record['managementEvent']);
    return management === undefined ? (category === undefined ? undefined : false) : !management;
  }

  get recordType(): string | undefined {
    return textOf(this.#record['eventType']);
  }

  get region(): string | undefined {
    return textOf(this.#record['awsRegion']);
  }

  get sourceIp(): string | undefined {
    return textOf(this.#record['sourceIPAddress']);
  }

  get userAgent(): string | undefined {
    return textOf(this.#record['userAgent']);
  }

  get fromConsole(): boolean | undefined {
    return looseBoolean(this.#record['sessionCredentialFromConsole']);
  }

  get resources(): readonly StatedResource[] {
    return (this.#resources ??= this.#readResources());
  }

  #readResources(): readonly StatedResource[] {
    const listed = this.#record['resources'];
    if (!Array.isArray(listed)) return [];
    return (listed as readonly JsonValue[]).flatMap((item) => {
      const uid = ownString(item, 'ARN') ?? ownString(item, 'arn');
      return uid === undefined ? [] : [{ uid, type: ownString(item, 'type') }];
    });
  }

  protected readActor(): EventActor {
    return cloudTrailActor(this.#record['userIdentity']);
  }

  protected readRequest(): JsonValue | undefined {
    return (this.#exact?.() ?? this.#record)['requestParameters'];
  }

  protected readResponse(): JsonValue | undefined {
    return (this.#exact?.() ?? this.#record)['responseElements'];
  }
}

/** Whether a JSON value is meant to be a CloudTrail record: it has fields that only these have. */
export const isCloudTrailRecord = (value: unknown): value is JsonObject =>
  isJsonObject(value) &&
  (value['eventSource'] !== undefined || value['eventVersion'] !== undefined) &&
  (value['eventName'] !== undefined ||
    value['eventID'] !== undefined ||
    value['userIdentity'] !== undefined);

const required = (value: JsonValue | undefined, field: string): string | RecordFailure => {
  const text = textOf(value);
  if (text === undefined) {
    const what = value === undefined ? 'is missing' : value === '' ? 'is empty' : 'is not a text';
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
  const eventId = required(record['eventID'], 'eventID');
  if (typeof eventId !== 'string') return eventId;
  if (!isIdPart(eventId)) return invalidEvent(`CloudTrail record: eventID ${NO_ID_PART}.`);
  // An Insight record names the call it is about one level deeper.
  const insight = record['insightDetails'];
  const call = isJsonObject(insight) && record['eventName'] === undefined ? insight : record;
  const service = required(call['eventSource'], 'eventSource');
  if (typeof service !== 'string') return service;
  const name = required(call['eventName'], 'eventName');
  if (typeof name !== 'string') return name;
  // Logstash moves the time to a field of its own.
  const time = parseUtcTime(record['eventTime'] ?? record['@timestamp']);
  if (time === undefined) {
    return invalidEvent(
      'CloudTrail record: eventTime is not a time such as 2026-01-31T12:00:00Z of the years 2000 to 2099.',
    );
  }
  const account =
    textOf(record['recipientAccountId']) ?? textOf(objectOf(record['userIdentity'])?.['accountId']);
  if (account !== undefined && !isIdPart(account)) {
    return invalidEvent(`CloudTrail record: the account id ${NO_ID_PART}.`);
  }
  const id = `aws:${account ?? ''}:${eventId}`;
  const operation = withoutVersion(name);
  const key = { id, time, provider: 'aws', service, operation, account } as const;
  return new CloudTrailEvent(record, raw, key, exact);
};
