import type { types } from 'avsc';
import type { JsonObject, JsonValue } from '../core/model/json.ts';
import { ocsfEvent } from '../core/normalize/ocsf.ts';
import { AvroAuditEvent } from './avro-audit-event.ts';
import { avroFieldsCheck, type AvroCheck } from './avro-check.ts';
import {
  constantStep,
  headStep,
  headStepByAvsc,
  sharedStep,
  Unreadable,
  type HeadStep,
  type MadeMember,
} from './avro-head-field.ts';
import { Imprecise, type AvroToJson } from './avro-json.ts';
import {
  AvroPayload,
  carriedRecord,
  toContent,
  writePayload,
  type TextSpan,
  type ToContent,
} from './avro-payload.ts';
import { AvroSchemaError, avroReader, type AvroSchema } from './avro-schema.ts';
import { decodeFailure, failedRecord, isFailure, type DecodedRecord } from './decoded-record.ts';
import type { JsonOutput } from './json-output.ts';
import type { SharedBytes } from './shared-bytes.ts';

export interface AvroEventReaderOptions {
  /** Parts that repeat from event to event. One store for all readers, so that they are bounded together. */
  readonly members: SharedBytes<MadeMember>;
  /** Holds nothing between two events. */
  readonly output: JsonOutput;
  /** Deepest nesting of the JSON texts inside an event. */
  readonly maxDepth: number;
}

/** Fields whose bytes are mostly those of an earlier event: a session does many calls. */
const REPEATING: ReadonlySet<string> = new Set([
  'cloud',
  'api',
  'unmapped',
  'actor',
  'http_request',
]);

/** Stands last in the event's JSON, around the call's parameters and answer. */
const CALL = 'api';
const PAYLOAD: ReadonlySet<string> = new Set(['request_data', 'response_data', 'raw_data']);

const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const RAW_DATA = Buffer.from(',"raw_data":');
const REQUEST = Buffer.from(',"request":{"data":');
const RESPONSE = Buffer.from(',"response":{"data":');

const failed = (message: string): DecodedRecord => failedRecord(decodeFailure('not_avro', message));

interface HeadField {
  readonly name: string;
  /** In the writer's order; -1 where the writer lacks it. */
  readonly place: number;
  readonly step: HeadStep;
  /** For what the first way refuses. */
  readonly byAvsc: HeadStep;
}

interface PayloadField {
  readonly place: number;
  readonly toContent: ToContent;
}

/**
 * Reads the audit events that one schema wrote, as the latest of ours sees them. Each value is checked, its head made
 * into an object and its JSON written in one go: the JSON is needed for the document of every event.
 */
export class AvroEventReader {
  readonly #check: AvroCheck;
  readonly #ends: readonly number[];
  readonly #head: readonly HeadField[];
  readonly #call: HeadField;
  readonly #request: PayloadField;
  readonly #response: PayloadField;
  readonly #rawData: PayloadField;
  readonly #template: JsonObject;
  readonly #output: JsonOutput;
  readonly #maxDepth: number;

  /** @throws AvroSchemaError where the two schemas cannot be resolved */
  constructor(writer: AvroSchema, latest: AvroSchema, options: AvroEventReaderOptions) {
    // Of the schemas as a whole, before it is done field by field.
    avroReader(writer, latest);
    const { members, output, maxDepth } = options;
    const written = (writer.type as types.RecordType).fields;
    const ours = (latest.type as types.RecordType).fields;
    const placeOf = (name: string): number => written.findIndex((field) => field.name === name);

    const headField = (field: types.Field): HeadField => {
      const { name, type } = field;
      const place = placeOf(name);
      const theirs = written[place];
      if (theirs === undefined) {
        const step = constantStep(name, field.defaultValue() as JsonValue);
        return { name, place, step, byAvsc: step };
      }
      const step = headStep(name, theirs.type, type);
      return {
        name,
        place,
        step: REPEATING.has(name) ? sharedStep(step, members) : step,
        byAvsc: headStepByAvsc(name, theirs.type, type),
      };
    };
    const payloadField = (name: string): PayloadField => {
      const place = placeOf(name);
      return { place, toContent: toContent(written[place]?.type) };
    };

    const head = ours.filter(({ name }) => !PAYLOAD.has(name)).map(headField);
    const call = head.find(({ name }) => name === CALL);
    if (call === undefined) throw new AvroSchemaError(`Our schema has no field ${CALL}.`);
    const { check, ends } = avroFieldsCheck(writer.type as types.RecordType);
    this.#check = check;
    this.#ends = ends;
    this.#head = head.filter((field) => field !== call);
    this.#call = call;
    this.#request = payloadField('request_data');
    this.#response = payloadField('response_data');
    this.#rawData = payloadField('raw_data');
    this.#template = Object.fromEntries(head.map(({ name }) => [name, null]));
    this.#output = output;
    this.#maxDepth = maxDepth;
  }

  read(bytes: Buffer): DecodedRecord {
    const malformed = this.#check(bytes);
    if (malformed !== undefined) {
      return failed(`The Avro value is malformed: ${malformed}.`);
    }
    const text = bytes.toString('latin1');
    const state: AvroToJson = { bytes, text, at: 0, depth: 0, output: this.#output };
    try {
      return this.#readChecked(state, false);
    } catch (error) {
      if (!(error instanceof Imprecise)) throw error;
    }
    try {
      return this.#readChecked(state, true);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      return failed(`The Avro value is bad: ${error.message}.`);
    }
  }

  #readChecked(state: AvroToJson, byAvsc: boolean): DecodedRecord {
    const maxDepth = this.#maxDepth;
    const { bytes, output } = state;
    const rawData = this.#textAt(state, this.#rawData);
    const request = this.#textAt(state, this.#request);
    const response = this.#textAt(state, this.#response);
    const carried = rawData === undefined ? undefined : carriedRecord(bytes, rawData, maxDepth);
    const head: Record<string, JsonValue> = { ...this.#template };
    output.clear();
    for (const field of this.#head) this.#writeField(state, field, byAvsc, head);
    if (rawData !== undefined && carried === undefined) {
      output.copy(RAW_DATA, 0, RAW_DATA.length);
      output.string(bytes, rawData.start, rawData.end);
    }
    this.#writeField(state, this.#call, byAvsc, head);
    const isHarmless =
      carried === undefined ? this.#closeCall(state, request, response) : carried.isHarmless;
    const view = ocsfEvent(head, carried === undefined ? output.take() : carried.bytes);
    if (isFailure(view)) return failedRecord(view);
    const payload = new AvroPayload(bytes, request, response, maxDepth);
    return {
      events: [new AvroAuditEvent(view, payload)],
      failures: [],
      isHarmless: isHarmless || undefined,
    };
  }

  #textAt(state: AvroToJson, { place, toContent: move }: PayloadField): TextSpan | undefined {
    state.at = place < 1 ? 0 : this.#ends[place - 1]!;
    return move(state) ? { start: state.at, end: this.#ends[place]! } : undefined;
  }

  #writeField(
    state: AvroToJson,
    { name, place, step, byAvsc: stepByAvsc }: HeadField,
    byAvsc: boolean,
    head: Record<string, JsonValue>,
  ): void {
    state.at = place < 1 ? 0 : this.#ends[place - 1]!;
    const end = place < 0 ? 0 : this.#ends[place]!;
    head[name] = byAvsc ? stepByAvsc(state, end) : step(state, end);
  }

  /**
   * Puts the payload into the call, which was written last, and closes the event.
   * @returns whether it is known that no key of the event does harm in a document
   */
  #closeCall(
    { bytes, output }: AvroToJson,
    request: TextSpan | undefined,
    response: TextSpan | undefined,
  ): boolean {
    let isHarmless = true;
    output.at -= 1;
    if (request !== undefined) {
      output.copy(REQUEST, 0, REQUEST.length);
      isHarmless = writePayload(output, bytes, request, this.#maxDepth);
      output.byte(CLOSE_OBJECT);
    }
    if (response !== undefined) {
      output.copy(RESPONSE, 0, RESPONSE.length);
      isHarmless = writePayload(output, bytes, response, this.#maxDepth) && isHarmless;
      output.byte(CLOSE_OBJECT);
    }
    output.byte(CLOSE_OBJECT);
    output.byte(CLOSE_OBJECT);
    // The comma of the first member.
    output.bytes[0] = OPEN_OBJECT;
    return isHarmless;
  }
}
