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
  readonly headers: Readonly<Record<string, HeaderValue | readonly HeaderValue[]>>;
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

type Headers = ReceivedRecord['headers'];

const valuesOf = (values: Headers[string]): readonly (HeaderValue | null)[] =>
  typeof values === 'string' || Buffer.isBuffer(values) ? [values] : (values ?? [null]);

const headersHash = (headers: Headers): string =>
  sha256(
    JSON.stringify(
      Object.entries(headers).flatMap(([name, values]) =>
        valuesOf(values).map((value) => [
          name,
          value === null ? null : Buffer.from(value).toString('base64'),
        ]),
      ),
    ),
  );

/** The headers that there is room for, and what tells of the others. A header without a value is left out. */
const keptHeaders = (headers: Headers): DeadLetterRecord['headers'] => {
  const kept = new Map<string, HeaderValue[]>();
  let count = 0;
  let bytes = 0;
  let leftOut = 0;
  for (const [name, values] of Object.entries(headers)) {
    for (const value of valuesOf(values)) {
      const size = Buffer.byteLength(name) + (value === null ? 0 : Buffer.byteLength(value));
      const fits = count < MAX_HEADERS && bytes + size <= MAX_HEADER_BYTES;
      if (value === null || OWN_NAMES.has(name) || !fits) {
        leftOut += 1;
        continue;
      }
      count += 1;
      bytes += size;
      kept.set(name, [...(kept.get(name) ?? []), value]);
    }
  }
  return {
    ...Object.fromEntries(
      Array.from(kept, ([name, values]) => [name, values.length === 1 ? values[0]! : values]),
    ),
    ...(leftOut === 0
      ? {}
      : {
          [DEAD_LETTER_HEADERS.truncatedHeaders]: String(leftOut),
          [DEAD_LETTER_HEADERS.headersHash]: headersHash(headers),
        }),
  };
};

const cut = (bytes: Buffer | null, room: number): Buffer | null =>
  bytes === null || bytes.length <= room ? bytes : bytes.subarray(0, room);

/**
 * The dead letter of a record: key, value and headers as received; where it came from and why it is here in headers,
 * all of them text, named as Kafka Connect names them, and `driftline.reason`. A value that would pass the size limit
 * is cut: `driftline.truncated` tells its length in bytes and `driftline.sha256` the hash of the whole; so is a key of
 * more than half of the limit. Of headers, 100 and 16 KiB are kept. `dead-letter-headers.ts` has the names.
 */
export const deadLetterRecord = (
  record: ReceivedRecord,
  failure: RecordFailure,
  topic: string,
  maxBytes: number = MAX_BYTES,
): DeadLetterRecord => {
  const { value } = record;
  const key = cut(record.key, Math.max(maxBytes >>> 1, maxBytes - (value?.length ?? 0)));
  const room = maxBytes - (key?.length ?? 0);
  const message = bounded(failure.message);
  return {
    topic,
    key,
    value: cut(value, room),
    headers: {
      ...keptHeaders(record.headers),
      [DEAD_LETTER_HEADERS.topic]: record.topic,
      [DEAD_LETTER_HEADERS.partition]: String(record.partition),
      [DEAD_LETTER_HEADERS.offset]: record.offset,
      [DEAD_LETTER_HEADERS.stage]: failure.stage,
      [DEAD_LETTER_HEADERS.class]: `driftline.${failure.stage}`,
      [DEAD_LETTER_HEADERS.message]: message,
      [DEAD_LETTER_HEADERS.reason]: failure.reason,
      ...(value !== null && value.length > room
        ? {
            [DEAD_LETTER_HEADERS.truncated]: String(value.length),
            [DEAD_LETTER_HEADERS.hash]: sha256(value),
          }
        : {}),
      ...(record.key !== null && key !== record.key
        ? {
            [DEAD_LETTER_HEADERS.truncatedKey]: String(record.key.length),
            [DEAD_LETTER_HEADERS.keyHash]: sha256(record.key),
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
