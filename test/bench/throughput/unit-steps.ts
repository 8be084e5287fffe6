import { AvroEvents } from '../../../src/codec/avro-events.ts';
import { auditDocument } from '../../../src/codec/audit-document.ts';
import { candidateDocument } from '../../../src/codec/candidate-document.ts';
import { deadLetterRecord } from '../../../src/codec/dead-letter.ts';
import { decodeRecord } from '../../../src/codec/decode-record.ts';
import { loadSchemas } from '../../../src/codec/load-schemas.ts';
import { modelEncoder } from '../../../src/codec/model-encoder.ts';
import { recordOrigin } from '../../../src/codec/record-origin.ts';
import type { Config } from '../../../src/config/schema.ts';
import type { DetectionContext } from '../../../src/core/model/processed-event.ts';
import { processEvent } from '../../../src/core/process-event.ts';
import { joiningCalls } from '../../../src/pipeline/begun-calls.ts';
import type { DocumentWriter } from '../../../src/pipeline/ports.ts';
import type { UnitSteps } from '../../../src/pipeline/process-unit.ts';
import { createProgramFaults } from '../../../src/pipeline/program-faults.ts';
import type { Telemetry } from '../../../src/telemetry/telemetry-event.ts';

const DAY_MS = 86_400_000;

/** The steps of a unit as `compose.ts` gives them to the service, without a registry. */
export const benchSteps = (
  config: Config,
  context: DetectionContext,
  writer: DocumentWriter,
  telemetry: Telemetry,
): UnitSteps => {
  const { maxBytes, maxDepth } = config.records;
  const { indexes, quarantine } = config.opensearch;
  const window = { pastMs: quarantine.pastDays * DAY_MS, futureMs: quarantine.futureDays * DAY_MS };
  const schemas = loadSchemas();
  const avro = new AvroEvents({ schemas: schemas['audit-event'], maxDepth });
  const encoder = modelEncoder(schemas);
  return {
    decode: joiningCalls(({ value, headers }) =>
      decodeRecord(value, {
        maxRecordBytes: maxBytes,
        maxDepth,
        avro,
        origin: recordOrigin(headers, config.kubernetes),
      }),
    ),
    process: (event) => processEvent(event, context),
    auditDocument: (processed, record, options) =>
      auditDocument(processed, record, { ...options, alias: indexes.auditEvents, window }),
    candidateDocument: (candidate, record) =>
      candidateDocument(candidate, record, {
        alias: indexes.driftCandidates,
        window,
        detectedTime: Date.now(),
      }),
    candidateRecord: (candidate) => ({
      topic: config.kafka.topics.driftCandidates,
      key: candidate.resource.key,
      ...encoder.encodeCandidate(candidate),
    }),
    deadLetter: (record, failure) =>
      deadLetterRecord(record, failure, config.kafka.topics.deadLetters),
    writer,
    telemetry,
    patience: {
      initialDelayMs: 200,
      maxDelayMs: 10_000,
      limitMs: 0,
      now: () => performance.now(),
      sleep: async () => undefined,
      random: Math.random,
      onRetry: () => undefined,
    },
    programFaults: createProgramFaults(),
  };
};
