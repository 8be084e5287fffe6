import {
  readDeadLetter,
  type DeadLetter,
  type DeadLetterInput,
  type Handling,
} from '../codec/read-dead-letter.ts';
import { sha256 } from '../codec/search-document.ts';

/**
 * Which dead letters are of one record: a record that is read again, after a seek back, may fail again. The content
 * counts, too: a topic that was made anew has the same offsets.
 */
export const recordOf = ({ origin, value, skippedTo = '' }: DeadLetter): string =>
  `${origin.topic}/${origin.partition}@${origin.offset}-${skippedTo} ${value === null ? '' : sha256(value)}`;

interface TimedHandling {
  readonly handling: Handling;
  readonly time: number;
}

/** What the topic of dead letters tells of its letters as a whole. */
export interface RepeatedLetters {
  /** Of each record of the topic, before anything is asked. */
  readonly add: (record: DeadLetterInput) => void;
  /**
   * What became of the letter, or of another of the same record: where that was replayed, or was discarded after this
   * letter had come. Undefined while it waits.
   */
  readonly handlingOf: (letter: DeadLetter) => Handling | undefined;
  /** Whether a later letter of the same record stands for this one. */
  readonly isRepeated: (letter: DeadLetter) => boolean;
}

export const createRepeatedLetters = (): RepeatedLetters => {
  const marks = new Map<string, TimedHandling>();
  const newest = new Map<string, { readonly id: string; readonly time: number }>();
  /** Letters of records that have several. */
  const others = new Map<string, readonly string[]>();
  return {
    add: (input) => {
      const read = readDeadLetter(input);
      if (read === undefined) return;
      if (read.kind === 'mark') {
        marks.set(read.letter, { handling: read.handling, time: input.timestamp });
        return;
      }
      const record = recordOf(read);
      const before = newest.get(record);
      if (before !== undefined) {
        const ids = others.get(record) ?? [before.id];
        if (!ids.includes(read.id)) others.set(record, [...ids, read.id]);
        if (before.time > read.time) return;
      }
      newest.set(record, { id: read.id, time: read.time });
    },
    handlingOf: (letter) => {
      const own = marks.get(letter.id);
      if (own !== undefined) return own.handling;
      for (const id of others.get(recordOf(letter)) ?? []) {
        const mark = marks.get(id);
        if (mark !== undefined && (mark.handling === 'replayed' || mark.time >= letter.time))
          return mark.handling;
      }
      return undefined;
    },
    isRepeated: (letter) => {
      const last = newest.get(recordOf(letter));
      return last !== undefined && last.id !== letter.id;
    },
  };
};
