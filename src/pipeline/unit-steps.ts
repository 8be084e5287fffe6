import type { DecodedRecord } from '../codec/decoded-record.ts';
import type { AuditEvent } from '../core/model/audit-event.ts';
import type { DriftCandidate } from '../core/model/drift-candidate.ts';
import type { RecordFailure } from '../core/model/outcome.ts';
import type { ProcessedEvent } from '../core/model/processed-event.ts';
import type { Telemetry } from '../telemetry/telemetry-event.ts';
import type { ByteSlabs } from '../codec/byte-slabs.ts';
import type { DocumentWriter, IndexDocument, InputRecord, OutputRecord } from './ports.ts';
import type { ProgramFaults } from './program-faults.ts';
import type { Patience } from './retry.ts';
import type { Turns } from './turns.ts';

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
      /** Gives the bytes that the body is written to. Default: new ones. */
      readonly take?: (length: number) => Buffer;
    },
  ) => IndexDocument;
  /** `processed`: what the candidate was found in. */
  readonly candidateDocument: (
    candidate: DriftCandidate,
    record: InputRecord,
    processed: ProcessedEvent,
  ) => IndexDocument;
  /** `record`: which the candidate was found in. */
  readonly candidateRecord: (candidate: DriftCandidate, record: InputRecord) => OutputRecord;
  readonly deadLetter: (record: InputRecord, failure: RecordFailure) => OutputRecord;
  readonly writer: DocumentWriter;
  readonly telemetry: Telemetry;
  /** With what `decode` has to ask for. */
  readonly patience: Patience;
  /** Of the whole process. */
  readonly programFaults: ProgramFaults;
  /** Where audit documents lie until they are written. Of the whole process. */
  readonly slabs: ByteSlabs;
  /** Whose records are computed with. Of the whole process. */
  readonly turns: Turns;
}
