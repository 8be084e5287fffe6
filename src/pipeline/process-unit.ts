import { failedRecord } from '../codec/decoded-record.ts';
import type { RecordFailure } from '../core/model/outcome.ts';
import type { ProcessedEvent } from '../core/model/processed-event.ts';
import type { InputBatch, UnitCommitter, UnitScope } from './ports.ts';
import { programFailure } from './program-faults.ts';
import { decodeBlock, processBlock, type ReadRecord, type Tried } from './read-block.ts';
import { isOfSurroundings, withRecord } from './record-fault.ts';
import type { UnitSteps } from './unit-steps.ts';
import { createUnitTally, type UnitTally } from './unit-tally.ts';
import {
  bytesOf,
  candidateItems,
  heldEvent,
  isPartFull,
  writeCandidates,
  writePart,
  type CandidateDocument,
  type Item,
} from './write-part.ts';

const SKIPPED: RecordFailure = {
  stage: 'consume',
  reason: 'skipped',
  message: 'An operator has ordered to skip this record.',
};

interface ReadItem {
  readonly item: Item;
  readonly processed: ProcessedEvent;
}

/** The record's events as items; undefined where the program fails on it, which makes a dead letter of it. */
const itemsOf = (
  steps: UnitSteps,
  each: Tried<ReadRecord>,
  tally: UnitTally,
  { signal }: UnitScope,
): readonly ReadItem[] | undefined => {
  const { record } = each;
  try {
    if ('error' in each) throw each.error;
    const { events } = each.value;
    return events.map(({ processed, document }) => ({
      item: {
        record,
        event: heldEvent(processed.event, events.length),
        document,
        candidates: candidateItems(steps, processed, record),
      },
      processed,
    }));
  } catch (error) {
    signal.throwIfAborted();
    if (isOfSurroundings(error)) throw error;
    if (!steps.programFaults.failed()) throw withRecord(record, error);
    tally.failure(record, programFailure(error));
    return undefined;
  }
};

/** The items of a record that was read; a second copy of an event in the unit is counted and left out. */
const newItems = (
  steps: UnitSteps,
  each: Tried<ReadRecord>,
  tally: UnitTally,
  seen: Map<string, string | undefined>,
  scope: UnitScope,
): readonly Item[] => {
  const items = itemsOf(steps, each, tally, scope);
  if (items === undefined || 'error' in each) return [];
  steps.programFaults.passed();
  for (const failure of each.value.decoded.failures) tally.failure(each.record, failure);
  return items.flatMap(({ item, processed }) => {
    const { id, hash } = item.document;
    tally.event(processed);
    if (seen.has(id) && seen.get(id) === hash) return [];
    seen.set(id, hash);
    return [item];
  });
};

/**
 * One unit: decode, process, index, then commit candidates, dead letters and the offset as one.
 * OpenSearch has answered for every document before the commit, so a crash anywhere repeats the unit onto the same ids.
 *
 * A record that was delivered twice gives one document, which names the place that it came from, and its candidate goes
 * out once: from the unit of that place, which is repeated until it is committed. The other unit leaves it out.
 *
 * A dead letter's replay delivers what the first unit did not: the candidates of an audit document that was refused,
 * or the document of a candidate, then without telling the candidate a second time.
 *
 * A record that the program itself fails on is a dead letter, too, but for many in a row.
 *
 * Throws when the scope is aborted, what the surroundings throw beyond their patience, and where the program fails on
 * record after record; never for one record's content.
 */
export const processUnit = async (
  steps: UnitSteps,
  batch: InputBatch,
  scope: UnitScope,
  committer: UnitCommitter,
): Promise<void> => {
  const { topic, partition, records } = batch;
  if (records[0] !== undefined) {
    const oldestTime = records[0].timestamp;
    steps.telemetry.emit({ type: 'unit.started', topic, partition, oldestTime });
  }
  const tally = createUnitTally();
  const unit: UnitSteps = {
    ...steps,
    decode: (record) =>
      batch.skip?.has(record.offset) === true ? failedRecord(SKIPPED) : steps.decode(record),
  };
  const seen = new Map<string, string | undefined>();
  let writing: Promise<void> = Promise.resolve();
  const later: CandidateDocument[] = [];
  let part: Item[] = [];
  let bytes = 0;
  let space = steps.slabs.open();
  const turn = steps.turns.open();

  /** `amid`: of a block, of which other documents lie in the same space. */
  const flush = async (amid = false): Promise<void> => {
    const items = part;
    const { release } = space;
    part = [];
    bytes = 0;
    if (!amid) space = steps.slabs.open();
    turn.end();
    await writing;
    scope.signal.throwIfAborted();
    writing = items.length === 0 ? Promise.resolve() : writePart(steps, items, tally, later, scope);
    // After a failure a request may still be on its way: the bytes are not used again.
    if (!amid) writing = writing.then(release);
    // Awaited at the next flush; until then a failure must not count as unhandled.
    writing.catch(() => undefined);
  };

  try {
    for (let from = 0; from < records.length;) {
      await turn.begin(scope.signal);
      const decoded = await decodeBlock(unit, records, from, scope, turn);
      from += decoded.length;
      for (let done = 0; done < decoded.length;) {
        await turn.begin(scope.signal);
        const block = processBlock(steps, decoded.slice(done), space);
        done += block.length;
        for (const read of block) {
          for (const item of newItems(steps, read, tally, seen, scope)) {
            part.push(item);
            bytes += bytesOf(item);
          }
          // Candidates may be many times as large as what they were found in.
          if (isPartFull(0, bytes)) {
            await flush(true);
            await turn.begin(scope.signal);
          }
        }
        // The space holds copies, too, which are no items.
        if (isPartFull(part.length, Math.max(bytes, space.taken()))) await flush();
      }
    }
    await flush();
  } finally {
    turn.end();
    // Nothing of this unit may still be written when the partition is handed on.
    await writing.catch(() => undefined);
  }
  await writing;
  await writeCandidates(steps, later, tally, scope);

  const outputs = [
    ...tally.outputs(),
    ...tally.failures().map(({ record, failure }) => steps.deadLetter(record, failure)),
  ];
  await committer.commit(batch, outputs, scope);
  tally.tell(steps.telemetry, records);
};
