import type {
  ActivityId,
  AuditEvent,
  EventActor,
  StatedResource,
  StatusId,
} from '../model/audit-event.ts';
import type { JsonObject, JsonValue } from '../model/json.ts';
import type { Provider } from '../model/provider.ts';
import { embeddedJson } from './embedded-json.ts';

/** What an event is known by, checked before the event is made. */
export type EventKey = Pick<
  AuditEvent,
  'id' | 'time' | 'provider' | 'service' | 'operation' | 'account'
>;

/**
 * A record whose numbers are as its text has them: those that a double would round are texts. Made when payload is
 * asked for, which a read does not need.
 */
export type ExactRecord = () => JsonObject;

/**
 * An audit event that reads its record on demand. Actor, request and response are made once, when first asked for;
 * the other fields are cheap enough to be read each time. A format gives the getters and the three readers.
 */
export abstract class LazyEvent implements AuditEvent {
  readonly id: string;
  readonly time: number;
  readonly provider: Provider;
  readonly service: string;
  readonly operation: string;
  readonly account: string | undefined;
  readonly raw: Uint8Array;
  #actor: EventActor | undefined;
  #request: { readonly value: JsonValue | undefined } | undefined;
  #response: { readonly value: JsonValue | undefined } | undefined;

  constructor(key: EventKey, raw: Uint8Array) {
    this.raw = raw;
    this.id = key.id;
    this.time = key.time;
    this.provider = key.provider;
    this.service = key.service;
    this.operation = key.operation;
    this.account = key.account;
  }

  abstract get activityId(): ActivityId;
  abstract get statusId(): StatusId;
  abstract get resources(): readonly StatedResource[];

  protected abstract readActor(): EventActor;
  /** As the record has it; JSON written as text is parsed afterwards. */
  protected abstract readRequest(): JsonValue | undefined;
  protected abstract readResponse(): JsonValue | undefined;

  get actor(): EventActor {
    return (this.#actor ??= this.readActor());
  }

  get request(): JsonValue | undefined {
    this.#request ??= { value: embeddedJson(this.readRequest()) };
    return this.#request.value;
  }

  get response(): JsonValue | undefined {
    this.#response ??= { value: embeddedJson(this.readResponse()) };
    return this.#response.value;
  }
}
