import { REPLAYED_FROM } from '../codec/dead-letter-headers.ts';
import type { AuditEvent } from '../core/model/audit-event.ts';
import type { RecordFailure } from '../core/model/outcome.ts';
import type { ProcessedEvent } from '../core/model/processed-event.ts';
import { eventUnderId, ownId } from './own-id-event.ts';
import type {
  DocumentResult,
  DocumentWriter,
  IndexDocument,
  InputRecord,
  OutputRecord,
  UnitScope,
} from './ports.ts';
import { decodePatiently } from './read-block.ts';
import { isOfSurroundings, withRecord } from './record-fault.ts';
import type { UnitSteps } from './unit-steps.ts';
import { foundCandidate, type FoundCandidate, type UnitTally } from './unit-tally.ts';

/**
 * How much of a unit is held as documents at once: one part is written while the next is decoded. A multiple of a block,
 * so that a part of records with one event ends with one; others go over it by a block at most.
 */
const partDocuments = 960;
const partBytes = 4 * 1024 * 1024;

export const isPartFull = (documents: number, bytes: number): boolean =>
  documents >= partDocuments || bytes >= partBytes;

/** A candidate in both of its forms. */
interface CandidateItem {
  readonly found: FoundCandidate;
  readonly document: IndexDocument;
  readonly output: OutputRecord;
}

/**
 * An event with what becomes of it. What was parsed of its record is not held in general: it would outlive two
 * collections of garbage, and is asked for again in rare cases only, when the record is decoded anew.
 */
export interface Item {
  readonly record: InputRecord;
  /**
   * Held where the record has more events, for all of which it would be decoded, and where its call has another record,
   * with which it is joined as that stood then.
   */
  readonly event: AuditEvent | undefined;
  readonly document: IndexDocument;
  readonly candidates: readonly CandidateItem[];
  /** The topic has its candidates, but the documents of some may be missing. */
  readonly toldBefore?: true;
}

const rejection = (message: string): RecordFailure => ({
  stage: 'index',
  reason: 'document_rejected',
  message,
});

/** The event that an item is to hold, of a record with so many. */
export const heldEvent = (event: AuditEvent, events: number): AuditEvent | undefined =>
  events > 1 || event.call !== undefined ? event : undefined;

const readAnew = async (
  steps: UnitSteps,
  record: InputRecord,
  signal: AbortSignal,
): Promise<AuditEvent> => {
  const { events } = await decodePatiently(steps, record, signal);
  const [event] = events;
  if (event === undefined) throw new Error('The record has no event any more.');
  return event;
};

/** For what is done once more with an event. */
const again = async <T>(
  steps: UnitSteps,
  { record, event }: Item,
  { signal }: UnitScope,
  work: (event: AuditEvent) => T,
): Promise<T> => {
  try {
    return work(event ?? (await readAnew(steps, record, signal)));
  } catch (error) {
    signal.throwIfAborted();
    throw isOfSurroundings(error) ? error : withRecord(record, error);
  }
};

const write = async (
  writer: DocumentWriter,
  documents: readonly IndexDocument[],
  scope: UnitScope,
): Promise<readonly DocumentResult[]> => {
  if (documents.length === 0) return [];
  const results = await writer.write(documents, scope);
  if (results.length !== documents.length) {
    throw new Error(`The writer gave ${results.length} results for ${documents.length} documents.`);
  }
  return results;
};

export const candidateItems = (
  steps: UnitSteps,
  processed: ProcessedEvent,
  record: InputRecord,
): readonly CandidateItem[] =>
  processed.candidates.map((candidate) => ({
    found: foundCandidate(candidate),
    document: steps.candidateDocument(candidate, record, processed),
    output: steps.candidateRecord(candidate, record),
  }));

/** An item in the place of another, of the same record. */
const madeAnew = (
  steps: UnitSteps,
  { record, event: held }: Item,
  event: AuditEvent,
  options: Parameters<UnitSteps['auditDocument']>[2],
): Item => {
  const processed = steps.process(event);
  return {
    record,
    event: held,
    document: steps.auditDocument(processed, record, options),
    candidates: candidateItems(steps, processed, record),
  };
};

/** Another act has the event's id: processes it under an id of its own, so that nobody hides an act by reusing an id. */
const underOwnId = (steps: UnitSteps, item: Item, scope: UnitScope): Promise<Item> =>
  again(steps, item, scope, (event) => {
    const { id, hash = id } = item.document;
    const renamed = eventUnderId(event, ownId(event.id, hash));
    return madeAnew(steps, item, renamed, { conflictOf: event.id });
  });

/** OpenSearch reads JSON more strictly than its record's parser, as with a key that is there twice: keeps the record as text. */
const withRawAsText = (steps: UnitSteps, item: Item, scope: UnitScope): Promise<Item> =>
  again(steps, item, scope, (event) => madeAnew(steps, item, event, { rawAs: 'text' }));

/**
 * Its audit document is there. Of a second copy the other's unit tells the candidates; of a replayed dead letter they
 * are told, and it was perhaps a candidate's document that was refused.
 */
const deliveredBefore = (item: Item): Item | undefined =>
  Object.hasOwn(item.record.headers, REPLAYED_FROM) ? { ...item, toldBefore: true } : undefined;

/**
 * Writes the audit documents, and gives back those whose candidates this unit has to deliver: not those that are
 * refused, whose replay does.
 */
const writeAuditDocuments = async (
  steps: UnitSteps,
  items: readonly Item[],
  tally: UnitTally,
  scope: UnitScope,
): Promise<readonly Item[]> => {
  const settled: (Item | undefined)[] = [...items];
  let pending = items.map((_item, position) => position);
  for (const isLast of [false, true]) {
    const results = await write(
      steps.writer,
      pending.flatMap((position) => settled[position]?.document ?? []),
      scope,
    );
    const retried: number[] = [];
    for (const [index, position] of pending.entries()) {
      const item = settled[position];
      const result = results[index];
      if (item === undefined || result === undefined) continue;
      if (result.status === 'delivered_before') settled[position] = deliveredBefore(item);
      if (result.status !== 'conflict' && result.status !== 'rejected') continue;
      if (isLast) {
        tally.failure(item.record, rejection(refusalOf(result, item.document)));
        settled[position] = undefined;
        continue;
      }
      settled[position] =
        result.status === 'conflict'
          ? await underOwnId(steps, item, scope)
          : await withRawAsText(steps, item, scope);
      retried.push(position);
    }
    pending = retried;
  }
  return settled.filter((item) => item !== undefined);
};

const refusalOf = (
  result: Extract<DocumentResult, { status: 'conflict' | 'rejected' }>,
  { id }: IndexDocument,
): string => (result.status === 'rejected' ? result.message : `Another document has the id ${id}.`);

/** The document of a candidate: written once the audit documents of its part are. */
export interface CandidateDocument {
  readonly record: InputRecord;
  readonly document: IndexDocument;
}

/** What an item holds in memory until its part is written. */
export const bytesOf = ({ document, candidates }: Item): number =>
  candidates.reduce(
    (sum, candidate) =>
      sum + candidate.document.body.length + (candidate.output.value?.length ?? 0),
    document.body.length,
  );

/** Writes a part of the unit, and takes its candidates, in record order. */
export const writePart = async (
  steps: UnitSteps,
  items: readonly Item[],
  tally: UnitTally,
  later: CandidateDocument[],
  scope: UnitScope,
): Promise<void> => {
  const settled = await writeAuditDocuments(steps, items, tally, scope);
  for (const { record, candidates, toldBefore } of settled) {
    for (const { found, document, output } of candidates) {
      if (toldBefore !== true) tally.candidate(found, output);
      later.push({ record, document });
    }
  }
  const bytes = later.reduce((sum, { document }) => sum + document.body.length, 0);
  if (isPartFull(later.length, bytes)) await writeCandidates(steps, later.splice(0), tally, scope);
};

export const writeCandidates = async (
  steps: UnitSteps,
  later: readonly CandidateDocument[],
  tally: UnitTally,
  scope: UnitScope,
): Promise<void> => {
  const documents = later.map(({ document }) => document);
  const results = await write(steps.writer, documents, scope);
  for (const [index, { record, document }] of later.entries()) {
    const result = results[index];
    if (result?.status === 'rejected' || result?.status === 'conflict') {
      tally.failure(record, rejection(refusalOf(result, document)));
    }
  }
};
