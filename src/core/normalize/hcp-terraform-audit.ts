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
import { isIdPart, NO_ID_PART } from './event-id.ts';
import { parseIsoTime } from './event-time.ts';
import { LazyEvent, type EventKey } from './lazy-event.ts';
import { invalidEvent } from './record-failure.ts';

const LONGEST = 128;
const SERVICE = 'hcp-terraform';

const READ = /^(?:read|list|show|view|index|download|export)/;
const CREATE = /^(?:create|add|import)/;
const DELETE = /^(?:destroy|delete|remove)/;

class HcpTerraformEvent extends LazyEvent {
  readonly #record: JsonObject;
  readonly #action: string;

  constructor(record: JsonObject, raw: Uint8Array, key: EventKey, action: string) {
    super(key, raw);
    this.#record = record;
    this.#action = action;
  }

  get activityId(): ActivityId {
    if (READ.test(this.#action)) return ACTIVITY.read;
    if (CREATE.test(this.#action)) return ACTIVITY.create;
    return DELETE.test(this.#action) ? ACTIVITY.delete : ACTIVITY.update;
  }

  /** The trail has what was done: what was refused is not in it. */
  get statusId(): StatusId {
    return STATUS.success;
  }

  get readOnly(): boolean {
    return this.activityId === ACTIVITY.read;
  }

  get recordType(): string | undefined {
    return ownString(this.#record, 'type');
  }

  get resources(): readonly StatedResource[] {
    const resource = ownValue(this.#record, 'resource');
    const uid = ownString(resource, 'id');
    return uid === undefined ? [] : [{ uid, type: ownString(resource, 'type') }];
  }

  protected readActor(): EventActor {
    const auth = ownValue(this.#record, 'auth');
    const uid = ownString(auth, 'accessor_id');
    return {
      userType: ownString(auth, 'type'),
      userUid: uid,
      userName: ownString(auth, 'description') ?? uid,
      accountUid: ownString(auth, 'organization_id'),
      sourceIdentity: ownString(auth, 'impersonator_id'),
    };
  }

  /** The resource as the trail states it, with its metadata. */
  protected readRequest(): JsonValue | undefined {
    return ownValue(this.#record, 'resource');
  }

  protected readResponse(): undefined {
    return undefined;
  }
}

/** Whether a JSON value is meant to be an event of HCP Terraform's audit trail: resource and auth as only it has them. */
export const isHcpTerraformAudit = (value: unknown): value is JsonObject => {
  if (!isJsonObject(value)) return false;
  const [auth, resource] = [ownValue(value, 'auth'), ownValue(value, 'resource')];
  return (
    isJsonObject(auth) &&
    isJsonObject(resource) &&
    ['accessor_id', 'organization_id'].some((name) => Object.hasOwn(auth, name)) &&
    ['type', 'action'].some((name) => Object.hasOwn(resource, name))
  );
};

const wrong = (what: string): RecordFailure =>
  invalidEvent(`HCP Terraform audit trail event: ${what}`);

const word = (resource: JsonValue | undefined, name: string): string | RecordFailure => {
  const text = ownString(resource, name);
  if (text === undefined) return wrong(`resource.${name} is missing or not a text.`);
  return text.length > LONGEST
    ? wrong(`resource.${name} is longer than ${LONGEST} characters.`)
    : text;
};

/**
 * One event of HCP Terraform's audit trail, read on demand: the operation is `<resource type>.<action>`, the account the
 * organization's id. The trail says which resource was touched and how, not what was set.
 * Source: HCP Terraform, "Audit trails API reference". Fails with `invalid_event` where id, timestamp, resource.type or
 * resource.action is missing or unusable.
 */
export const hcpTerraformEvent = (
  record: JsonObject,
  raw: Uint8Array,
): AuditEvent | RecordFailure => {
  const id = ownString(record, 'id');
  if (id === undefined) return wrong('id is missing or not a text.');
  if (!isIdPart(id)) return wrong(`id ${NO_ID_PART}.`);
  const time = parseIsoTime(record['timestamp']);
  if (time === undefined) {
    return wrong(
      'timestamp is not a time such as 2026-01-31T12:00:00.000Z of the years 2000 to 2099.',
    );
  }
  const resource = ownValue(record, 'resource');
  const type = word(resource, 'type');
  if (typeof type !== 'string') return type;
  const action = word(resource, 'action');
  if (typeof action !== 'string') return action;
  const account = ownString(ownValue(record, 'auth'), 'organization_id');
  if (account !== undefined && !isIdPart(account)) {
    return wrong(`auth.organization_id ${NO_ID_PART}.`);
  }
  const key: EventKey = {
    id: `terraform:${account ?? ''}:${id}`,
    time,
    provider: 'terraform',
    service: SERVICE,
    operation: `${type}.${action}`,
    account,
  };
  return new HcpTerraformEvent(record, raw, key, action);
};
