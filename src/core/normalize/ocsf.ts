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
  ownString,
  ownValue,
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

const at = (value: JsonValue | undefined, ...path: readonly string[]): JsonValue | undefined =>
  path.reduce<JsonValue | undefined>((found, key) => ownValue(found, key), value);

const textAt = (value: JsonValue | undefined, ...path: readonly string[]): string | undefined => {
  const found = at(value, ...path);
  return typeof found === 'string' && found !== '' ? found : undefined;
};

class OcsfEvent extends LazyEvent {
  readonly #document: JsonObject;
  readonly #unmapped: JsonValue | undefined;
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
    this.#unmapped = embeddedJson(ownValue(document, 'unmapped'));
  }

  get activityId(): ActivityId {
    const stated = ownValue(this.#document, 'activity_id');
    return ACTIVITIES.has(stated) && stated !== ACTIVITY.unknown
      ? (stated as ActivityId)
      : activityByName(this.operation, looseBoolean(ownValue(this.#unmapped, 'readOnly')));
  }

  get statusId(): StatusId {
    const id = ownValue(this.#document, 'status_id');
    if (id === STATUS.success || id === STATUS.failure) return id;
    const status = ownString(this.#document, 'status')?.toLowerCase();
    if (status === 'failure' || textAt(this.#document, 'api', 'response', 'error') !== undefined) {
      return STATUS.failure;
    }
    return status === 'success' ? STATUS.success : STATUS.unknown;
  }

  get statusCode(): string | undefined {
    return (
      textAt(this.#document, 'api', 'response', 'error') ?? ownString(this.#document, 'status_code')
    );
  }

  get readOnly(): boolean | undefined {
    const stated = looseBoolean(ownValue(this.#unmapped, 'readOnly'));
    if (stated !== undefined) return stated;
    switch (ownValue(this.#document, 'activity_id')) {
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
      ownString(this.#unmapped, 'eventCategory') ?? textAt(this.#document, 'metadata', 'log_name');
    if (category === 'Data' || category === 'Insight' || category === 'NetworkActivity')
      return true;
    const management = looseBoolean(ownValue(this.#unmapped, 'managementEvent'));
    return management === undefined ? undefined : !management;
  }

  get recordType(): string | undefined {
    return (
      ownString(this.#unmapped, 'eventType') ?? textAt(this.#document, 'metadata', 'event_code')
    );
  }

  get region(): string | undefined {
    return textAt(this.#document, 'cloud', 'region');
  }

  get sourceIp(): string | undefined {
    const endpoint = ownValue(this.#document, 'src_endpoint');
    return (
      ownString(endpoint, 'ip') ?? ownString(endpoint, 'domain') ?? ownString(endpoint, 'svc_name')
    );
  }

  get userAgent(): string | undefined {
    return textAt(this.#document, 'http_request', 'user_agent');
  }

  get fromConsole(): boolean | undefined {
    return looseBoolean(ownValue(this.#unmapped, 'sessionCredentialFromConsole'));
  }

  get resources(): readonly StatedResource[] {
    return (this.#resources ??= this.#readResources());
  }

  #readResources(): readonly StatedResource[] {
    const listed = ownValue(this.#document, 'resources');
    if (!Array.isArray(listed)) return [];
    return (listed as readonly JsonValue[]).flatMap((item) => {
      const uid = ownString(item, 'uid');
      return uid === undefined ? [] : [{ uid, type: ownString(item, 'type') }];
    });
  }

  protected readActor(): EventActor {
    return ocsfActor(ownValue(this.#document, 'actor'), this.#unmapped);
  }

  protected readRequest(): JsonValue | undefined {
    return at(this.#exact?.() ?? this.#document, 'api', 'request', 'data');
  }

  protected readResponse(): JsonValue | undefined {
    return at(this.#exact?.() ?? this.#document, 'api', 'response', 'data');
  }
}

/** Whether a JSON value is an OCSF document of the class API Activity. */
export const isOcsfApiActivity = (value: unknown): value is JsonObject =>
  isJsonObject(value) && ownValue(value, 'class_uid') === API_ACTIVITY;

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
  const provider = providerNamed(textAt(document, 'cloud', 'provider'));
  if (provider === undefined) {
    return invalidEvent('OCSF API Activity: cloud.provider is not a provider that is known here.');
  }
  const name = textAt(document, 'api', 'operation');
  if (name === undefined) return missing('api.operation');
  const service = textAt(document, 'api', 'service', 'name');
  if (service === undefined) return missing('api.service.name');
  const uid = textAt(document, 'metadata', 'uid');
  if (uid === undefined) return missing('metadata.uid');
  if (!isIdPart(uid)) return invalidEvent(`OCSF API Activity: metadata.uid ${NO_ID_PART}.`);
  const time =
    plausibleTime(ownValue(document, 'time')) ?? parseIsoTime(ownValue(document, 'time_dt'));
  if (time === undefined) {
    return invalidEvent(
      'OCSF API Activity: time is not a number of milliseconds of the years 2000 to 2099.',
    );
  }
  const account =
    textAt(document, 'cloud', 'account', 'uid') ??
    textAt(document, 'cloud', 'project_uid') ??
    textAt(document, 'actor', 'user', 'account', 'uid');
  if (account !== undefined && !isIdPart(account)) {
    return invalidEvent(`OCSF API Activity: the account's uid ${NO_ID_PART}.`);
  }
  const scoped = `${provider}:${account ?? ''}:`;
  const id = uid.startsWith(scoped) ? uid : `${scoped}${uid}`;
  const operation = provider === 'aws' ? withoutVersion(name) : name;
  const key = { id, time, provider, service, operation, account };
  return new OcsfEvent(document, raw, key, exact);
};
