import type { DecodedRecord } from '../codec/decoded-record.ts';
import type { AuditEvent } from '../core/model/audit-event.ts';
import type { DriftCandidate } from '../core/model/drift-candidate.ts';
import type { RecordFailure } from '../core/model/outcome.ts';
import type { ProcessedEvent } from '../core/model/processed-event.ts';
import type { Telemetry } from '../telemetry/telemetry-event.ts';
import { eventUnderId, ownId } from './own-id-event.ts';
import type {
  DocumentResult,
  DocumentWriter,
  IndexDocument,
  InputBatch,
  InputRecord,
  OutputRecord,
  UnitCommitter,
  UnitScope,
} from './ports.ts';
import { withRetry, type RetryPlan } from './retry.ts';
import { createUnitTally, type UnitTally } from './unit-tally.ts';

/** The steps that a unit is made of; `compose.ts` gives them. All but `decode` and `writer` are pure. */
export interface UnitSteps {
  /** A promise only where a schema must be fetched; rejects where the surroundings fail, never for the record. */
  readonly decode: (value: Buffer | null) => DecodedRecord | Promise<DecodedRecord>;
  readonly process: (event: AuditEvent) => ProcessedEvent;
  /** With `conflictOf`, the id that another act has: the document is flagged with it. */
  readonly auditDocument: (
    processed: ProcessedEvent,
    record: InputRecord,
    conflictOf?: string,
  ) => IndexDocument;
  readonly candidateDocument: (candidate: DriftCandidate, record: InputRecord) => IndexDocument;
  readonly candidateRecord: (candidate: DriftCandidate) => OutputRecord;
  readonly deadLetter: (record: InputRecord, failure: RecordFailure) => OutputRecord;
  readonly writer: DocumentWriter;
  readonly telemetry: Telemetry;
  /** For what `decode` has to ask for. Default: about 30 s. */
  readonly retry?: RetryPlan;
}

/** How much of a unit is held as documents at once: one part is written while the next is decoded. */
const partDocuments = 1_000;
const partBytes = 4 * 1024 * 1024;

interface Item {
  readonly record: InputRecord;
  readonly processed: ProcessedEvent;
  readonly document: IndexDocument;
}

const rejection = (message: string): RecordFailure => ({
  stage: 'index',
  reason: 'document_rejected',
  message,
});

const where = ({ topic, partition, offset }: InputRecord): string =>
  `${topic}/${partition} at offset ${offset}`;

/** A typed failure of the surroundings as it is; any other error with the record that brought it out. */
const withRecord = (record: InputRecord, error: unknown): unknown =>
  error instanceof Error && 'retriable' in error
    ? error
    : new Error(
        `Cannot process the record of ${where(record)}: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error },
      );

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

/** Another act has the event's id: processes it under an id of its own, so that nobody hides an act by reusing an id. */
const underOwnId = (steps: UnitSteps, { record, processed, document }: Item): Item => {
  const { event } = processed;
  const again = steps.process(eventUnderId(event, ownId(event.id, document.hash ?? document.id)));
  return { record, processed: again, document: steps.auditDocument(again, record, event.id) };
};

/** Writes a part of the unit, and takes its candidates, in record order. */
const writePart = async (
  steps: UnitSteps,
  items: readonly Item[],
  tally: UnitTally,
  scope: UnitScope,
): Promise<void> => {
  const results = await write(
    steps.writer,
    items.map(({ document }) => document),
    scope,
  );
  const second: { readonly record: InputRecord; readonly document: IndexDocument }[] = [];
  for (const [index, item] of items.entries()) {
    const result = results[index];
    if (result?.status === 'rejected') tally.failure(item.record, rejection(result.message));
    const settled = result?.status === 'conflict' ? underOwnId(steps, item) : item;
    if (settled !== item) second.push(settled);
    for (const candidate of settled.processed.candidates) {
      tally.candidate(candidate);
      second.push({
        record: item.record,
        document: steps.candidateDocument(candidate, item.record),
      });
    }
  }
  const answers = await write(
    steps.writer,
    second.map(({ document }) => document),
    scope,
  );
  for (const [index, { record, document }] of second.entries()) {
    const result = answers[index];
    if (result?.status === 'rejected') tally.failure(record, rejection(result.message));
    if (result?.status === 'conflict')
      tally.failure(record, rejection(`Another document has the id ${document.id}.`));
  }
};

/** The events of one record, as items of the unit; a second copy of an event in the unit is counted and left out. */
const itemsOf = (
  steps: UnitSteps,
  record: InputRecord,
  decoded: DecodedRecord,
  tally: UnitTally,
  seen: Map<string, string | undefined>,
): readonly Item[] => {
  const items: Item[] = [];
  for (const failure of decoded.failures) tally.failure(record, failure);
  for (const event of decoded.events) {
    const processed = steps.process(event);
    const document = steps.auditDocument(processed, record);
    tally.event(processed);
    if (seen.has(document.id) && seen.get(document.id) === document.hash) continue;
    seen.set(document.id, document.hash);
    items.push({ record, processed, document });
  }
  return items;
};

const decodeAgain = (
  steps: UnitSteps,
  record: InputRecord,
  scope: UnitScope,
  first: unknown,
): Promise<DecodedRecord> => {
  let failed = false;
  return withRetry(
    () => {
      if (failed) return steps.decode(record.value);
      failed = true;
      throw first;
    },
    scope.signal,
    steps.retry,
  );
};

const readRecord = async (
  steps: UnitSteps,
  record: InputRecord,
  tally: UnitTally,
  seen: Map<string, string | undefined>,
  scope: UnitScope,
): Promise<readonly Item[]> => {
  try {
    const decoded = steps.decode(record.value);
    // A promise means that a schema is fetched: the registry may be away for a moment.
    const read =
      decoded instanceof Promise
        ? await decoded.catch((error: unknown) => decodeAgain(steps, record, scope, error))
        : decoded;
    return itemsOf(steps, record, read, tally, seen);
  } catch (error) {
    scope.signal.throwIfAborted();
    throw withRecord(record, error);
  }
};

/**
 * One unit: decode, process, index, then commit candidates, dead letters and the offset as one.
 * OpenSearch has answered for every document before the commit, so a crash anywhere repeats the unit onto the same ids.
 *
 * The same act at two offsets gives one document and the same candidate id. Within a unit the candidate goes out once;
 * across units it goes out once for each, since a document that exists already may also be that of an attempt that was
 * never committed: readers tell such candidates by their id.
 *
 * Throws when the scope is aborted, and what the surroundings throw beyond their patience; never for a record's content.
 */
export const processUnit = async (
  steps: UnitSteps,
  batch: InputBatch,
  scope: UnitScope,
  committer: UnitCommitter,
): Promise<void> => {
  const tally = createUnitTally();
  const seen = new Map<string, string | undefined>();
  let writing: Promise<void> = Promise.resolve();
  let part: Item[] = [];
  let bytes = 0;

  const flush = async (): Promise<void> => {
    const items = part;
    part = [];
    bytes = 0;
    await writing;
    scope.signal.throwIfAborted();
    if (items.length === 0) return;
    writing = writePart(steps, items, tally, scope);
    // Awaited at the next flush; until then a failure must not count as unhandled.
    writing.catch(() => undefined);
  };

  try {
    for (const record of batch.records) {
      for (const item of await readRecord(steps, record, tally, seen, scope)) {
        part.push(item);
        bytes += item.document.body.length;
        if (part.length >= partDocuments || bytes >= partBytes) await flush();
      }
    }
    await flush();
  } finally {
    // Nothing of this unit may still be written when the partition is handed on.
    await writing.catch(() => undefined);
  }
  await writing;

  const outputs = [
    ...tally.candidates().map((candidate) => steps.candidateRecord(candidate)),
    ...tally.failures().map(({ record, failure }) => steps.deadLetter(record, failure)),
  ];
  await committer.commit(batch, outputs, scope);
  tally.tell(steps.telemetry);
};
