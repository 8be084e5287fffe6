import {
  ACTIVITY,
  STATUS,
  type AuditEvent,
  type EventActor,
  type StatusId,
} from '../model/audit-event.ts';
import {
  isJsonObject,
  ownString,
  ownValue,
  type JsonObject,
  type JsonValue,
} from '../model/json.ts';
import type { ObjectReference } from '../model/object-reference.ts';
import type { RecordFailure } from '../model/outcome.ts';
import { embeddedJson } from './embedded-json.ts';
import { isIdPart, NO_ID_PART } from './event-id.ts';
import { parseUtcTime } from './event-time.ts';
import { kubernetesActor } from './kubernetes-actor.ts';
import { isReadVerb, operationOf, serviceOf, verbActivity } from './kubernetes-operation.ts';
import { queryParameters, requestValue } from './kubernetes-request.ts';
import { clusterOf } from './kubernetes-cluster.ts';
import { FIRST_ERROR, KubernetesEvent, type KubernetesCall } from './kubernetes-event.ts';
import type { EventKey } from './lazy-event.ts';
import { invalidEvent } from './record-failure.ts';

const LONGEST = 256;
const COMPLETE = 'ResponseComplete';

const hasDryRunParameter = (record: JsonObject): boolean =>
  (queryParameters(ownString(record, 'requestURI')).dryRun ?? '') !== '';

/** Levels at which a record has the body of a call that had one. */
const BODY_LEVELS: ReadonlySet<unknown> = new Set(['Request', 'RequestResponse']);

/** A log backend takes the body out of a record that is too large for it. */
const isTruncated = (record: JsonObject): boolean =>
  ownValue(ownValue(record, 'annotations'), 'audit.k8s.io/truncated') !== undefined;

/**
 * The server reads the options of a deletion from its body, and from the URL only where it has none; a record that does
 * not show whether it had one proves no dry run.
 * Source: kube-apiserver, `endpoints/handlers/delete.go` (DeleteResource, DeleteCollection).
 */
const isDryDeletion = (record: JsonObject): boolean => {
  const body = embeddedJson(ownValue(record, 'requestObject'));
  if (body === undefined || body === null) {
    return (
      BODY_LEVELS.has(ownValue(record, 'level')) &&
      !isTruncated(record) &&
      hasDryRunParameter(record)
    );
  }
  const dryRun = ownValue(body, 'dryRun');
  return Array.isArray(dryRun) && dryRun.some((each) => typeof each === 'string' && each !== '');
};

class KubernetesAuditEvent extends KubernetesEvent {
  readonly #record: JsonObject;

  constructor(record: JsonObject, raw: Uint8Array, key: EventKey, call: KubernetesCall) {
    super(key, raw, call);
    this.#record = record;
  }

  protected get httpStatus(): number | undefined {
    const code = ownValue(ownValue(this.#record, 'responseStatus'), 'code');
    return typeof code === 'number' ? code : undefined;
  }

  get statusId(): StatusId {
    const status = ownValue(this.#record, 'responseStatus');
    const code = this.httpStatus;
    if (
      this.recordType === 'Panic' ||
      (code !== undefined && code >= FIRST_ERROR) ||
      ownString(status, 'status') === 'Failure'
    ) {
      return STATUS.failure;
    }
    return code === undefined && ownString(status, 'status') === undefined
      ? STATUS.unknown
      : STATUS.success;
  }

  get statusCode(): string | undefined {
    if (this.statusId !== STATUS.failure) return undefined;
    const reason = ownString(ownValue(this.#record, 'responseStatus'), 'reason');
    return reason ?? this.httpStatus?.toString() ?? this.recordType;
  }

  /** A dry run changes nothing, whatever its verb. */
  get readOnly(): boolean | undefined {
    const isDryRun =
      verbActivity(this.verb, undefined) === ACTIVITY.delete
        ? isDryDeletion(this.#record)
        : hasDryRunParameter(this.#record);
    return isDryRun ? true : isReadVerb(this.verb);
  }

  /** The stage: all but the last one tell of a call that is not over. */
  get recordType(): string | undefined {
    return ownString(this.#record, 'stage');
  }

  get sourceIp(): string | undefined {
    const addresses = ownValue(this.#record, 'sourceIPs');
    const [first] = Array.isArray(addresses) ? (addresses as readonly JsonValue[]) : [];
    return typeof first === 'string' && first !== '' ? first : undefined;
  }

  get userAgent(): string | undefined {
    return ownString(this.#record, 'userAgent');
  }

  protected readActor(): EventActor {
    return kubernetesActor(
      ownValue(this.#record, 'user'),
      ownValue(this.#record, 'impersonatedUser'),
    );
  }

  protected readRequest(): JsonValue {
    return requestValue(
      this.reference,
      ownString(this.#record, 'requestURI'),
      embeddedJson(ownValue(this.#record, 'requestObject')),
    );
  }

  protected readResponse(): JsonValue | undefined {
    return ownValue(this.#record, 'responseObject');
  }
}

const isAuditVersion = (apiVersion: JsonValue | undefined): boolean =>
  typeof apiVersion === 'string' && apiVersion.startsWith('audit.k8s.io/');

/**
 * Whether a JSON value is meant to be an audit event of a Kubernetes API server. An item of an `EventList` says neither
 * its kind nor its version.
 */
export const isKubernetesAudit = (value: unknown): value is JsonObject => {
  if (!isJsonObject(value)) return false;
  const kind = ownValue(value, 'kind');
  if (isAuditVersion(value['apiVersion'])) return kind !== 'EventList';
  if (kind !== undefined && kind !== 'Event') return false;
  const told = ['verb', 'objectRef', 'requestURI', 'stage'].filter((name) =>
    Object.hasOwn(value, name),
  );
  return Object.hasOwn(value, 'auditID') ? told.length > 0 : kind === 'Event' && told.length > 1;
};

const wrong = (what: string): RecordFailure => invalidEvent(`Kubernetes audit event: ${what}`);

const requiredText = (record: JsonObject, field: string): string | RecordFailure => {
  const text = ownString(record, field);
  if (text === undefined) {
    const found = ownValue(record, field);
    const why = found === undefined ? 'is missing' : found === '' ? 'is empty' : 'is not a text';
    return wrong(`${field} ${why}.`);
  }
  return text.length > LONGEST ? wrong(`${field} is longer than ${LONGEST} characters.`) : text;
};

/** The object of `objectRef`; undefined where the call is about none. */
const referenceOf = (record: JsonObject): ObjectReference | RecordFailure | undefined => {
  const reference = ownValue(record, 'objectRef');
  if (reference === undefined || reference === null) return undefined;
  const resource = ownString(reference, 'resource');
  // A call on no resource may have an empty reference.
  if (resource === undefined) {
    return isJsonObject(reference) && ownValue(reference, 'resource') === undefined
      ? undefined
      : wrong('objectRef.resource is not a text.');
  }
  const parts = {
    group: ownString(reference, 'apiGroup') ?? '',
    resource,
    subresource: ownString(reference, 'subresource'),
    namespace: ownString(reference, 'namespace'),
    name: ownString(reference, 'name'),
  };
  const long = Object.entries(parts).find(([, text]) => (text?.length ?? 0) > LONGEST);
  return long === undefined
    ? withoutOwnNamespace(parts)
    : wrong(`objectRef.${long[0]} is longer than ${LONGEST} characters.`);
};

/** The server says of a namespace that it is in itself. */
const withoutOwnNamespace = (reference: ObjectReference): ObjectReference =>
  reference.group === '' && reference.resource === 'namespaces'
    ? { ...reference, namespace: undefined, name: reference.name ?? reference.namespace }
    : reference;

/**
 * One audit event of a Kubernetes API server, read on demand, of versions v1 and before.
 * Source: Kubernetes reference, "kube-apiserver Audit Configuration (v1)". The record does not say of which cluster it
 * is: see `clusterOf`. Fails with `invalid_event` where auditID, verb or a time is missing or unusable.
 * @param raw the record as received: one line of JSON, with what a carrier wrapped around it
 */
export const kubernetesAuditEvent = (
  record: JsonObject,
  raw: Uint8Array,
  envelopes: readonly JsonValue[],
): AuditEvent | RecordFailure => {
  const auditId = requiredText(record, 'auditID');
  if (typeof auditId !== 'string') return auditId;
  const verb = requiredText(record, 'verb');
  if (typeof verb !== 'string') return verb;
  const stage = ownString(record, 'stage') ?? COMPLETE;
  const uid = `${auditId}/${stage}`;
  if (!isIdPart(uid)) return wrong(`auditID with stage ${NO_ID_PART}.`);
  const cluster = clusterOf([record, ...envelopes]);
  if (cluster !== undefined && !isIdPart(cluster)) {
    return wrong(`the name of the cluster ${NO_ID_PART}.`);
  }
  const time =
    parseUtcTime(record['stageTimestamp']) ??
    parseUtcTime(record['requestReceivedTimestamp']) ??
    parseUtcTime(record['timestamp']);
  if (time === undefined) {
    return wrong(
      'neither stageTimestamp nor requestReceivedTimestamp is a time such as 2026-01-31T12:00:00.000000Z of the years 2000 to 2099.',
    );
  }
  const reference = referenceOf(record);
  if (reference !== undefined && 'reason' in reference) return reference;
  const key: EventKey = {
    id: `kubernetes:${cluster ?? ''}:${uid}`,
    time,
    provider: 'kubernetes',
    service: serviceOf(reference),
    operation: operationOf(reference, verb),
    account: cluster,
  };
  return new KubernetesAuditEvent(record, raw, key, { verb, reference });
};
