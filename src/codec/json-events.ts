import type { AuditEvent } from '../core/model/audit-event.ts';
import { isJsonObject } from '../core/model/json.ts';
import type { JsonObject, JsonValue } from '../core/model/json.ts';
import type { RecordFailure } from '../core/model/outcome.ts';
import { EVENT_FORMATS } from '../core/normalize/event-formats.ts';
import type { DecodedRecord } from './decoded-record.ts';
import { decodeFailure, isFailure } from './decoded-record.ts';
import { hasRounded, type JsonRecord } from './json-record.ts';
import { containedRecords } from './record-containers.ts';

const UNKNOWN = decodeFailure(
  'unknown_format',
  `The JSON is no audit event of a known format (${EVENT_FORMATS.map(({ name }) => name).join(', ')}).`,
);

/**
 * Containers inside containers are read this deep: Kinesis records as Lambda gets them, each a CloudWatch Logs
 * subscription with a record as text, are five.
 */
const MAX_CONTAINERS = 6;

export interface JsonEventLimits {
  /** Deepest nesting of JSON. */
  readonly maxDepth: number;
  /** Most bytes that all gzip inside the record may make. */
  readonly maxBytes: number;
}

const placed = (failure: RecordFailure, place: string): RecordFailure =>
  place === '' ? failure : { ...failure, message: `${place}: ${failure.message}` };

/** Members with request and answer, of the formats with `takesExact`: their numbers are asked for later. */
const PAYLOAD: ReadonlySet<string> = new Set(['requestParameters', 'responseElements', 'data']);

const exactObject = (exact: () => JsonValue, value: JsonObject): JsonObject => {
  const found = exact();
  return isJsonObject(found) ? found : value;
};

/**
 * The audit events of a parsed record: one act, or a container of acts (see `containedRecords`). `raw` of each event
 * is its own slice of the bytes. `origin`: what is known of where the record came from, as an envelope around all. What cannot be read of a container is a failure that names its place.
 */
export const decodeJsonEvents = (
  record: JsonRecord,
  { maxDepth, maxBytes }: JsonEventLimits,
  origin?: JsonObject,
): DecodedRecord => {
  const around = origin === undefined ? [] : [origin];
  const events: AuditEvent[] = [];
  const failures: RecordFailure[] = [];
  const limits = { maxDepth, inflatableBytes: maxBytes };
  let isHarmless = true;

  const collect = (each: JsonRecord, place: string, envelopes: readonly JsonValue[]): void => {
    const { bytes, exact } = each;
    isHarmless &&= each.isHarmless === true;
    const format = EVENT_FORMATS.find((known) => known.recognises(each.value));
    const isLate =
      format?.takesExact === true && exact !== undefined && !hasRounded(each.value, PAYLOAD);
    const value = isLate || exact === undefined ? each.value : exact();
    if (format !== undefined && isJsonObject(value)) {
      const late = isLate ? (): JsonObject => exactObject(exact, value) : undefined;
      const event = format.toEvent(value, bytes, envelopes, late);
      if (isFailure(event)) failures.push(placed(event, place));
      else events.push(event);
      return;
    }
    const contained =
      envelopes.length - around.length < MAX_CONTAINERS
        ? containedRecords({ ...each, value }, limits)
        : undefined;
    if (contained === undefined) {
      failures.push(placed(UNKNOWN, place));
      return;
    }
    if (contained.length === 0) {
      failures.push(placed(decodeFailure('empty', 'The container holds no record.'), place));
    }
    const inside = [value, ...envelopes];
    for (const { place: inner, content } of contained) {
      const where = place === '' || inner.startsWith('[') ? place + inner : `${place}.${inner}`;
      if (isFailure(content)) failures.push(placed(content, where));
      else collect(content, where, inside);
    }
  };

  collect(record, '', around);
  return { events, failures, isHarmless: isHarmless || undefined };
};
