import { STATUS, type AuditEvent, type EventActor, type StatusId } from '../model/audit-event.ts';
import {
  isJsonObject,
  ownString,
  ownValue,
  type JsonObject,
  type JsonValue,
} from '../model/json.ts';
import type { RecordFailure } from '../model/outcome.ts';
import { looseBoolean } from './embedded-json.ts';
import { isIdPart, NO_ID_PART } from './event-id.ts';
import { parseUtcTime } from './event-time.ts';
import { userTypeOf } from './kubernetes-actor.ts';
import { clusterOf } from './kubernetes-cluster.ts';
import { FIRST_ERROR, KubernetesEvent, type KubernetesCall } from './kubernetes-event.ts';
import { gkeCall } from './kubernetes-gke-call.ts';
import { isReadVerb, operationOf, serviceOf } from './kubernetes-operation.ts';
import { queryParameters, requestValue } from './kubernetes-request.ts';
import type { EventKey } from './lazy-event.ts';
import { invalidEvent } from './record-failure.ts';

/** Takes off what Cloud Audit wraps around an object: `@type`, and `value` around a list. */
const unwrapped = (value: JsonValue | undefined): JsonValue | undefined => {
  if (!isJsonObject(value)) return value ?? undefined;
  const { '@type': _type, ...rest } = value;
  const list = ownValue(rest, 'value');
  return Object.keys(rest).length === 1 && Array.isArray(list) ? list : rest;
};

/** Of Kubernetes itself: anybody may call a kind of their own `CreateOptions`. */
const OPTIONS =
  /^(?:type\.googleapis\.com\/)?(?:meta\.k8s\.io\/|io\.k8s\.apimachinery\.pkg\.apis\.meta\.)v\d\w*\.(?:Create|Update|Patch|Delete)Options$/;

/**
 * A dry run says so in the call's URL, which the entry may tell, and a deletion in its body: its URL counts only where it
 * has none, which an entry does not prove. Of other calls the body is the caller's object, which proves nothing unless
 * Google types it as options.
 */
const isDryRun = (payload: JsonObject, verb: string): boolean => {
  const request = ownValue(payload, 'request');
  const isDeletion = verb.startsWith('delete');
  const isOptions = isDeletion || OPTIONS.test(ownString(request, '@type') ?? '');
  const stated = isOptions ? ownValue(request, 'dryRun') : undefined;
  if (Array.isArray(stated)) return stated.some((each) => typeof each === 'string' && each !== '');
  if (isDeletion || (isOptions && isJsonObject(request))) return false;
  const attributes = ownValue(ownValue(payload, 'requestMetadata'), 'requestAttributes');
  const query = ownString(attributes, 'query') ?? '';
  const path = ownString(attributes, 'path') ?? '';
  return [path, `?${query.replace(/^\?/, '')}`].some(
    (uri) => (queryParameters(uri).dryRun ?? '') !== '',
  );
};

class GkeAuditEvent extends KubernetesEvent {
  readonly #entry: JsonObject;
  readonly #payload: JsonObject;

  constructor(
    entry: JsonObject,
    payload: JsonObject,
    raw: Uint8Array,
    key: EventKey,
    call: KubernetesCall,
  ) {
    super(key, raw, call);
    this.#entry = entry;
    this.#payload = payload;
  }

  /** The HTTP code, which only an answer of the kind Status has. */
  protected get httpStatus(): number | undefined {
    const code = ownValue(ownValue(this.#payload, 'response'), 'code');
    return typeof code === 'number' ? code : undefined;
  }

  get statusId(): StatusId {
    const code = ownValue(ownValue(this.#payload, 'status'), 'code');
    const granted = ownValue(this.#payload, 'authorizationInfo');
    const refused =
      Array.isArray(granted) &&
      granted.length > 0 &&
      granted.every((each: JsonValue) => looseBoolean(ownValue(each, 'granted')) === false);
    return (typeof code === 'number' && code !== 0) ||
      (this.httpStatus ?? 0) >= FIRST_ERROR ||
      refused
      ? STATUS.failure
      : STATUS.success;
  }

  get statusCode(): string | undefined {
    if (this.statusId !== STATUS.failure) return undefined;
    const code = ownValue(ownValue(this.#payload, 'status'), 'code');
    return (
      ownString(ownValue(this.#payload, 'response'), 'reason') ??
      (typeof code === 'number' ? String(code) : undefined)
    );
  }

  /** A dry run changes nothing, whatever its verb. */
  get readOnly(): boolean | undefined {
    return isReadVerb(this.verb) === true || isDryRun(this.#payload, this.verb)
      ? true
      : isReadVerb(this.verb);
  }

  /** The first half of an operation that is told twice is the stage before the last. */
  get recordType(): string | undefined {
    const operation = ownValue(this.#entry, 'operation');
    const [first, last] = ['first', 'last'].map((name) => looseBoolean(ownValue(operation, name)));
    return first === true && last !== true ? 'RequestReceived' : undefined;
  }

  get region(): string | undefined {
    return ownString(ownValue(ownValue(this.#entry, 'resource'), 'labels'), 'location');
  }

  get sourceIp(): string | undefined {
    const metadata = ownValue(this.#payload, 'requestMetadata');
    return ownString(metadata, 'callerIp') ?? ownString(metadata, 'callerIP');
  }

  get userAgent(): string | undefined {
    return ownString(ownValue(this.#payload, 'requestMetadata'), 'callerSuppliedUserAgent');
  }

  protected readActor(): EventActor {
    const info = ownValue(this.#payload, 'authenticationInfo');
    const email = ownString(info, 'principalEmail');
    return {
      userType: userTypeOf(email),
      userUid: email ?? ownString(info, 'principalSubject'),
      userName: email,
      credentialUid: ownString(info, 'serviceAccountKeyName'),
      sourceIdentity: ownString(info, 'authoritySelector'),
    };
  }

  protected readRequest(): JsonValue {
    return requestValue(this.reference, undefined, unwrapped(ownValue(this.#payload, 'request')));
  }

  protected readResponse(): JsonValue | undefined {
    return unwrapped(ownValue(this.#payload, 'response'));
  }
}

/** Whether a JSON value is a Cloud Audit entry of a GKE cluster's own API server. */
export const isGkeAudit = (value: unknown): value is JsonObject => {
  const payload = isJsonObject(value) ? ownValue(value, 'protoPayload') : undefined;
  return (
    ownString(payload, 'serviceName') === 'k8s.io' ||
    ownString(payload, 'methodName')?.startsWith('io.k8s.') === true
  );
};

const wrong = (what: string): RecordFailure => invalidEvent(`GKE audit log entry: ${what}`);

/**
 * One Cloud Audit entry of a GKE cluster's API server (`serviceName` `k8s.io`), read on demand. Method and resource name
 * tell the object, the labels the cluster. A patch tells neither its field manager nor a deletion of many its selector.
 * Source: GKE, "Audit logging information"; Cloud Logging, `LogEntry` and `AuditLog`. Fails with `invalid_event` where
 * insertId, timestamp or methodName is missing or unusable.
 */
export const gkeAuditEvent = (
  entry: JsonObject,
  raw: Uint8Array,
  envelopes: readonly JsonValue[],
): AuditEvent | RecordFailure => {
  const payload = ownValue(entry, 'protoPayload');
  const method = ownString(payload, 'methodName');
  if (!isJsonObject(payload) || method === undefined) {
    return wrong('protoPayload.methodName is missing or not a text.');
  }
  const insertId = ownString(entry, 'insertId');
  if (insertId === undefined) return wrong('insertId is missing or not a text.');
  if (!isIdPart(insertId)) return wrong(`insertId ${NO_ID_PART}.`);
  const time = parseUtcTime(entry['timestamp']);
  if (time === undefined) {
    return wrong('timestamp is not a time such as 2026-01-31T12:00:00Z of the years 2000 to 2099.');
  }
  const cluster = clusterOf([entry, ...envelopes]);
  if (cluster !== undefined && !isIdPart(cluster)) {
    return wrong(`the name of the cluster ${NO_ID_PART}.`);
  }
  const call = gkeCall(method, ownString(payload, 'resourceName'));
  if (call === undefined) return wrong('methodName or resourceName is too long.');
  const key: EventKey = {
    id: `kubernetes:${cluster ?? ''}:${insertId}`,
    time,
    provider: 'kubernetes',
    service: serviceOf(call.reference),
    operation: operationOf(call.reference, call.verb),
    account: cluster,
  };
  return new GkeAuditEvent(entry, payload, raw, key, call);
};
