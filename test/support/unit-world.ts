import { REPLAYED_FROM } from '../../src/codec/dead-letter-headers.ts';
import type { AuditEvent } from '../../src/core/model/audit-event.ts';
import type { DriftCandidate } from '../../src/core/model/drift-candidate.ts';
import { processUnit } from '../../src/pipeline/process-unit.ts';
import type { UnitSteps } from '../../src/pipeline/unit-steps.ts';
import { createTurns } from '../../src/pipeline/turns.ts';
import { createByteSlabs } from '../../src/codec/byte-slabs.ts';
import { createProgramFaults } from '../../src/pipeline/program-faults.ts';
import type { DocumentResult, IndexDocument } from '../../src/pipeline/ports.ts';
import type { TelemetryEvent } from '../../src/telemetry/telemetry-event.ts';
import { fakePatience } from './fake-patience.ts';
import { memoryCommitter, memoryPartition, type MemoryPartition } from './memory-committer.ts';
import { inputBatch, openScope, outputRecord } from './unit-fixtures.ts';

/** A record's value is `id:content`, where content `drift…` makes a candidate, and `bad` is no event. */
export const eventOf = (text: string): AuditEvent => {
  const [id = '', content = ''] = text.split(':');
  const raw = Buffer.from(text);
  return {
    id,
    provider: 'aws',
    service: 's3.amazonaws.com',
    operation: content,
    raw,
  } as Partial<AuditEvent> as AuditEvent;
};

const candidateOf = (event: AuditEvent): DriftCandidate =>
  ({
    candidate_id: `c-${event.id}`,
    kind: 'changed',
    severity: { level: 'high' },
    time: 7,
  }) as DriftCandidate;

/** What a registry that is away throws. */
export const away = (): Error =>
  Object.assign(new Error('the registry does not answer'), { retriable: true });

export interface UnitWorld {
  /** Documents by id. */
  readonly stored: ReadonlyMap<string, IndexDocument>;
  /** With `reject` the writer takes what it refused. */
  readonly accepts: Set<'reject'>;
  /** The ids of each write. */
  readonly writes: readonly (readonly string[])[];
  readonly told: readonly TelemetryEvent[];
  readonly partition: MemoryPartition;
  readonly steps: UnitSteps;
  /** What was committed: `topic value`. */
  outputs(): readonly string[];
  run(values: readonly string[], from?: number): Promise<void>;
  /** The record as `driftline dead-letters replay` sends it back. */
  replay(value: string, from: number): Promise<void>;
}

/** What units run in: a partition, a writer that keeps documents in memory, and steps of which a test may give its own. */
export const makeUnitWorld = (overrides: Partial<UnitSteps> = {}): UnitWorld => {
  const stored = new Map<string, IndexDocument>();
  const accepts = new Set<'reject'>();
  const writes: (readonly string[])[] = [];
  const told: TelemetryEvent[] = [];
  const write = (document: IndexDocument): DocumentResult => {
    if (document.body.includes('reject') && !accepts.has('reject'))
      return { status: 'rejected', message: 'mapper_parsing_exception' };
    const there = stored.get(document.id);
    if (there !== undefined && document.write === 'create') {
      if (there.hash !== document.hash) return { status: 'conflict' };
      const isHere = there.origin?.offset === document.origin?.offset;
      return { status: isHere ? 'unchanged' : 'delivered_before' };
    }
    // As a wire does: the document's bytes are the unit's own, and used again.
    stored.set(document.id, { ...document, body: Buffer.from(document.body) });
    return { status: 'written' };
  };
  const steps: UnitSteps = {
    decode: ({ value }) => {
      const text = String(value);
      if (text.includes('bad')) {
        return {
          events: [],
          failures: [{ stage: 'decode', reason: 'not_json', message: 'The value is not JSON.' }],
        };
      }
      return { events: text.split('|').map(eventOf), failures: [] };
    },
    process: (event) => {
      const drift = event.operation.startsWith('drift');
      return {
        event,
        outcome: drift ? 'candidate' : 'read',
        reason: 'read_only',
        owners: [],
        candidates: drift ? [candidateOf(event)] : [],
        unmapped: false,
      };
    },
    auditDocument: ({ event }, record, { conflictOf, rawAs, take = Buffer.alloc } = {}) => {
      const text = `${rawAs === 'text' ? event.operation.replace('harmful reject', 'as text') : event.operation}${conflictOf === undefined ? '' : ` conflicts with ${conflictOf}`}`;
      const body = take(Buffer.byteLength(text));
      body.write(text);
      return {
        index: 'audit-events-2026.01.01',
        id: event.id,
        body,
        write: 'create',
        origin: record,
        hash: Buffer.from(event.operation.padEnd(20, '.')).toString('hex'),
      };
    },
    candidateDocument: ({ candidate_id }) => ({
      index: 'drift-candidates-2026.01',
      id: candidate_id,
      body: Buffer.from(candidate_id),
      write: { supersede: '1' },
    }),
    candidateRecord: ({ candidate_id }) => outputRecord('drift.candidates', candidate_id),
    deadLetter: (record, { reason }) => outputRecord('dead-letters', `${record.offset} ${reason}`),
    writer: {
      write: async (documents) => {
        writes.push(documents.map(({ id }) => id));
        return documents.map(write);
      },
    },
    telemetry: { emit: (event) => void told.push(event) },
    patience: fakePatience().patience,
    programFaults: createProgramFaults(2),
    slabs: createByteSlabs({ slabBytes: 65_536, maxKept: 4 }),
    turns: createTurns(async () => undefined),
    ...overrides,
  };
  const partition = memoryPartition();
  const committer = memoryCommitter(partition);
  return {
    stored,
    accepts,
    writes,
    told,
    partition,
    steps,
    outputs: () => partition.outputs.map(({ topic, value }) => `${topic} ${String(value)}`),
    run: (values, from = 0) =>
      processUnit(steps, inputBatch(values, { from }), openScope(), committer),
    replay: (value, from) => {
      const batch = inputBatch([value], { from });
      const headers = { [REPLAYED_FROM]: Buffer.from('dead-letters/0/0') };
      const records = batch.records.map((record) => ({ ...record, headers }));
      return processUnit(steps, { ...batch, records }, openScope(), committer);
    },
  };
};
