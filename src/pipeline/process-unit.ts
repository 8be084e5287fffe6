import type { DecodedRecord } from '../codec/decoded-record.ts';
import type { RecordFailure } from '../core/model/outcome.ts';
import type { ByteSpace } from '../codec/byte-slabs.ts';
import type { InputBatch, InputRecord, UnitCommitter, UnitScope } from './ports.ts';
import { programFailure } from './program-faults.ts';
import { isOfSurroundings, withRecord } from './record-fault.ts';
import { withPatience } from './retry.ts';
import type { UnitSteps } from './unit-steps.ts';
import { createUnitTally, type UnitTally } from './unit-tally.ts';
import {
  candidateItems,
  bytesOf,
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

/** The events of one record, as items. */
const itemsOf = (
  steps: UnitSteps,
  record: InputRecord,
  { events, isHarmless }: DecodedRecord,
  { take }: ByteSpace,
): readonly Item[] => {
  const options = isHarmless === true ? { rawAs: 'object' as const, take } : { take };
  return events.map((event) => {
    const processed = steps.process(event);
    return {
      record,
      processed,
      document: steps.auditDocument(processed, record, options),
      candidates: candidateItems(steps, processed, record),
    };
  });
};

/** Decodes and processes one record; a second copy of an event in the unit is counted and left out. */
const readRecord = async (
  steps: UnitSteps,
  record: InputRecord,
  tally: UnitTally,
  seen: Map<string, string | undefined>,
  space: ByteSpace,
  scope: UnitScope,
): Promise<readonly Item[]> => {
  let decoded: DecodedRecord;
  let items: readonly Item[];
  try {
    const decode = (): DecodedRecord | Promise<DecodedRecord> => steps.decode(record);
    const begun = decode();
    // A promise means that a schema is fetched: the registry may be away for a while.
    decoded =
      begun instanceof Promise
        ? await withPatience(begun, decode, scope.signal, steps.patience)
        : begun;
    items = itemsOf(steps, record, decoded, space);
  } catch (error) {
    scope.signal.throwIfAborted();
    if (isOfSurroundings(error)) throw error;
    if (!steps.programFaults.failed()) throw withRecord(record, error);
    tally.failure(record, programFailure(error));
    return [];
  }
  steps.programFaults.passed();
  for (const failure of decoded.failures) tally.failure(record, failure);
  return items.filter(({ processed, document: { id, hash } }) => {
    tally.event(processed);
    if (seen.has(id) && seen.get(id) === hash) return false;
    seen.set(id, hash);
    return true;
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
  const seen = new Map<string, string | undefined>();
  let writing: Promise<void> = Promise.resolve();
  const later: CandidateDocument[] = [];
  let part: Item[] = [];
  let bytes = 0;
  let space = steps.slabs.open();

  const flush = async (): Promise<void> => {
    const items = part;
    const { release } = space;
    part = [];
    bytes = 0;
    space = steps.slabs.open();
    await writing;
    scope.signal.throwIfAborted();
    if (items.length === 0) return release();
    // After a failure a request may still be on its way: the bytes are not used again.
    writing = writePart(steps, items, tally, later, scope).then(release);
    // Awaited at the next flush; until then a failure must not count as unhandled.
    writing.catch(() => undefined);
  };

  try {
    for (const record of records) {
      if (batch.skip?.has(record.offset) === true) {
        tally.failure(record, SKIPPED);
        continue;
      }
      for (const item of await readRecord(steps, record, tally, seen, space, scope)) {
        part.push(item);
        bytes += bytesOf(item);
      }
      // Not amid the events of a record: their bytes are of one space. It holds copies, too, which are no items.
      if (isPartFull(part.length, Math.max(bytes, space.taken()))) await flush();
    }
    await flush();
  } finally {
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
