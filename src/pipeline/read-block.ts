import type { ByteSpace } from '../codec/byte-slabs.ts';
import type { DecodedRecord } from '../codec/decoded-record.ts';
import type { ProcessedEvent } from '../core/model/processed-event.ts';
import type { IndexDocument, InputRecord, UnitScope } from './ports.ts';
import { isOfSurroundings } from './record-fault.ts';
import { withPatience } from './retry.ts';
import type { UnitSteps } from './unit-steps.ts';

/**
 * How much goes through a step before the next step has its turn: the code of a step then stays in the caches of the
 * processor, and what it has made of the records, too.
 */
const BLOCK_RECORDS = 64;
const BLOCK_BYTES = 256 * 1024;

/** What a step has made of a record, or the fault of the program that it has brought out. */
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

/**
 * The records of one block, from `from` on, decoded: at least one.
 * @throws what the surroundings throw, when patience with them is over
 */
export const decodeBlock = async (
  steps: UnitSteps,
  records: readonly InputRecord[],
  from: number,
  { signal }: UnitScope,
): Promise<readonly Tried<DecodedRecord>[]> => {
  const block: Tried<DecodedRecord>[] = [];
  const end = Math.min(records.length, from + BLOCK_RECORDS);
  let bytes = 0;
  for (const record of records.slice(from, end)) {
    try {
      const decode = (): DecodedRecord | Promise<DecodedRecord> => steps.decode(record);
      const begun = decode();
      // A promise means that a schema is fetched: the registry may be away for a while.
      const value =
        begun instanceof Promise
          ? await withPatience(begun, decode, signal, steps.patience)
          : begun;
      bytes += rawBytes(value);
      block.push({ record, value });
    } catch (error) {
      signal.throwIfAborted();
      if (isOfSurroundings(error)) throw error;
      block.push({ record, error });
    }
    if (bytes >= BLOCK_BYTES) break;
  }
  return block;
};

const afterwards = <T, R>(
  block: readonly Tried<T>[],
  step: (value: T, record: InputRecord) => R,
): readonly Tried<R>[] =>
  block.map((each) => {
    if ('error' in each) return each;
    const { record, value } = each;
    try {
      return { record, value: step(value, record) };
    } catch (error) {
      if (isOfSurroundings(error)) throw error;
      return { record, error };
    }
  });

/** Takes a block through the steps up to the audit documents, whose bytes are of `space`. */
export const processBlock = (
  steps: UnitSteps,
  block: readonly Tried<DecodedRecord>[],
  { take }: ByteSpace,
): readonly Tried<ReadRecord>[] => {
  const processed = afterwards(block, (decoded) => ({
    decoded,
    events: decoded.events.map((event) => steps.process(event)),
  }));
  return afterwards(processed, ({ decoded, events }, record): ReadRecord => {
    const options = decoded.isHarmless === true ? { rawAs: 'object' as const, take } : { take };
    return {
      decoded,
      events: events.map((event) => ({
        processed: event,
        document: steps.auditDocument(event, record, options),
      })),
    };
  });
};
