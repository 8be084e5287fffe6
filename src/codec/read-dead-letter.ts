import { DEAD_LETTER_HEADERS, MARK_HEADERS, REPLAYED_FROM } from './dead-letter-headers.ts';
import type { DeadLetterRecord, ReceivedRecord } from './dead-letter.ts';
import type { RecordOrigin } from './search-document.ts';

/** A record of the topic of dead letters; `timestamp` in milliseconds since the epoch. */
export interface DeadLetterInput extends ReceivedRecord {
  readonly timestamp: number;
}

export interface DeadLetter {
  readonly kind: 'letter';
  /** `<partition>:<offset>` in the topic of dead letters. */
  readonly id: string;
  /** When it was written, in milliseconds since the epoch. */
  readonly time: number;
  /** Where the record was read. */
  readonly origin: RecordOrigin;
  readonly stage: string;
  readonly reason: string;
  readonly message: string;
  /** Where the letter stands for a run of records that an operator has passed over: the offset after the last. */
  readonly skippedTo: string | undefined;
  /** Length in bytes of the value before it was cut; undefined where it is whole. */
  readonly cutFrom: number | undefined;
  /** What is not there as the record had it. */
  readonly cut: readonly ('value' | 'key' | 'headers')[];
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** As the record had them. */
  readonly headers: DeadLetterRecord['headers'];
}

export const HANDLINGS = ['replayed', 'discarded'] as const;
export type Handling = (typeof HANDLINGS)[number];

/** Says that a dead letter was dealt with. */
export interface DeadLetterMark {
  readonly kind: 'mark';
  readonly letter: string;
  readonly handling: Handling;
  readonly note: string;
}

const OWN: ReadonlySet<string> = new Set([
  ...Object.values(DEAD_LETTER_HEADERS),
  ...Object.values(MARK_HEADERS),
  REPLAYED_FROM,
]);

type HeaderValue = ReceivedRecord['headers'][string];

const lastOf = (value: HeaderValue): Buffer | string | undefined =>
  typeof value === 'string' || Buffer.isBuffer(value) ? value : value?.at(-1);

const textOf = (value: HeaderValue): string | undefined => lastOf(value)?.toString();

const isDecimal = (text: string | undefined): text is string =>
  text !== undefined && /^\d{1,19}$/.test(text);

const markOf = (headers: ReceivedRecord['headers']): DeadLetterMark | undefined => {
  const letter = textOf(headers[MARK_HEADERS.letter]);
  const handling = HANDLINGS.find((name) => name === textOf(headers[MARK_HEADERS.action]));
  if (letter === undefined || handling === undefined) return undefined;
  return { kind: 'mark', letter, handling, note: textOf(headers[MARK_HEADERS.note]) ?? '' };
};

/** What a record of the topic of dead letters is; undefined for one that Driftline did not write. */
export const readDeadLetter = (
  record: DeadLetterInput,
): DeadLetter | DeadLetterMark | undefined => {
  const { headers } = record;
  const header = (name: keyof typeof DEAD_LETTER_HEADERS): string | undefined =>
    textOf(headers[DEAD_LETTER_HEADERS[name]]);
  const topic = header('topic');
  const partition = header('partition');
  const offset = header('offset');
  if (topic === undefined || !isDecimal(partition) || !isDecimal(offset)) return markOf(headers);
  const truncated = header('truncated');
  const kept = Object.entries(headers).flatMap(([name, value]) =>
    OWN.has(name) || value === undefined ? [] : [[name, value] as const],
  );
  return {
    kind: 'letter',
    id: `${record.partition}:${record.offset}`,
    time: record.timestamp,
    origin: { topic, partition: Number(partition), offset },
    stage: header('stage') ?? 'unknown',
    reason: header('reason') ?? 'unknown',
    message: header('message') ?? '',
    skippedTo: header('skippedTo'),
    cutFrom: isDecimal(truncated) ? Number(truncated) : undefined,
    cut: [
      ...(truncated === undefined ? [] : (['value'] as const)),
      ...(header('truncatedKey') === undefined ? [] : (['key'] as const)),
      ...(header('truncatedHeaders') === undefined ? [] : (['headers'] as const)),
    ],
    key: record.key,
    value: record.value,
    headers: Object.fromEntries(kept),
  };
};

/** The record of a dead letter as it was, for its own topic. */
export const replayRecord = (letter: DeadLetter, deadLetters: string): DeadLetterRecord => ({
  topic: letter.origin.topic,
  key: letter.key,
  value: letter.value,
  headers: { ...letter.headers, [REPLAYED_FROM]: `${deadLetters}:${letter.id}` },
});

/** @param note at most 500 characters are kept */
export const markRecord = (
  letter: DeadLetter,
  handling: Handling,
  note: string,
  deadLetters: string,
): DeadLetterRecord => ({
  topic: deadLetters,
  key: letter.key,
  value: null,
  headers: {
    [MARK_HEADERS.action]: handling,
    [MARK_HEADERS.letter]: letter.id,
    [MARK_HEADERS.note]: note.slice(0, 500).toWellFormed(),
  },
});
