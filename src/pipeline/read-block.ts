import type { ByteSpace } from '../codec/byte-slabs.ts';
import type { DecodedRecord } from '../codec/decoded-record.ts';
import type { ProcessedEvent } from '../core/model/processed-event.ts';
import type { IndexDocument, InputRecord, UnitScope } from './ports.ts';
import { isOfSurroundings } from './record-fault.ts';
import { withPatience } from './retry.ts';
import type { Turn } from './turns.ts';
import type { UnitSteps } from './unit-steps.ts';

/**
 * How much goes through a step before the next step has its turn: the code of a step then stays in the caches of the
 * processor, and what it has made of the records, too. Records, bytes of their events, and candidates that are found.
 */
export const BLOCK_RECORDS = 64;
const BLOCK_BYTES = 256 * 1024;
const BLOCK_CANDIDATES = 256;

/** What a step has made of a record, or the error that the record has brought out. */
export type Tried<T> =
  | { readonly record: InputRecord; readonly value: T }
  | { readonly record: InputRecord; readonly error: unknown };

/** One record with its events as far as their audit documents. */
export interface ReadRecord {
  readonly decoded: DecodedRecord;
  readonly events: readonly {
    readonly processed: ProcessedEvent;
    readonly document: IndexDocument;
  }[];
}

const rawBytes = ({ events }: DecodedRecord): number =>
  events.reduce((sum, { raw }) => sum + raw.length, 0);

/** A container of nothing that is known has a failure for each of its records: a dead letter tells the first. */
const withOneFailure = (decoded: DecodedRecord): DecodedRecord =>
  decoded.failures.length < 2 ? decoded : { ...decoded, failures: decoded.failures.slice(0, 1) };

/**
 * A record decoded, however long its schema has to be waited for.
 * @param begun the first try, where it is under way
 * @throws the signal's reason, and what the surroundings throw when patience with them is over
 */
export const decodePatiently = async (
  steps: UnitSteps,
  record: InputRecord,
  signal: AbortSignal,
  begun = steps.decode(record),
): Promise<DecodedRecord> =>
  begun instanceof Promise
    ? withPatience(begun, () => steps.decode(record), signal, steps.patience)
    : begun;

/**
 * The records of one block, from `from` on, decoded: at least one. Of a record's failures it has the first. While a
 * schema is waited for, others have the `turn`.
 * @throws the signal's reason, and what the surroundings throw when patience with them is over
 */
export const decodeBlock = async (
  steps: UnitSteps,
  records: readonly InputRecord[],
  from: number,
  { signal }: UnitScope,
  turn: Turn,
): Promise<readonly Tried<DecodedRecord>[]> => {
  const block: Tried<DecodedRecord>[] = [];
  const end = Math.min(records.length, from + BLOCK_RECORDS);
  let bytes = 0;
  for (const record of records.slice(from, end)) {
    try {
      let decoded = steps.decode(record);
      // A schema is fetched, and the registry may be away for a while: those before do not wait for it.
      if (decoded instanceof Promise) {
        if (block.length > 0) {
          decoded.catch(() => undefined);
          break;
        }
        turn.end();
        try {
          decoded = await decodePatiently(steps, record, signal, decoded);
        } finally {
          await turn.begin(signal);
        }
      }
      bytes += rawBytes(decoded);
      block.push({ record, value: withOneFailure(decoded) });
    } catch (error) {
      signal.throwIfAborted();
      if (isOfSurroundings(error)) throw error;
      block.push({ record, error });
    }
    if (bytes >= BLOCK_BYTES) break;
  }
  return block;
};

const attempt = <T, R>(each: Tried<T>, step: (value: T, record: InputRecord) => R): Tried<R> => {
  if ('error' in each) return each;
  const { record, value } = each;
  try {
    return { record, value: step(value, record) };
  } catch (error) {
    return { record, error };
  }
};

/**
 * Takes a block through the steps up to the audit documents, whose bytes are of `space`. Gives at least the first record,
 * and fewer than all where these have many candidates: then go on behind them.
 */
export const processBlock = (
  steps: UnitSteps,
  block: readonly Tried<DecodedRecord>[],
  { take }: ByteSpace,
): readonly Tried<ReadRecord>[] => {
  const processed: Tried<{
    readonly decoded: DecodedRecord;
    readonly events: readonly ProcessedEvent[];
  }>[] = [];
  let candidates = 0;
  for (const each of block) {
    const tried = attempt(each, (decoded) => ({
      decoded,
      events: decoded.events.map((event) => {
        const result = steps.process(event);
        candidates += result.candidates.length;
        return result;
      }),
    }));
    processed.push(tried);
    if (candidates >= BLOCK_CANDIDATES) break;
  }
  return processed.map((each) =>
    attempt(each, ({ decoded, events }, record): ReadRecord => {
      const options = decoded.isHarmless === true ? { rawAs: 'object' as const, take } : { take };
      return {
        decoded,
        events: events.map((event) => ({
          processed: event,
          document: steps.auditDocument(event, record, options),
        })),
      };
    }),
  );
};
