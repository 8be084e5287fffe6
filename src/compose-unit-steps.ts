import { setImmediate as nextRound } from 'node:timers/promises';
import { auditDocument } from './codec/audit-document.ts';
import { AvroEvents } from './codec/avro-events.ts';
import { candidateDocument } from './codec/candidate-document.ts';
import { deadLetterRecord } from './codec/dead-letter.ts';
import { REPLAYED_FROM } from './codec/dead-letter-headers.ts';
import { decodeRecord } from './codec/decode-record.ts';
import { loadSchemas } from './codec/load-schemas.ts';
import { recordOrigin } from './codec/record-origin.ts';
import type { Config } from './config/schema.ts';
import type { DetectionContext } from './core/model/processed-event.ts';
import { processEvent } from './core/process-event.ts';
import { joiningCalls } from './pipeline/begun-calls.ts';
import type { DocumentWriter } from './pipeline/ports.ts';
import type { UnitSteps } from './pipeline/unit-steps.ts';
import { createByteSlabs } from './codec/byte-slabs.ts';
import { createTurns } from './pipeline/turns.ts';
import { createProgramFaults } from './pipeline/program-faults.ts';
import type { Telemetry } from './telemetry/telemetry-event.ts';
import type { ServiceSchemas } from './compose-registry.ts';

const DAY_MS = 86_400_000;

/** Of documents that wait for their bulk request: 32 MiB are kept at most. */
const DOCUMENT_SLABS = { slabBytes: 1_048_576, maxKept: 32 };

/** The steps of a unit, as the service takes them and as they are measured. `context`: asked for at each event. */
export const unitSteps = (
  config: Config,
  context: () => DetectionContext,
  writer: DocumentWriter,
  telemetry: Telemetry,
  schemas: Pick<ServiceSchemas, 'registry' | 'encodeCandidate' | 'patience'>,
): UnitSteps => {
  const { maxBytes, maxDepth } = config.records;
  const avro = new AvroEvents({
    schemas: loadSchemas()['audit-event'],
    maxDepth,
    registry: schemas.registry,
  });
  const { indexes, quarantine } = config.opensearch;
  const window = { pastMs: quarantine.pastDays * DAY_MS, futureMs: quarantine.futureDays * DAY_MS };
  return {
    decode: joiningCalls(({ value, headers }) =>
      decodeRecord(value, {
        maxRecordBytes: maxBytes,
        maxDepth,
        avro,
        origin: recordOrigin(headers, config.kubernetes),
      }),
    ),
    process: (event) => processEvent(event, context()),
    auditDocument: (processed, record, options) =>
      auditDocument(processed, record, { ...options, alias: indexes.auditEvents, window }),
    candidateDocument: (candidate, record, processed) =>
      candidateDocument(candidate, record, {
        processed,
        alias: indexes.driftCandidates,
        window,
        // A dead letter waited for somebody, not for the detection.
        detectedTime: Object.hasOwn(record.headers, REPLAYED_FROM) ? undefined : Date.now(),
      }),
    candidateRecord: (candidate) => ({
      topic: config.kafka.topics.driftCandidates,
      key: candidate.resource.key,
      ...schemas.encodeCandidate(candidate),
    }),
    deadLetter: (record, failure) =>
      deadLetterRecord(record, failure, config.kafka.topics.deadLetters),
    writer,
    telemetry,
    patience: schemas.patience,
    programFaults: createProgramFaults(),
    slabs: createByteSlabs(DOCUMENT_SLABS),
    turns: createTurns(nextRound),
  };
};
