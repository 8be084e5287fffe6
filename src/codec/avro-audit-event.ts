import type {
  ActivityId,
  AuditEvent,
  EventActor,
  StatedResource,
  StatusId,
} from '../core/model/audit-event.ts';
import type { JsonValue } from '../core/model/json.ts';
import type { Provider } from '../core/model/provider.ts';
import type { AvroPayload } from './avro-payload.ts';

/** An audit event that was written in Avro: the head is there, the payload is parsed when it is first asked for. */
export class AvroAuditEvent implements AuditEvent {
  readonly #view: AuditEvent;
  readonly #payload: AvroPayload;
  #request: { readonly value: JsonValue | undefined } | undefined;
  #response: { readonly value: JsonValue | undefined } | undefined;

  /** @param view the head as an audit event, and the event's JSON */
  constructor(view: AuditEvent, payload: AvroPayload) {
    this.#view = view;
    this.#payload = payload;
  }

  get id(): string {
    return this.#view.id;
  }

  get time(): number {
    return this.#view.time;
  }

  get provider(): Provider {
    return this.#view.provider;
  }

  get service(): string {
    return this.#view.service;
  }

  get operation(): string {
    return this.#view.operation;
  }

  get activityId(): ActivityId {
    return this.#view.activityId;
  }

  get statusId(): StatusId {
    return this.#view.statusId;
  }

  get statusCode(): string | undefined {
    return this.#view.statusCode;
  }

  get readOnly(): boolean | undefined {
    return this.#view.readOnly;
  }

  get dataEvent(): boolean | undefined {
    return this.#view.dataEvent;
  }

  get recordType(): string | undefined {
    return this.#view.recordType;
  }

  get account(): string | undefined {
    return this.#view.account;
  }

  get region(): string | undefined {
    return this.#view.region;
  }

  get actor(): EventActor {
    return this.#view.actor;
  }

  get sourceIp(): string | undefined {
    return this.#view.sourceIp;
  }

  get userAgent(): string | undefined {
    return this.#view.userAgent;
  }

  get fromConsole(): boolean | undefined {
    return this.#view.fromConsole;
  }

  get resources(): readonly StatedResource[] {
    return this.#view.resources;
  }

  get request(): JsonValue | undefined {
    return (this.#request ??= { value: this.#payload.request() }).value;
  }

  get response(): JsonValue | undefined {
    return (this.#response ??= { value: this.#payload.response() }).value;
  }

  /** The record that the event carries, where that is JSON; otherwise the event itself as OCSF JSON. */
  get raw(): Uint8Array {
    return this.#view.raw;
  }
}
