import {
  ACTIVITY,
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
import { embeddedJson, looseBoolean } from './embedded-json.ts';
import { isIdPart, NO_ID_PART } from './event-id.ts';
import { parseIsoTime, plausibleTime } from './event-time.ts';
import { LazyEvent, type EventKey, type ExactRecord } from './lazy-event.ts';
import { ocsfActor } from './ocsf-actor.ts';
import { providerNamed } from './provider-name.ts';
import { invalidEvent } from './record-failure.ts';
import { withoutVersion } from './versioned-operation.ts';

/** OCSF `class_uid` of API Activity. */
const API_ACTIVITY = 6003;

const ACTIVITIES: ReadonlySet<unknown> = new Set(Object.values(ACTIVITY));

class OcsfEvent extends LazyEvent {
  readonly #document: JsonObject;
  readonly #unmapped: JsonObject | undefined;
  readonly #exact: ExactRecord | undefined;
  #resources: readonly StatedResource[] | undefined;

  constructor(
    document: JsonObject,
    raw: Uint8Array,
    key: EventKey,
    exact: ExactRecord | undefined,
  ) {
    super(key, raw);
    this.#document = document;
    this.#exact = exact;
    this.#unmapped = objectOf(embeddedJson(document['unmapped']));
  }

  get #error(): string | undefined {
    return textOf(objectOf(objectOf(this.#document['api'])?.['response'])?.['error']);
  }

  get #exactApi(): JsonObject | undefined {
    return objectOf((this.#exact?.() ?? this.#document)['api']);
  }

  get activityId(): ActivityId {
    const stated = this.#document['activity_id'];
    return ACTIVITIES.has(stated) && stated !== ACTIVITY.unknown
      ? (stated as ActivityId)
      : activityByName(this.operation, looseBoolean(this.#unmapped?.['readOnly']));
  }

  get statusId(): StatusId {
    const id = this.#document['status_id'];
    if (id === STATUS.success || id === STATUS.failure) return id;
    const status = textOf(this.#document['status'])?.toLowerCase();
    if (status === 'failure' || this.#error !== undefined) {
      return STATUS.failure;
    }
    return status === 'success' ? STATUS.success : STATUS.unknown;
  }

  get statusCode(): string | undefined {
    return this.#error ?? textOf(this.#document['status_code']);
  }

  get readOnly(): boolean | undefined {
    const stated = looseBoolean(this.#unmapped?.['readOnly']);
    if (stated !== undefined) return stated;
    switch (this.#document['activity_id']) {
      case ACTIVITY.read:
        return true;
      case ACTIVITY.create:
      case ACTIVITY.update:
      case ACTIVITY.delete:
        return false;
      default:
        return undefined;
    }
  }

  get dataEvent(): boolean | undefined {
    const category =
      textOf(this.#unmapped?.['eventCategory']) ??
      textOf(objectOf(this.#document['metadata'])?.['log_name']);
    if (category === 'Data' || category === 'Insight' || category === 'NetworkActivity')
      return true;
    const management = looseBoolean(this.#unmapped?.['managementEvent']);
    return management === undefined ? undefined : !management;
  }

  get recordType(): string | undefined {
    return (
      textOf(this.#unmapped?.['eventType']) ??
      textOf(objectOf(this.#document['metadata'])?.['event_code'])
    );
  }

  get region(): string | undefined {
    return textOf(objectOf(this.#document['cloud'])?.['region']);
  }

  get sourceIp(): string | undefined {
    const endpoint = objectOf(this.#document['src_endpoint']);
    return (
      textOf(endpoint?.['ip']) ?? textOf(endpoint?.['domain']) ?? textOf(endpoint?.['svc_name'])
    );
  }

  get userAgent(): string | undefined {
    return textOf(objectOf(this.#document['http_request'])?.['user_agent']);
  }

  get fromConsole(): boolean | undefined {
    return looseBoolean(this.#unmapped?.['sessionCredentialFromConsole']);
  }

  get resources(): readonly StatedResource[] {
    return (this.#resources ??= this.#readResources());
  }

  #readResources(): readonly StatedResource[] {
    const listed = this.#document['resources'];
    if (!Array.isArray(listed)) return [];
    return (listed as readonly JsonValue[]).flatMap((item) => {
      const uid = ownString(item, 'uid');
      return uid === undefined ? [] : [{ uid, type: ownString(item, 'type') }];
    });
  }

  protected readActor(): EventActor {
    return ocsfActor(this.#document['actor'], this.#unmapped);
  }

  protected readRequest(): JsonValue | undefined {
    return objectOf(this.#exactApi?.['request'])?.['data'];
  }

  protected readResponse(): JsonValue | undefined {
    return objectOf(this.#exactApi?.['response'])?.['data'];
  }
}

/** Whether a JSON value is an OCSF document of the class API Activity. */
export const isOcsfApiActivity = (value: unknown): value is JsonObject =>
  isJsonObject(value) && value['class_uid'] === API_ACTIVITY;

const missing = (path: string): RecordFailure =>
  invalidEvent(`OCSF API Activity: ${path} is missing or not a text.`);

/**
 * One OCSF API Activity document (class_uid 6003, any producer) as an audit event, read on demand.
 * Source: OCSF schema 1.x, class `api_activity`. What OCSF has no attribute for is looked for in `unmapped` under
 * CloudTrail's own names: `readOnly`, `managementEvent`, `eventCategory`, `eventType`, `sessionCredentialFromConsole`,
 * `sourceIdentity`, `recipientAccountId`. The id is made as the provider's own record makes it, so that both meet.
 * Fails with `invalid_event` where cloud.provider, api.operation, api.service.name, metadata.uid or time is missing or
 * unusable.
 * @param raw the document as received: one line of JSON
 * @param exact default: the document itself
 */
export const ocsfEvent = (
  document: JsonObject,
  raw: Uint8Array,
  exact?: ExactRecord,
): AuditEvent | RecordFailure => {
  const cloud = objectOf(document['cloud']);
  const provider = providerNamed(textOf(cloud?.['provider']));
  if (provider === undefined) {
    return invalidEvent('OCSF API Activity: cloud.provider is not a provider that is known here.');
  }
  const api = objectOf(document['api']);
  const name = textOf(api?.['operation']);
  if (name === undefined) return missing('api.operation');
  const service = textOf(objectOf(api?.['service'])?.['name']);
  if (service === undefined) return missing('api.service.name');
  const uid = textOf(objectOf(document['metadata'])?.['uid']);
  if (uid === undefined) return missing('metadata.uid');
  if (!isIdPart(uid)) return invalidEvent(`OCSF API Activity: metadata.uid ${NO_ID_PART}.`);
  const time = plausibleTime(document['time']) ?? parseIsoTime(document['time_dt']);
  if (time === undefined) {
    return invalidEvent(
      'OCSF API Activity: time is not a number of milliseconds of the years 2000 to 2099.',
    );
  }
  const account =
    textOf(objectOf(cloud?.['account'])?.['uid']) ??
    textOf(cloud?.['project_uid']) ??
    textOf(objectOf(objectOf(objectOf(document['actor'])?.['user'])?.['account'])?.['uid']);
  if (account !== undefined && !isIdPart(account)) {
    return invalidEvent(`OCSF API Activity: the account's uid ${NO_ID_PART}.`);
  }
  const scoped = `${provider}:${account ?? ''}:`;
  const id = uid.startsWith(scoped) ? uid : `${scoped}${uid}`;
  const operation = provider === 'aws' ? withoutVersion(name) : name;
  const key = { id, time, provider, service, operation, account };
  return new OcsfEvent(document, raw, key, exact);
};
