import { withoutTrailingSlashes } from '../model/trailing-slashes.ts';
import {
  ACTIVITY,
  STATUS,
  type ActivityId,
  type AuditEvent,
  type CallPhase,
  type EventActor,
  type StatedResource,
  type StatusId,
} from '../model/audit-event.ts';
import { isJsonObject, ownString, ownValue } from '../model/json.ts';
import type { JsonObject, JsonValue } from '../model/json.ts';
import type { RecordFailure } from '../model/outcome.ts';
import { azureActor } from './azure-actor.ts';
import { azureBody, azureObject, azureText, azureValue } from './azure-fields.ts';
import { isIdPart, NO_ID_PART, toldId } from './event-id.ts';
import { parseUtcTime } from './event-time.ts';
import { LazyEvent, type EventKey } from './lazy-event.ts';
import { invalidEvent } from './record-failure.ts';

const LONGEST_OPERATION = 512;
const LONGEST_RESOURCE = 4_096;

const BEGUN = new Set([
  'start',
  'started',
  'accept',
  'accepted',
  'inprogress',
  'running',
  'beginrequest',
]);
const DONE = new Set(['success', 'succeeded', 'completed', 'complete']);
const REFUSED = new Set(['failure', 'failed', 'canceled', 'cancelled', 'denied', 'error']);

/** As the resource logs of storage write it. */
const ADDRESS_WITH_PORT = /^(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}$/;
const SUBSCRIPTION = /^\/subscriptions\/([^/]+)/;
const EVENT_UID = /\/events\/([^/]+)(?:\/ticks\/|$)/i;

const CALL = /\/(write|delete|action|read)$/;
const ACTIVITY_BY_CALL: Readonly<Record<string, ActivityId>> = {
  write: ACTIVITY.update,
  delete: ACTIVITY.delete,
  action: ACTIVITY.other,
  read: ACTIVITY.read,
};

/** `Microsoft.Storage/storageAccounts`, in lower case, of the id's last provider; of a group or subscription too. */
const armType = (id: string): string | undefined => {
  const at = id.lastIndexOf('/providers/');
  if (at === -1) {
    const depth = id.split('/').length;
    if (depth === 5) return 'microsoft.resources/subscriptions/resourcegroups';
    return depth === 3 ? 'microsoft.resources/subscriptions' : undefined;
  }
  const [namespace, ...rest] = id.slice(at + '/providers/'.length).split('/');
  const types = rest.filter((_segment, index) => index % 2 === 0);
  return namespace === undefined || types.length === 0
    ? undefined
    : [namespace, ...types].join('/');
};

/** What the path of an event (`<resource>/events/<id>/ticks/<time>`) is about. */
const beforeEvents = (id: string | undefined): string | undefined => {
  const at = id?.search(/\/events\//i) ?? -1;
  return at === -1 ? id : id?.slice(0, at);
};

/** The resource's id in lower case, since Azure takes it in any and logs write it in upper case. */
const resourceIdOf = (record: JsonValue): string | undefined => {
  const authorization =
    azureObject(record, 'authorization') ??
    azureObject(azureObject(record, 'identity'), 'authorization');
  const found =
    azureText(record, 'resourceId') ??
    azureText(record, 'resourceUri') ??
    ownString(azureObject(record, 'properties'), 'entity') ??
    ownString(authorization, 'scope') ??
    beforeEvents(ownString(record, 'id'));
  if (found === undefined || found.length > LONGEST_RESOURCE) return undefined;
  const id = withoutTrailingSlashes(found.toLowerCase());
  return id.startsWith('/') ? id : undefined;
};

class AzureActivityEvent extends LazyEvent {
  readonly #record: JsonObject;
  readonly #resourceId: string | undefined;
  readonly #correlationId: string | undefined;

  constructor(
    record: JsonObject,
    raw: Uint8Array,
    key: EventKey & {
      readonly resourceId: string | undefined;
      readonly correlationId: string | undefined;
    },
  ) {
    super(key, raw);
    this.#record = record;
    this.#resourceId = key.resourceId;
    this.#correlationId = key.correlationId;
  }

  get activityId(): ActivityId {
    if (this.#status === 'created') return ACTIVITY.create;
    const call = CALL.exec(this.operation)?.[1];
    return (call === undefined ? undefined : ACTIVITY_BY_CALL[call]) ?? ACTIVITY.other;
  }

  /** What the API answered: `created`, `200`; where the record tells. */
  get #status(): string | undefined {
    const record = this.#record;
    const properties = azureObject(record, 'properties');
    const code =
      ownString(properties, 'statusCode') ??
      azureText(record, 'subStatus') ??
      azureText(record, 'resultSignature');
    const word = code?.split('.').at(-1)?.toLowerCase();
    return word === '201' ? 'created' : word;
  }

  get #result(): string | undefined {
    return statusOf(this.#record);
  }

  get statusId(): StatusId {
    const result = this.#result;
    if (result !== undefined && REFUSED.has(result)) return STATUS.failure;
    if (result !== undefined && (DONE.has(result) || BEGUN.has(result))) return STATUS.success;
    // Records of some providers name the error as the result: `Forbidden`, signed `Failed.Forbidden`.
    const [signed] = azureText(this.#record, 'resultSignature')?.toLowerCase().split('.') ?? [];
    return signed !== undefined && REFUSED.has(signed) ? STATUS.failure : STATUS.unknown;
  }

  get statusCode(): string | undefined {
    return this.statusId === STATUS.failure ? (this.#status ?? this.#result) : undefined;
  }

  get dataEvent(): boolean | undefined {
    // Resource logs have names of their own, such as PutBlob: what they record is done to data.
    return !this.operation.includes('/');
  }

  get recordType(): string | undefined {
    return azureText(this.#record, 'category');
  }

  get call(): CallPhase | undefined {
    const result = this.#result;
    if (result === undefined) return undefined;
    const uid = `azure:${this.#correlationId ?? ''}:${this.operation}:${this.#resourceId ?? ''}`;
    if (BEGUN.has(result)) return { uid, phase: 'begun' };
    return this.#correlationId === undefined ? undefined : { uid, phase: 'ended' };
  }

  get region(): string | undefined {
    const place =
      azureText(this.#record, 'location') ?? azureText(this.#record, 'resourceLocation');
    return place?.replaceAll(' ', '').toLowerCase();
  }

  get sourceIp(): string | undefined {
    const request = azureObject(this.#record, 'httpRequest');
    const claims =
      azureObject(azureObject(this.#record, 'identity'), 'claims') ??
      azureObject(this.#record, 'claims');
    const address =
      azureText(this.#record, 'callerIpAddress') ??
      azureText(request, 'clientIpAddress') ??
      ownString(claims, 'ipaddr');
    return address?.replace(ADDRESS_WITH_PORT, '$1');
  }

  get userAgent(): string | undefined {
    return (
      azureText(azureObject(this.#record, 'httpRequest'), 'userAgent') ??
      ownString(azureObject(this.#record, 'properties'), 'userAgentHeader')
    );
  }

  get resources(): readonly StatedResource[] {
    const uid = this.#resourceId;
    return uid === undefined ? [] : [{ uid, type: armType(uid) }];
  }

  get details(): JsonValue | undefined {
    return azureObject(this.#record, 'properties');
  }

  protected readActor(): EventActor {
    return azureActor(this.#record);
  }

  protected readRequest(): JsonValue | undefined {
    return azureBody(ownValue(azureObject(this.#record, 'properties'), 'requestbody'));
  }

  protected readResponse(): JsonValue | undefined {
    const properties = azureObject(this.#record, 'properties');
    return azureBody(ownValue(properties, 'responseBody') ?? ownValue(properties, 'responsebody'));
  }
}

/** The status in lower case: of the act where the record tells, else of its step. */
const statusOf = (record: JsonValue): string | undefined =>
  (
    azureText(record, 'resultType') ??
    azureText(record, 'status') ??
    azureText(record, 'eventName')
  )?.toLowerCase();

const MARKS = [
  'resourceId',
  'correlationId',
  'eventTimestamp',
  'eventDataId',
  'category',
  'caller',
  'resultType',
  'callerIpAddress',
];

/** Whether a JSON value is meant to be a record of the Activity Log, or of a resource log in the same layout. */
export const isAzureActivityRecord = (value: JsonValue): boolean =>
  isJsonObject(value) &&
  azureValue(value, 'operationName') !== undefined &&
  MARKS.some((mark) => azureValue(value, mark) !== undefined);

/**
 * One record of the Azure Activity Log as an audit event, read on demand, in the layouts of Event Hub and diagnostic
 * settings, of the REST API, and of the Python SDK (names in snake case).
 * Source: Azure Monitor, "Azure Activity Log event schema"; fields of any type are taken, wrong ones count as absent.
 * The operation and the resource's id are in lower case; the service is the operation's resource provider
 * (`microsoft.network`); `account` is the subscription, or the tenant of what stands above subscriptions. Request and
 * response are the bodies that `properties` holds as text.
 * A call has a record for its start, often one for its acceptance, and one for its end, which `call` tells; only the
 * end says that it was done. Id: `eventDataId`, else the call, the status and the time.
 * Fails with `invalid_event` where operationName or the time is missing or unusable.
 * @param raw the record as received: one line of JSON
 */
export const azureActivityEvent = (
  record: JsonObject,
  raw: Uint8Array,
): AuditEvent | RecordFailure => {
  const name = azureText(record, 'operationName');
  if (name === undefined || name.length > LONGEST_OPERATION) {
    const what = name === undefined ? 'is missing or not a text' : 'is too long';
    return invalidEvent(`Azure Activity Log: operationName ${what}.`);
  }
  const operation = name.toLowerCase();
  const time =
    parseUtcTime(azureValue(record, 'eventTimestamp')) ?? parseUtcTime(ownValue(record, 'time'));
  if (time === undefined) {
    return invalidEvent(
      'Azure Activity Log: neither time nor eventTimestamp is a time such as 2026-01-31T12:00:00Z of the years 2000 to 2099.',
    );
  }
  const resourceId = resourceIdOf(record);
  const account = (
    SUBSCRIPTION.exec(resourceId ?? '')?.[1] ??
    azureText(record, 'subscriptionId') ??
    azureText(record, 'tenantId')
  )?.toLowerCase();
  if (account !== undefined && !isIdPart(account)) {
    return invalidEvent(`Azure Activity Log: the subscription's id ${NO_ID_PART}.`);
  }
  const correlationId = azureText(record, 'correlationId');
  const eventUid =
    azureText(record, 'eventDataId') ?? EVENT_UID.exec(ownString(record, 'id') ?? '')?.[1];
  if (eventUid !== undefined && !isIdPart(eventUid)) {
    return invalidEvent(`Azure Activity Log: eventDataId ${NO_ID_PART}.`);
  }
  const uid =
    eventUid ?? toldId(correlationId, String(time), statusOf(record), operation, resourceId);
  const slash = operation.indexOf('/');
  return new AzureActivityEvent(record, raw, {
    id: `azure:${account ?? ''}:${uid}`,
    time,
    provider: 'azure',
    service: slash > 0 ? operation.slice(0, slash) : serviceOf(resourceId),
    operation,
    account,
    resourceId,
    correlationId,
  });
};

/** The resource provider of a resource log, whose operations have names of their own (`PutBlob`). */
function serviceOf(resourceId: string | undefined): string {
  return armType(resourceId ?? '')?.split('/')[0] ?? 'azure';
}
