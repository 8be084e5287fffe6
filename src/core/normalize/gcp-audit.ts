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
import { isIdPart, NO_ID_PART, toldId } from './event-id.ts';
import { parseUtcTime } from './event-time.ts';
import { gcpActor } from './gcp-actor.ts';
import { gcpOperation } from './gcp-method-name.ts';
import { gcpResourceName, labelledName, toldProjectNumber } from './gcp-resource-name.ts';
import { LazyEvent, type EventKey } from './lazy-event.ts';
import { invalidEvent } from './record-failure.ts';

const LONGEST = 256;
const LOG_NAME = /^((?:projects|organizations|folders|billingAccounts)\/[^/]+)\/logs\/(.+)$/;
const AUDIT_LOG = 'cloudaudit.googleapis.com';
const AUDIT_LOG_NAME = /^cloudaudit\.googleapis\.com(?:%2F|\/)([a-z_]{1,40})$/i;

/** google.rpc.Code, as `status.code` has it. */
const CODES: readonly string[] = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

const OPERATION_NAME = /(?:^|\/)operations\/[^/]+$/;
const READ = /(?:^|[.])(?:get|list|aggregatedList|search|query|test)[A-Za-z]*$/;
const CREATE = /[.](?:insert|create)$/;
const DELETE = /[.]delete$/;

/** The kind of audit log: `activity`, `data_access`, `system_event`, `policy`. */
const logOf = (logName: string | undefined): string | undefined => {
  const name = logName === undefined ? undefined : LOG_NAME.exec(logName)?.[2];
  return AUDIT_LOG_NAME.exec(name ?? '')?.[1];
};

const permissionTypes = (payload: JsonValue): readonly string[] => {
  const granted = ownValue(payload, 'authorizationInfo');
  return Array.isArray(granted)
    ? (granted as readonly JsonValue[]).flatMap((item) => ownString(item, 'permissionType') ?? [])
    : [];
};

class GcpAuditEvent extends LazyEvent {
  readonly recordType: string | undefined;
  readonly #entry: JsonObject;
  readonly #payload: JsonValue;
  readonly #project: string | undefined;

  constructor(entry: JsonObject, raw: Uint8Array, key: EventKey, project: string | undefined) {
    super(key, raw);
    this.#entry = entry;
    this.#payload = ownValue(entry, 'protoPayload') ?? null;
    this.#project = project;
    this.recordType = logOf(ownString(entry, 'logName'));
  }

  get activityId(): ActivityId {
    if (this.readOnly === true || READ.test(this.operation)) return ACTIVITY.read;
    if (CREATE.test(this.operation)) return ACTIVITY.create;
    if (DELETE.test(this.operation)) return ACTIVITY.delete;
    return activityByName(this.operation, this.recordType === 'activity' ? false : undefined);
  }

  get statusId(): StatusId {
    // The policy log holds denials alone.
    return this.statusCode === undefined && this.recordType !== 'policy'
      ? STATUS.success
      : STATUS.failure;
  }

  get statusCode(): string | undefined {
    const code = ownValue(ownValue(this.#payload, 'status'), 'code');
    if (typeof code !== 'number' && typeof code !== 'string') return undefined;
    return Number(code) === 0 ? undefined : (CODES[Number(code)] ?? String(code));
  }

  get readOnly(): boolean | undefined {
    if (this.recordType !== 'data_access') return undefined;
    const types = permissionTypes(this.#payload);
    return types.length > 0 && types.every((type) => /_READ$/.test(type)) ? true : undefined;
  }

  get dataEvent(): boolean | undefined {
    return this.recordType === undefined ? undefined : this.recordType === 'data_access';
  }

  get call(): CallPhase | undefined {
    const operation = ownValue(this.#entry, 'operation');
    const id = ownString(operation, 'id');
    const first = looseBoolean(ownValue(operation, 'first')) === true;
    const last = looseBoolean(ownValue(operation, 'last')) === true;
    if (id === undefined || first === last) return undefined;
    const uid = `gcp:${this.account ?? ''}:${ownString(operation, 'producer') ?? ''}:${id}`;
    return { uid, phase: first ? 'begun' : 'ended' };
  }

  get region(): string | undefined {
    const labels = ownValue(ownValue(this.#entry, 'resource'), 'labels');
    const current = ownValue(ownValue(this.#payload, 'resourceLocation'), 'currentLocations');
    const [listed] = Array.isArray(current) ? (current as readonly JsonValue[]) : [];
    const place =
      ownString(labels, 'region') ??
      ownString(labels, 'location') ??
      ownString(labels, 'zone') ??
      (typeof listed === 'string' ? listed : undefined);
    return place?.toLowerCase().replace(/^([a-z]+-[a-z]+\d+)-[a-z]$/, '$1') || undefined;
  }

  get sourceIp(): string | undefined {
    return ownString(ownValue(this.#payload, 'requestMetadata'), 'callerIp');
  }

  get userAgent(): string | undefined {
    return ownString(ownValue(this.#payload, 'requestMetadata'), 'callerSuppliedUserAgent');
  }

  get resources(): readonly StatedResource[] {
    const monitored = ownValue(this.#entry, 'resource');
    const authorized = this.#authorized();
    const name =
      ownString(this.#payload, 'resourceName') ??
      authorized[0] ??
      ownString(ownValue(this.#payload, 'response'), 'targetLink') ??
      labelledName(monitored, this.#project);
    if (name === undefined) return [];
    const numbers = this.#ownNumbers([...authorized, ...this.#namedByCall(), name]);
    const uid = gcpResourceName(name, this.#project, ownValue(monitored, 'labels'), numbers);
    return uid === '' ? [] : [{ uid, type: ownString(monitored, 'type') }];
  }

  get details(): JsonValue | undefined {
    const parts = ['metadata', 'serviceData'].map((name) =>
      embeddedJson(ownValue(this.#payload, name)),
    );
    const objects = parts.filter(isJsonObject);
    return objects.length === 0
      ? undefined
      : Object.fromEntries(objects.flatMap((part) => Object.entries(part)));
  }

  protected readActor(): EventActor {
    return gcpActor(this.#payload);
  }

  protected readRequest(): JsonValue | undefined {
    return ownValue(this.#payload, 'request');
  }

  /** A long call answers with the operation that it runs as, whose name is not that of the resource. */
  protected readResponse(): JsonValue | undefined {
    const response = ownValue(this.#payload, 'response');
    if (!isJsonObject(response) || !OPERATION_NAME.test(ownString(response, 'name') ?? '')) {
      return response;
    }
    const { name: _operation, ...rest } = response;
    return rest;
  }

  /** Resources of the permissions that were checked: the first is what the call acts on. */
  #authorized(): readonly string[] {
    const checked = ownValue(this.#payload, 'authorizationInfo');
    if (!Array.isArray(checked)) return [];
    return (checked as readonly JsonValue[]).flatMap(
      (item) =>
        ownString(item, 'resource') ??
        ownString(ownValue(item, 'resourceAttributes'), 'name') ??
        [],
    );
  }

  #namedByCall(): readonly string[] {
    return ['request', 'response'].flatMap(
      (part) => ownString(ownValue(this.#payload, part), 'name') ?? [],
    );
  }

  /** The numbers of the entry's project, by its labels, its log and the resources that it names. */
  #ownNumbers(names: readonly string[]): readonly string[] {
    const project = this.#project;
    if (project === undefined) return [];
    const number = ownString(
      ownValue(ownValue(this.#entry, 'resource'), 'labels'),
      'project_number',
    );
    const told = toldProjectNumber(names, project);
    return [...projectsOf(this.#entry), number, told].filter((each) => each !== undefined);
  }
}

/** Whether a JSON value is meant to be an entry of Cloud Audit Logs; other logs of Cloud Logging are none. */
export const isGcpAuditEntry = (value: JsonValue): boolean =>
  isJsonObject(value) &&
  (isJsonObject(ownValue(value, 'protoPayload')) ||
    (ownString(value, 'logName')?.includes(AUDIT_LOG) ?? false));

const required = (payload: JsonObject, field: string): string | RecordFailure => {
  const text = ownString(payload, field);
  const say = (what: string): RecordFailure =>
    invalidEvent(`Cloud Audit Log: protoPayload.${field} ${what}.`);
  if (text === undefined) {
    const found = ownValue(payload, field);
    return say(found === undefined ? 'is missing' : found === '' ? 'is empty' : 'is not a text');
  }
  return text.length > LONGEST ? say(`is longer than ${LONGEST} characters`) : text;
};

/** Ids or numbers of the entry's project, as its resource and its log name it. */
function projectsOf(entry: JsonObject): readonly string[] {
  const labels = ownValue(ownValue(entry, 'resource'), 'labels');
  const holder = LOG_NAME.exec(ownString(entry, 'logName') ?? '')?.[1];
  return [
    ownString(labels, 'project_id'),
    holder?.startsWith('projects/') ? holder.slice('projects/'.length) : undefined,
  ].filter((name) => name !== undefined);
}

/** Id of the entry's project; its number where nothing tells the id. */
const projectOf = (entry: JsonObject): string | undefined => {
  const names = projectsOf(entry);
  return names.find((name) => !/^\d+$/.test(name)) ?? names[0];
};

/**
 * One entry of Cloud Audit Logs as an audit event, read on demand.
 * Source: Cloud Logging `LogEntry` and `google.cloud.audit.AuditLog`; fields of any type are taken, wrong ones count as
 * absent. `account` is the project's id; the organization, folder or billing account (`organizations/1`) where the log
 * is not a project's. The name of the call has neither version nor package, see `gcpOperation`.
 * A long call has two entries, which `call` tells: the first with the request, the last with the outcome.
 * Fails with `invalid_event` where the time, protoPayload.serviceName or methodName is missing or unusable.
 * @param raw the entry as received: one line of JSON
 */
export const gcpAuditEvent = (entry: JsonObject, raw: Uint8Array): AuditEvent | RecordFailure => {
  const payload = ownValue(entry, 'protoPayload') ?? null;
  if (!isJsonObject(payload)) {
    return invalidEvent('Cloud Audit Log: protoPayload is missing or not an object.');
  }
  const insertId = ownValue(entry, 'insertId');
  if (insertId !== undefined && (typeof insertId !== 'string' || !isIdPart(insertId))) {
    return invalidEvent(`Cloud Audit Log: insertId ${NO_ID_PART}.`);
  }
  const service = required(payload, 'serviceName');
  if (typeof service !== 'string') return service;
  const method = required(payload, 'methodName');
  if (typeof method !== 'string') return method;
  const stamp = ownString(entry, 'timestamp') ?? ownString(entry, 'receiveTimestamp');
  const time = parseUtcTime(stamp);
  if (time === undefined || stamp === undefined) {
    return invalidEvent(
      'Cloud Audit Log: neither timestamp nor receiveTimestamp is a time such as 2026-01-31T12:00:00Z of the years 2000 to 2099.',
    );
  }
  const logName = ownString(entry, 'logName');
  const project = projectOf(entry);
  const account = project ?? LOG_NAME.exec(logName ?? '')?.[1];
  if (account !== undefined && !isIdPart(account)) {
    return invalidEvent(`Cloud Audit Log: the project's id ${NO_ID_PART}.`);
  }
  // An insertId is unique within a log and a timestamp; exports that drop it leave what they tell of the act.
  const log = logOf(logName) ?? '';
  const told = (): string =>
    toldId(
      method,
      ownString(payload, 'resourceName'),
      ownString(ownValue(payload, 'authenticationInfo'), 'principalEmail'),
    );
  return new GcpAuditEvent(
    entry,
    raw,
    {
      id: `gcp:${account ?? ''}:${log}:${stamp}:${insertId ?? told()}`,
      time,
      provider: 'gcp',
      service,
      operation: gcpOperation(method),
      account,
    },
    project,
  );
};
