import {
  markRecord,
  readDeadLetter,
  replayRecord,
  type DeadLetter,
  type Handling,
} from '../codec/read-dead-letter.ts';
import { createRepeatedLetters, recordOf } from './repeated-letters.ts';
import type { InputRecord, OutputRecord } from './ports.ts';

/** The topic of dead letters. */
export interface DeadLetterTopic {
  readonly name: string;
  /** The topics that a dead letter may be sent back to. */
  readonly origins: readonly string[];
  /** Each record that the topic holds at the call, in the order of each partition. */
  read(visit: (record: InputRecord) => void | Promise<void>, signal: AbortSignal): Promise<void>;
  /** Takes the right to handle dead letters from whoever has it. */
  begin(): Promise<DeadLetterHandling>;
}

export interface DeadLetterHandling {
  /** All of the records or none. */
  commit(outputs: readonly OutputRecord[]): Promise<void>;
  close(): Promise<void>;
}

/** A dead letter, and what became of it. `repeated`: a later one of the same record waits in its place. */
export interface ListedDeadLetter {
  readonly letter: DeadLetter;
  readonly state: Handling | 'repeated' | 'waiting';
}

export type DeadLetterFilter = (letter: DeadLetter) => boolean;

/**
 * The dead letters that pass, newest last; at most the `limit` newest. Of several of one record the newest waits.
 * @returns also how many older ones there are
 */
export const listDeadLetters = async (
  topic: DeadLetterTopic,
  filter: DeadLetterFilter,
  { limit, withHandled }: { readonly limit: number; readonly withHandled: boolean },
  signal: AbortSignal,
): Promise<{ readonly letters: readonly ListedDeadLetter[]; readonly older: number }> => {
  const repeated = createRepeatedLetters();
  const found: ListedDeadLetter[] = [];
  let older = 0;
  const cut = (): void => {
    found.sort((a, b) => a.letter.time - b.letter.time);
    older += found.splice(0, Math.max(0, found.length - limit)).length;
  };
  // A mark may stand in another partition than its letter, so all marks are read before letters are chosen.
  await topic.read(repeated.add, signal);
  await topic.read((record) => {
    const letter = readDeadLetter(record);
    if (letter?.kind !== 'letter' || !filter(letter)) return;
    const isWaiting = !repeated.isRepeated(letter);
    const state = repeated.handlingOf(letter) ?? (isWaiting ? 'waiting' : 'repeated');
    if (!withHandled && state !== 'waiting') return;
    found.push({ letter, state });
    if (found.length >= limit * 2) cut();
  }, signal);
  cut();
  return { letters: found, older };
};

/** Why a dead letter cannot be sent back. */
export type Refusal = 'cut' | 'foreign_topic' | 'no_record';

export interface HandlingReport {
  readonly handled: number;
  /** They were dealt with before. */
  readonly before: number;
  /** Further ones of the records that were handled, which are dealt with by that. */
  readonly repeated: number;
  readonly refused: readonly { readonly letter: DeadLetter; readonly why: Refusal }[];
}

const BATCH_RECORDS = 500;
const BATCH_BYTES = 4 * 1024 * 1024;
const MAX_REFUSALS_TOLD = 100;

const refusalOf = (letter: DeadLetter, topic: DeadLetterTopic): Refusal | undefined => {
  if (letter.skippedTo !== undefined) return 'no_record';
  if (!topic.origins.includes(letter.origin.topic)) return 'foreign_topic';
  return letter.cut.length === 0 ? undefined : 'cut';
};

/**
 * Replays or discards the dead letters that pass: each once, since its mark is written in one transaction with the
 * record that is sent back, and whoever began before is fenced off. A repeat goes on where it was broken off.
 */
export const handleDeadLetters = async (
  topic: DeadLetterTopic,
  filter: DeadLetterFilter,
  request: { readonly handling: Handling; readonly note: string; readonly dryRun: boolean },
  signal: AbortSignal,
): Promise<HandlingReport> => {
  const { handling, note, dryRun } = request;
  const repeats = createRepeatedLetters();
  const done = new Set<string>();
  let repeated = 0;
  const refused: { readonly letter: DeadLetter; readonly why: Refusal }[] = [];
  let handled = 0;
  let before = 0;
  const transactions = dryRun ? undefined : await topic.begin();
  let outputs: OutputRecord[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    const batch = outputs;
    outputs = [];
    bytes = 0;
    signal.throwIfAborted();
    if (batch.length > 0) await transactions?.commit(batch);
  };
  try {
    await topic.read(repeats.add, signal);
    await topic.read(async (input) => {
      const letter = readDeadLetter(input);
      if (letter?.kind !== 'letter' || !filter(letter)) return;
      const record = recordOf(letter);
      if (done.has(record)) {
        repeated += 1;
        return;
      }
      if (repeats.handlingOf(letter) !== undefined) {
        before += 1;
        return;
      }
      const why = handling === 'replayed' ? refusalOf(letter, topic) : undefined;
      if (why !== undefined) {
        if (refused.length < MAX_REFUSALS_TOLD)
          refused.push({ letter: { ...letter, value: null }, why });
        return;
      }
      handled += 1;
      done.add(record);
      if (handling === 'replayed') outputs.push(replayRecord(letter, topic.name));
      outputs.push(markRecord(letter, handling, note, topic.name));
      bytes += letter.value?.length ?? 0;
      if (outputs.length >= BATCH_RECORDS || bytes >= BATCH_BYTES) await flush();
    }, signal);
    await flush();
  } finally {
    await transactions?.close();
  }
  return { handled, before, repeated, refused };
};
