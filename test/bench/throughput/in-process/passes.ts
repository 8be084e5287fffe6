import { documentWriter } from '../../../../src/compose-parts.ts';
import type { DecodedRecord } from '../../../../src/codec/decoded-record.ts';
import { loadConfig } from '../../../../src/config/load-config.ts';
import type { AuditEvent } from '../../../../src/core/model/audit-event.ts';
import type {
  DetectionContext,
  ProcessedEvent,
} from '../../../../src/core/model/processed-event.ts';
import type {
  IndexDocument,
  InputRecord,
  OutputRecord,
  UnitCommitter,
} from '../../../../src/pipeline/ports.ts';
import { processUnit } from '../../../../src/pipeline/process-unit.ts';
import { BLOCK_RECORDS } from '../../../../src/pipeline/read-block.ts';
import type { UnitSteps } from '../../../../src/pipeline/unit-steps.ts';
import { createTelemetry } from '../../../../src/telemetry/create-telemetry.ts';
import { createLogger } from '../../../../src/telemetry/logger.ts';
import { createMetrics } from '../../../../src/telemetry/metrics.ts';
import type { Telemetry } from '../../../../src/telemetry/telemetry-event.ts';
import { slicesOf } from '../../rig/slices.ts';
import { benchSteps } from '../unit-steps.ts';
import { nullTransport } from './null-transport.ts';

/** One event's record, and the bytes that `JSON.parse` is measured on. */
export interface PassRecord {
  readonly record: InputRecord;
  readonly json: Buffer;
}

/** What is measured, each with all that the one before does, but for `parse`. */
export const PASSES = ['parse', 'decode', 'process', 'documents', 'unit'] as const;
export type PassName = (typeof PASSES)[number];
export type Pass = (records: readonly PassRecord[]) => void | Promise<void>;

/** What became of the records in the passes `unit`, so that nobody measures something else than meant. */
export type Outcomes = Map<string, number>;

const ofRecord = (decoded: DecodedRecord | Promise<DecodedRecord>): DecodedRecord => {
  if (decoded instanceof Promise) throw new Error('A record of the work needs no schema fetched.');
  const [failure] = decoded.failures;
  if (failure !== undefined) throw new Error(`A record of the work failed: ${failure.message}`);
  return decoded;
};

/** As a unit takes its records through the steps. */
const inBlocks = (
  records: readonly PassRecord[],
  work: (block: readonly InputRecord[]) => void,
): void => {
  for (const block of slicesOf(records, BLOCK_RECORDS)) work(block.map(({ record }) => record));
};

interface ProcessedRecord {
  readonly record: InputRecord;
  readonly events: readonly ProcessedEvent[];
}

const decodeAll = (
  steps: UnitSteps,
  block: readonly InputRecord[],
): readonly (readonly AuditEvent[])[] =>
  block.map((record) => ofRecord(steps.decode(record)).events);

const processAll = (steps: UnitSteps, block: readonly InputRecord[]): readonly ProcessedRecord[] =>
  decodeAll(steps, block).map((events, at) => ({
    record: block[at]!,
    events: events.map((event) => steps.process(event)),
  }));

const everything = (
  steps: UnitSteps,
  block: readonly InputRecord[],
): { readonly documents: IndexDocument[]; readonly outputs: OutputRecord[] } => {
  const documents: IndexDocument[] = [];
  const outputs: OutputRecord[] = [];
  const processed = processAll(steps, block);
  for (const { record, events } of processed) {
    for (const event of events) documents.push(steps.auditDocument(event, record));
  }
  for (const { record, events } of processed) {
    for (const event of events) {
      for (const candidate of event.candidates) {
        documents.push(steps.candidateDocument(candidate, record, event));
        outputs.push(steps.candidateRecord(candidate, record));
      }
    }
  }
  return { documents, outputs };
};

/**
 * `parse`: `JSON.parse` of each record's JSON bytes. `decode`, `process`, `documents`: in blocks, up to the
 * documents and candidate records. `unit`: the whole of `processUnit`, with the bulk writer, a transport that takes
 * everything, and a committer that does nothing.
 */
export const unitPasses = (
  context: DetectionContext,
  outcomes: Outcomes,
): Readonly<Record<PassName, Pass>> => {
  const told = createTelemetry({
    logger: createLogger({ level: 'warn', service: 'bench', version: '0' }),
    metrics: createMetrics('0', Date.now, 'run'),
    clock: Date.now,
  });
  const telemetry: Telemetry = {
    emit: (event) => {
      told.emit(event);
      if (event.type !== 'events.processed') return;
      for (const { outcome, count } of event.counts) {
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + count);
      }
    },
  };
  const config = loadConfig({ env: {} });
  const writer = documentWriter(config, nullTransport, telemetry);
  const steps = benchSteps(config, context, writer, telemetry);
  const committer: UnitCommitter = {
    commit: async (_batch, outputs) => {
      const dead = outputs.find(({ topic }) => topic === config.kafka.topics.deadLetters);
      if (dead !== undefined) throw new Error('A record of the work became a dead letter.');
    },
  };
  const scope = { signal: new AbortController().signal, heartbeat: async () => undefined };
  return {
    parse: (records) => {
      for (const { json } of records) JSON.parse(json.toString());
    },
    decode: (records) => inBlocks(records, (block) => void decodeAll(steps, block)),
    process: (records) => inBlocks(records, (block) => void processAll(steps, block)),
    documents: (records) => inBlocks(records, (block) => void everything(steps, block)),
    unit: (records) =>
      processUnit(
        steps,
        {
          topic: 'audit.events',
          partition: 0,
          records: records.map(({ record }) => record),
          nextOffset: '0',
          highWatermark: '0',
        },
        scope,
        committer,
      ),
  };
};
