import type {
  ActivityId,
  AuditEvent,
  EventActor,
  StatedResource,
  StatusId,
} from '../core/model/audit-event.ts';
import { isJsonObject } from '../core/model/json.ts';
import type { JsonObject, JsonValue } from '../core/model/json.ts';
import type { Provider } from '../core/model/provider.ts';
import { isFailure } from './decoded-record.ts';
import { parseJsonRecord } from './json-record.ts';
import type { JsonRecord } from './json-record.ts';

/** The fields of the Avro schema `audit-event` that are left out of the first look. */
export interface AuditPayload {
  readonly request_data: string | null;
  readonly response_data: string | null;
}

/** Where the parts of an Avro audit event come from; each is asked for at most once. */
export interface AvroEventSource {
  /** The first look: the event without its payload, OCSF names. */
  readonly head: JsonObject;
  /** The head as an audit event. */
  readonly view: AuditEvent;
  readonly rawData: Buffer | null;
  readonly maxDepth: number;
  readPayload(): AuditPayload;
}

interface JsonText {
  /** The value; the text itself where it is no JSON, or too deep. */
  readonly value: JsonValue;
  /** JSON on one line. */
  readonly json: string;
}

/** An audit event that was written in Avro: the head is decoded, the payload when it is first asked for. */
export class AvroAuditEvent implements AuditEvent {
  readonly #source: AvroEventSource;
  readonly #view: AuditEvent;
  #payload: AuditPayload | undefined;
  #request: JsonText | undefined;
  #response: JsonText | undefined;
  #raw: Uint8Array | undefined;

  constructor(source: AvroEventSource) {
    this.#source = source;
    this.#view = source.view;
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
    return this.#readRequest()?.value ?? undefined;
  }

  get response(): JsonValue | undefined {
    return this.#readResponse()?.value ?? undefined;
  }

  /** The record that the event carries, where that is JSON; otherwise the event itself as OCSF JSON. */
  get raw(): Uint8Array {
    return (this.#raw ??= this.#carriedRecord() ?? this.#ocsfJson());
  }

  #readPayload(): AuditPayload {
    return (this.#payload ??= this.#source.readPayload());
  }

  #readRequest(): JsonText | undefined {
    const { request_data: text } = this.#readPayload();
    return text === null ? undefined : (this.#request ??= this.#jsonText(text));
  }

  #readResponse(): JsonText | undefined {
    const { response_data: text } = this.#readPayload();
    return text === null ? undefined : (this.#response ??= this.#jsonText(text));
  }

  #parse(text: Buffer): JsonRecord | undefined {
    const record = parseJsonRecord(text, this.#source.maxDepth);
    return isFailure(record) ? undefined : record;
  }

  #jsonText(text: string): JsonText {
    const record = this.#parse(Buffer.from(text));
    return record === undefined
      ? { value: text, json: JSON.stringify(text) }
      : { value: record.value, json: record.bytes.toString() };
  }

  #carriedRecord(): Uint8Array | undefined {
    const { rawData } = this.#source;
    const record = rawData === null ? undefined : this.#parse(rawData);
    return record !== undefined && isJsonObject(record.value) ? record.bytes : undefined;
  }

  #ocsfJson(): Uint8Array {
    const { head, rawData } = this.#source;
    const { api, ...rest } = head;
    const text = JSON.stringify({ ...rest, raw_data: rawData?.toString() }, withoutNull);
    const call = JSON.stringify(api, withoutNull);
    const request = this.#readRequest()?.json;
    const response = this.#readResponse()?.json;
    const data =
      (request === undefined ? '' : `,"request":{"data":${request}}`) +
      (response === undefined ? '' : `,"response":{"data":${response}}`);
    return Buffer.from(`${text.slice(0, -1)},"api":${call.slice(0, -1)}${data}}}`);
  }
}

const withoutNull = (_key: string, value: unknown): unknown => value ?? undefined;
