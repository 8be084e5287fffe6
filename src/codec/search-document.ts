import { hash as digest } from 'node:crypto';

/** A document to be indexed: `IndexDocument` of the pipeline's ports, which the codec does not know. */
export interface SearchDocument {
  readonly index: string;
  /** At most 512 bytes. */
  readonly id: string;
  /** One line of JSON, UTF-8. */
  readonly body: Buffer;
  readonly write:
    | 'create'
    | { readonly replace: string }
    | { readonly supersede: string }
    | { readonly remove: string };
  /** SHA-256 of the record, hex. */
  readonly hash?: string;
}

/** Where a document's record was read. */
export interface RecordOrigin {
  readonly topic: string;
  readonly partition: number;
  /** Decimal text. */
  readonly offset: string;
  /** When it came to Kafka, in milliseconds since the epoch; negative or absent: not known. */
  readonly timestamp?: number;
}

/** How far the time of an act may lie from when its record came to Kafka, in milliseconds. */
export interface TimeWindow {
  readonly pastMs: number;
  readonly futureMs: number;
}

const MAX_ID_BYTES = 512;

/** Longest text of an indexed field, in UTF-16 units: in UTF-8 below the 8,191 characters of `ignore_above`. */
const MAX_TEXT = 2_048;

export const sha256 = (content: Uint8Array | string): string => digest('sha256', content, 'hex');

/** The id itself, or its SHA-256 where OpenSearch would not take it. */
export const documentId = (id: string): string =>
  id !== '' && id.isWellFormed() && Buffer.byteLength(id) <= MAX_ID_BYTES ? id : sha256(id);

/** Whether an id may be the SHA-256 of another. */
export const mayBeHashedId = (id: string): boolean => /^[0-9a-f]{64}$/.test(id);

/** A text as an indexed field holds it: bounded and well-formed; undefined where there is none. */
export const indexedText = (text: string | undefined): string | undefined => {
  if (text === undefined || text === '') return undefined;
  const bounded = text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text;
  return bounded.isWellFormed() ? bounded : bounded.toWellFormed();
};

/** Bounded texts, without repetitions; undefined where there are none. */
export const indexedTexts = (
  texts: Iterable<string | undefined>,
  most: number,
): readonly string[] | undefined => {
  const found = new Set<string>();
  for (const text of texts) {
    if (found.size >= most) break;
    const bounded = indexedText(text);
    if (bounded !== undefined) found.add(bounded);
  }
  return found.size === 0 ? undefined : [...found];
};

/** When a record came to Kafka, where that is known. */
export const receivedTime = (origin: RecordOrigin | undefined): number | undefined =>
  origin?.timestamp !== undefined && origin.timestamp >= 0 ? origin.timestamp : undefined;

const padded = (value: number, length: number): string => String(value).padStart(length, '0');

const DAY_MS = 86_400_000;
const MAX_DAYS = 4_096;
/** Days of acts come again with each record. */
const days = new Map<number, string>();

const dayText = (day: number): string => {
  const date = new Date(day * DAY_MS);
  return `${padded(date.getUTCFullYear(), 4)}.${padded(date.getUTCMonth() + 1, 2)}.${padded(date.getUTCDate(), 2)}`;
};

/** `YYYY.MM.DD` of a time in milliseconds since the epoch, UTC. */
export const dayOf = (time: number): string => {
  const day = Math.floor(time / DAY_MS);
  const known = days.get(day);
  if (known !== undefined) return known;
  if (days.size >= MAX_DAYS) days.clear();
  const text = dayText(day);
  days.set(day, text);
  return text;
};

const MONTH_LENGTH = 'YYYY.MM'.length;

/** `YYYY.MM` of a time in milliseconds since the epoch, UTC, before the year 10000. */
export const monthOf = (time: number): string => dayOf(time).slice(0, MONTH_LENGTH);

/**
 * Index of a document: `<alias>-<date>`, or `<alias>-quarantine` where the time lies outside of the window around the
 * record's own. So a producer with a wrong clock makes one index, not thousands; the alias finds its documents, too.
 */
export const datedIndex = (
  alias: string,
  dateOf: (time: number) => string,
  time: number,
  origin: RecordOrigin | undefined,
  window: TimeWindow | undefined,
): string => {
  const { timestamp = -1 } = origin ?? {};
  const isOutside =
    window !== undefined &&
    timestamp >= 0 &&
    (time < timestamp - window.pastMs || time > timestamp + window.futureMs);
  return `${alias}-${isOutside ? 'quarantine' : dateOf(time)}`;
};
