import type { RecordFailure } from '../core/model/outcome.ts';
import { DEAD_LETTER_HEADERS, MARK_HEADERS } from './dead-letter-headers.ts';
import { sha256, type RecordOrigin } from './search-document.ts';

type HeaderValue = Buffer | string;

/** A record as it was received: `InputRecord` of the pipeline's ports, which the codec does not know. */
export interface ReceivedRecord extends RecordOrigin {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, HeaderValue | readonly HeaderValue[] | undefined>>;
}

/** A record to be sent: `OutputRecord` of the pipeline's ports. */
export interface DeadLetterRecord {
  readonly topic: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, HeaderValue>>;
}

/**
 * Largest key and value together in bytes. The dead-letter topic takes 2 MiB (see `driftline setup`), headers
 * included.
 */
const MAX_BYTES = 2_000_000;
const MAX_MESSAGE = 1_000;
const MAX_HEADERS = 100;
const MAX_HEADER_BYTES = 16_384;

/** Control characters would let a message forge lines where headers are printed. */
const bounded = (message: string): string =>
  message
    .slice(0, MAX_MESSAGE)
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ')
    .toWellFormed();

/** Whoever writes records may not decide what is read of their dead letters. */
const OWN_NAMES: ReadonlySet<string> = new Set([
  ...Object.values(DEAD_LETTER_HEADERS),
  ...Object.values(MARK_HEADERS),
]);

const keptHeaders = (headers: ReceivedRecord['headers']): Record<string, HeaderValue> => {
  const kept: [string, HeaderValue][] = [];
  let bytes = 0;
  for (const [name, values] of Object.entries(headers)) {
    // Of headers that repeat, readers take the last; the output has room for one.
    const value: HeaderValue | undefined =
      typeof values === 'string' || Buffer.isBuffer(values) ? values : values?.at(-1);
    if (value === undefined || OWN_NAMES.has(name)) continue;
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value);
    if (kept.length >= MAX_HEADERS || bytes > MAX_HEADER_BYTES) break;
    kept.push([name, value]);
  }
  return Object.fromEntries(kept);
};

/**
 * The dead letter of a record: key, value and headers as received; where it came from and why it is here in headers,
 * all of them text, named as Kafka Connect names them, and `driftline.reason`. A value that would pass the size limit
 * is cut: `driftline.truncated` tells its length in bytes and `driftline.sha256` the hash of the whole.
 */
export const deadLetterRecord = (
  record: ReceivedRecord,
  failure: RecordFailure,
  topic: string,
  maxBytes: number = MAX_BYTES,
): DeadLetterRecord => {
  const { value } = record;
  const key = record.key !== null && record.key.length > maxBytes ? null : record.key;
  const room = maxBytes - (key?.length ?? 0);
  const truncated = value !== null && value.length > room;
  const message = bounded(failure.message);
  return {
    topic,
    key,
    value: truncated ? value.subarray(0, room) : value,
    headers: {
      ...keptHeaders(record.headers),
      [DEAD_LETTER_HEADERS.topic]: record.topic,
      [DEAD_LETTER_HEADERS.partition]: String(record.partition),
      [DEAD_LETTER_HEADERS.offset]: record.offset,
      [DEAD_LETTER_HEADERS.stage]: failure.stage,
      [DEAD_LETTER_HEADERS.class]: `driftline.${failure.stage}`,
      [DEAD_LETTER_HEADERS.message]: message,
      [DEAD_LETTER_HEADERS.reason]: failure.reason,
      ...(truncated
        ? {
            [DEAD_LETTER_HEADERS.truncated]: String(value.length),
            [DEAD_LETTER_HEADERS.hash]: sha256(value),
          }
        : {}),
    },
  };
};

/** A run of records of one partition, up to `to`, which is not among them. Offsets in decimal text. */
export interface SkippedRun {
  readonly topic: string;
  readonly partition: number;
  readonly from: string;
  readonly to: string;
}

/** The dead letter that declares a run of records which an operator has passed over: it holds none of them. */
export const skippedRunRecord = (
  run: SkippedRun,
  note: string,
  topic: string,
): DeadLetterRecord => ({
  topic,
  key: null,
  value: null,
  headers: {
    [DEAD_LETTER_HEADERS.topic]: run.topic,
    [DEAD_LETTER_HEADERS.partition]: String(run.partition),
    [DEAD_LETTER_HEADERS.offset]: run.from,
    [DEAD_LETTER_HEADERS.skippedTo]: run.to,
    [DEAD_LETTER_HEADERS.stage]: 'consume',
    [DEAD_LETTER_HEADERS.class]: 'driftline.consume',
    [DEAD_LETTER_HEADERS.message]: bounded(
      `An operator has passed over the offsets ${run.from} to ${BigInt(run.to) - 1n}. ${note}`.trimEnd(),
    ),
    [DEAD_LETTER_HEADERS.reason]: 'skipped',
  },
});
