import type { AuditEvent } from '../core/model/audit-event.ts';
import { isJsonObject } from '../core/model/json.ts';
import type { JsonObject, JsonValue } from '../core/model/json.ts';
import type { RecordFailure } from '../core/model/outcome.ts';
import { cloudTrailEvent, isCloudTrailRecord } from '../core/normalize/cloudtrail.ts';
import { isOcsfApiActivity, ocsfEvent } from '../core/normalize/ocsf.ts';
import type { DecodedRecord } from './decoded-record.ts';
import { decodeFailure, isFailure } from './decoded-record.ts';
import type { JsonRecord } from './json-record.ts';
import { containedRecords } from './record-containers.ts';

/** How one act is written, and how it is read. */
interface EventFormat {
  readonly name: string;
  recognises(value: JsonValue): boolean;
  toEvent(record: JsonObject, raw: Uint8Array): AuditEvent | RecordFailure;
}

const EVENT_FORMATS: readonly EventFormat[] = [
  { name: 'CloudTrail', recognises: isCloudTrailRecord, toEvent: cloudTrailEvent },
  { name: 'OCSF API Activity', recognises: isOcsfApiActivity, toEvent: ocsfEvent },
];

const UNKNOWN = decodeFailure(
  'unknown_format',
  `The JSON is no audit event of a known format (${EVENT_FORMATS.map(({ name }) => name).join(', ')}).`,
);

/** Containers inside containers are read this deep: a record as text inside a log subscription. */
const MAX_CONTAINERS = 3;

const placed = (failure: RecordFailure, place: string): RecordFailure =>
  place === '' ? failure : { ...failure, message: `${place}: ${failure.message}` };

/**
 * The audit events of a parsed record: one act, or a container of acts (see `containedRecords`). `raw` of each event
 * is its own slice of the bytes. What cannot be read of a container is a failure that names its place.
 */
export const decodeJsonEvents = (record: JsonRecord, maxDepth: number): DecodedRecord => {
  const events: AuditEvent[] = [];
  const failures: RecordFailure[] = [];

  const collect = (each: JsonRecord, place: string, containers: number): void => {
    const { value, bytes } = each;
    const format = EVENT_FORMATS.find((known) => known.recognises(value));
    if (format !== undefined && isJsonObject(value)) {
      const event = format.toEvent(value, bytes);
      if (isFailure(event)) failures.push(placed(event, place));
      else events.push(event);
      return;
    }
    const contained = containers < MAX_CONTAINERS ? containedRecords(each, maxDepth) : undefined;
    if (contained === undefined) {
      failures.push(placed(UNKNOWN, place));
      return;
    }
    if (contained.length === 0) {
      failures.push(placed(decodeFailure('empty', 'The container holds no record.'), place));
    }
    for (const { place: inner, content } of contained) {
      const where = place === '' || inner.startsWith('[') ? place + inner : `${place}.${inner}`;
      if (isFailure(content)) failures.push(placed(content, where));
      else collect(content, where, containers + 1);
    }
  };

  collect(record, '', 0);
  return { events, failures };
};
