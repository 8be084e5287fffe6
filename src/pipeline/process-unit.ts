import { REPLAYED_FROM } from '../codec/dead-letter-headers.ts';
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
import { programFailure, type ProgramFaults } from './program-faults.ts';
import { withPatience, type Patience } from './retry.ts';
import { createUnitTally, type UnitTally } from './unit-tally.ts';

/** The steps that a unit is made of; `compose.ts` gives them. All but `decode` and `writer` are pure. */
export interface UnitSteps {
  /** A promise only where a schema must be fetched; rejects where the surroundings fail, never for the record. */
  readonly decode: (record: InputRecord) => DecodedRecord | Promise<DecodedRecord>;
  readonly process: (event: AuditEvent) => ProcessedEvent;
  readonly auditDocument: (
    processed: ProcessedEvent,
    record: InputRecord,
    options?: {
      /** The id that another act has: the document is flagged with it. */
      readonly conflictOf?: string;
      /** How the record is kept, where that is known: as text whatever it holds, or as an object that does no harm. */
      readonly rawAs?: 'text' | 'object';
    },
  ) => IndexDocument;
  readonly candidateDocument: (candidate: DriftCandidate, record: InputRecord) => IndexDocument;
  /** `record`: which the candidate was found in. */
  readonly candidateRecord: (candidate: DriftCandidate, record: InputRecord) => OutputRecord;
  readonly deadLetter: (record: InputRecord, failure: RecordFailure) => OutputRecord;
  readonly writer: DocumentWriter;
  readonly telemetry: Telemetry;
  /** With what `decode` has to ask for. */
  readonly patience: Patience;
  /** Of the whole process. */
  readonly programFaults: ProgramFaults;
}

/** How much of a unit is held as documents at once: one part is written while the next is decoded. */
const partDocuments = 1_000;
const partBytes = 4 * 1024 * 1024;

/** A candidate in both of its forms. */
interface CandidateItem {
  readonly candidate: DriftCandidate;
  readonly document: IndexDocument;
  readonly output: OutputRecord;
}

interface Item {
  readonly record: InputRecord;
  readonly processed: ProcessedEvent;
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

const SKIPPED: RecordFailure = {
  stage: 'consume',
  reason: 'skipped',
  message: 'An operator has ordered to skip this record.',
};

const isOfSurroundings = (error: unknown): boolean =>
  error instanceof Error && 'retriable' in error;

/**
 * A failure of the program, with the place of the record that brought it out, and what an operator can do. The error's
 * own message may quote what the record holds: it is the cause's alone.
 */
const withRecord = ({ topic, partition, offset }: InputRecord, error: unknown): Error =>
  new Error(
    `Cannot process the record of ${topic}/${partition} at offset ${offset}. ${programFailure(error).message} ` +
      'The program or what it needs is broken: nothing after that record is done. To make a dead letter of it alone and go on: ' +
      `driftline consumption skip --partition ${partition} --offset ${offset}`,
    { cause: error },
  );

/** For what was processed once and is processed anew. */
const again = <T>(record: InputRecord, work: () => T): T => {
  try {
    return work();
  } catch (error) {
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

const candidateItems = (
  steps: UnitSteps,
  { candidates }: ProcessedEvent,
  record: InputRecord,
): readonly CandidateItem[] =>
  candidates.map((candidate) => ({
    candidate,
    document: steps.candidateDocument(candidate, record),
    output: steps.candidateRecord(candidate, record),
  }));

/** Another act has the event's id: processes it under an id of its own, so that nobody hides an act by reusing an id. */
const underOwnId = (steps: UnitSteps, { record, processed, document }: Item): Item =>
  again(record, () => {
    const { event } = processed;
    const renamed = steps.process(
      eventUnderId(event, ownId(event.id, document.hash ?? document.id)),
    );
    return {
      record,
      processed: renamed,
      document: steps.auditDocument(renamed, record, { conflictOf: event.id }),
      candidates: candidateItems(steps, renamed, record),
    };
  });

/** OpenSearch reads JSON more strictly than its record's parser, as with a key that is there twice: keeps the record as text. */
const withRawAsText = (steps: UnitSteps, item: Item): Item =>
  again(item.record, () => ({
    ...item,
    document: steps.auditDocument(item.processed, item.record, { rawAs: 'text' }),
  }));

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
    const again: number[] = [];
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
        result.status === 'conflict' ? underOwnId(steps, item) : withRawAsText(steps, item);
      again.push(position);
    }
    pending = again;
  }
  return settled.filter((item) => item !== undefined);
};

const refusalOf = (
  result: Extract<DocumentResult, { status: 'conflict' | 'rejected' }>,
  { id }: IndexDocument,
): string => (result.status === 'rejected' ? result.message : `Another document has the id ${id}.`);

/** The document of a candidate: written once the audit documents of its part are. */
interface CandidateDocument {
  readonly record: InputRecord;
  readonly document: IndexDocument;
}

/** What an item holds in memory until its part is written. */
const bytesOf = ({ document, candidates }: Item): number =>
  candidates.reduce(
    (sum, candidate) =>
      sum + candidate.document.body.length + (candidate.output.value?.length ?? 0),
    document.body.length,
  );

/** Writes a part of the unit, and takes its candidates, in record order. */
const writePart = async (
  steps: UnitSteps,
  items: readonly Item[],
  tally: UnitTally,
  later: CandidateDocument[],
  scope: UnitScope,
): Promise<void> => {
  const settled = await writeAuditDocuments(steps, items, tally, scope);
  for (const { record, candidates, toldBefore } of settled) {
    for (const { candidate, document, output } of candidates) {
      if (toldBefore !== true) tally.candidate(candidate, output);
      later.push({ record, document });
    }
  }
  const bytes = later.reduce((sum, { document }) => sum + document.body.length, 0);
  if (later.length >= partDocuments || bytes >= partBytes)
    await writeCandidates(steps, later.splice(0), tally, scope);
};

const writeCandidates = async (
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

const AS_OBJECT = { rawAs: 'object' } as const;

/** The events of one record, as items. */
const itemsOf = (
  steps: UnitSteps,
  record: InputRecord,
  { events, isHarmless }: DecodedRecord,
): readonly Item[] =>
  events.map((event) => {
    const processed = steps.process(event);
    return {
      record,
      processed,
      document: steps.auditDocument(processed, record, isHarmless === true ? AS_OBJECT : undefined),
      candidates: candidateItems(steps, processed, record),
    };
  });

/** Decodes and processes one record; a second copy of an event in the unit is counted and left out. */
const readRecord = async (
  steps: UnitSteps,
  record: InputRecord,
  tally: UnitTally,
  seen: Map<string, string | undefined>,
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
    items = itemsOf(steps, record, decoded);
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

  const flush = async (): Promise<void> => {
    const items = part;
    part = [];
    bytes = 0;
    await writing;
    scope.signal.throwIfAborted();
    if (items.length === 0) return;
    writing = writePart(steps, items, tally, later, scope);
    // Awaited at the next flush; until then a failure must not count as unhandled.
    writing.catch(() => undefined);
  };

  try {
    for (const record of records) {
      if (batch.skip?.has(record.offset) === true) {
        tally.failure(record, SKIPPED);
        continue;
      }
      for (const item of await readRecord(steps, record, tally, seen, scope)) {
        part.push(item);
        bytes += bytesOf(item);
        if (part.length >= partDocuments || bytes >= partBytes) await flush();
      }
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
