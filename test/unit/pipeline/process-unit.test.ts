import { describe, expect, it } from 'vitest';
import { REPLAYED_FROM } from '../../../src/codec/dead-letter-headers.ts';
import type { AuditEvent } from '../../../src/core/model/audit-event.ts';
import type { DriftCandidate } from '../../../src/core/model/drift-candidate.ts';
import { processUnit, type UnitSteps } from '../../../src/pipeline/process-unit.ts';
import { createProgramFaults } from '../../../src/pipeline/program-faults.ts';
import type { DocumentResult, IndexDocument } from '../../../src/pipeline/ports.ts';
import type { TelemetryEvent } from '../../../src/telemetry/telemetry-event.ts';
import { fakePatience } from '../../support/fake-patience.ts';
import { memoryCommitter, memoryPartition } from '../../support/memory-committer.ts';
import { inputBatch, openScope, outputRecord } from '../../support/unit-fixtures.ts';

/** A record's value here: `id:content`, where content `drift…` makes a candidate, and `bad` is no event. */
const eventOf = (text: string): AuditEvent => {
  const [id = '', content = ''] = text.split(':');
  return { id, provider: 'aws', service: 's3.amazonaws.com', operation: content } as AuditEvent;
};

const candidateOf = (event: AuditEvent): DriftCandidate =>
  ({
    candidate_id: `c-${event.id}`,
    kind: 'changed',
    severity: { level: 'high' },
    time: 7,
  }) as DriftCandidate;

const away = (): Error =>
  Object.assign(new Error('the registry does not answer'), { retriable: true });

const makeWorld = (overrides: Partial<UnitSteps> = {}) => {
  const stored = new Map<string, IndexDocument>();
  /** With `reject` the writer takes what it refused. */
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
    stored.set(document.id, document);
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
    auditDocument: ({ event }, record, { conflictOf, rawAs } = {}) => ({
      index: 'audit-events-2026.01.01',
      id: event.id,
      body: Buffer.from(
        `${rawAs === 'text' ? event.operation.replace('harmful reject', 'as text') : event.operation}${conflictOf === undefined ? '' : ` conflicts with ${conflictOf}`}`,
      ),
      write: 'create',
      origin: record,
      hash: Buffer.from(event.operation.padEnd(20, '.')).toString('hex'),
    }),
    candidateDocument: ({ candidate_id }) => ({
      index: 'drift-candidates-2026.01',
      id: candidate_id,
      body: Buffer.from(candidate_id),
      write: { replace: '1' },
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
    run: (values: readonly string[], from = 0) =>
      processUnit(steps, inputBatch(values, { from }), openScope(), committer),
    /** The record as `driftline dead-letters replay` sends it back. */
    replay: (value: string, from: number) => {
      const batch = inputBatch([value], { from });
      const headers = { [REPLAYED_FROM]: Buffer.from('dead-letters/0/0') };
      const records = batch.records.map((record) => ({ ...record, headers }));
      return processUnit(steps, { ...batch, records }, openScope(), committer);
    },
  };
};

describe('processUnit', () => {
  it('indexes every event and commits candidates in record order with the offset', async () => {
    const world = makeWorld();
    await world.run(['e1:read', 'e2:drift', 'e3:drift']);
    expect([...world.stored.keys()]).toEqual(['e1', 'e2', 'e3', 'c-e2', 'c-e3']);
    expect(world.outputs()).toEqual(['drift.candidates c-e2', 'drift.candidates c-e3']);
    expect(world.partition.committed).toBe(3n);
  });

  it('dead-letters a record that cannot be decoded and goes on', async () => {
    const world = makeWorld();
    await world.run(['e1:drift', 'bad', 'e3:drift']);
    expect(world.outputs()).toEqual([
      'drift.candidates c-e1',
      'drift.candidates c-e3',
      'dead-letters 1 not_json',
    ]);
    expect(world.partition.committed).toBe(3n);
  });

  it('dead-letters a record whose document is rejected, and leaves its candidate to the replay, which tells it once', async () => {
    const world = makeWorld();
    await world.run(['e1:drift reject', 'e2:read']);
    expect(world.outputs()).toEqual(['dead-letters 0 document_rejected']);
    expect([...world.stored.keys()]).toEqual(['e2']);
    world.accepts.add('reject');
    await world.replay('e1:drift reject', 2);
    expect(world.outputs()).toEqual(['dead-letters 0 document_rejected', 'drift.candidates c-e1']);
    expect([...world.stored.keys()]).toEqual(['e2', 'e1', 'c-e1']);
  });

  it('writes the document of a candidate that was refused when its record is replayed, and tells the candidate once', async () => {
    const world = makeWorld({
      candidateDocument: ({ candidate_id }) => ({
        index: 'drift-candidates-2026.01',
        id: candidate_id,
        body: Buffer.from('reject'),
        write: { replace: '1' },
      }),
    });
    await world.run(['e1:drift', 'e2:read']);
    expect(world.outputs()).toEqual(['drift.candidates c-e1', 'dead-letters 0 document_rejected']);
    expect([...world.stored.keys()]).toEqual(['e1', 'e2']);
    world.accepts.add('reject');
    await world.replay('e1:drift', 2);
    expect([...world.stored.keys()]).toEqual(['e1', 'e2', 'c-e1']);
    expect(world.outputs()).toEqual(['drift.candidates c-e1', 'dead-letters 0 document_rejected']);
    expect(world.partition.committed).toBe(3n);
  });

  it('gives one dead letter to a record with several failures', async () => {
    const world = makeWorld();
    await world.run(['e1:reject|e2:reject']);
    expect(world.outputs()).toEqual(['dead-letters 0 document_rejected']);
  });

  it('keeps one document and one candidate of an event that comes twice in a unit', async () => {
    const world = makeWorld();
    await world.run(['e1:drift', 'e2:read', 'e1:drift']);
    expect([...world.stored.keys()]).toEqual(['e1', 'e2', 'c-e1']);
    expect(world.outputs()).toEqual(['drift.candidates c-e1']);
  });

  it('tells a candidate again when a unit is replayed, under the same id', async () => {
    const world = makeWorld();
    await world.run(['e1:drift']);
    world.partition.committed = 0n;
    await world.run(['e1:drift']);
    expect(world.outputs()).toEqual(['drift.candidates c-e1', 'drift.candidates c-e1']);
    expect([...world.stored.keys()]).toEqual(['e1', 'c-e1']);
  });

  it('tells the candidate of a record that was delivered twice once, from the unit that came first', async () => {
    const world = makeWorld();
    await world.run(['e1:drift', 'e2:drift']);
    await world.run(['e1:drift', 'e3:drift'], 2);
    expect(world.outputs()).toEqual(['c-e1', 'c-e2', 'c-e3'].map((id) => `drift.candidates ${id}`));
    expect(world.partition.committed).toBe(4n);
  });

  it('keeps a record as text where OpenSearch refuses it as JSON', async () => {
    const world = makeWorld();
    await world.run(['e1:drift harmful reject', 'e2:read']);
    expect(world.outputs()).toEqual(['drift.candidates c-e1']);
    expect(String(world.stored.get('e1')?.body)).toBe('drift as text');
  });

  it('keeps another act under the same id apart, flagged, with a candidate of its own', async () => {
    const world = makeWorld();
    await world.run(['e1:read']);
    await world.run(['e1:drift'], 1);
    const own = [...world.stored.keys()].filter((id) => /^e1~[0-9a-f]{16}$/.test(id));
    expect(own).toHaveLength(1);
    expect(String(world.stored.get(own[0] ?? '')?.body)).toBe('drift conflicts with e1');
    expect(String(world.stored.get('e1')?.body)).toBe('read');
    expect(world.outputs()).toEqual([`drift.candidates c-${own[0]}`]);
  });

  it('tells two acts under one id apart within a unit', async () => {
    const world = makeWorld();
    await world.run(['e1:drift one', 'e1:drift two']);
    expect([...world.stored.keys()].filter((id) => id.startsWith('e1'))).toHaveLength(2);
    expect(world.outputs()).toHaveLength(2);
  });

  it('commits nothing when the writer gives up', async () => {
    const world = makeWorld({
      writer: { write: () => Promise.reject(new Error('OpenSearch took no document for 60 s')) },
    });
    await expect(world.run(['e1:drift'])).rejects.toThrow('OpenSearch took no document');
    expect(world.partition.committed).toBeUndefined();
    expect(world.told.map(({ type }) => type)).toEqual(['unit.started']);
  });

  it('refuses a writer that leaves a document without a result', async () => {
    const world = makeWorld({ writer: { write: async () => [] } });
    await expect(world.run(['e1:read'])).rejects.toThrow('0 results for 1 documents');
    expect(world.partition.committed).toBeUndefined();
  });

  it.each(['decode', 'process', 'auditDocument', 'candidateRecord', 'candidateDocument'] as const)(
    'dead-letters a record on which the program itself fails: %s',
    async (step) => {
      const { steps } = makeWorld();
      let calls = 0;
      const world = makeWorld({
        [step]: (...given: readonly unknown[]) => {
          calls += 1;
          if (calls === 2) throw new TypeError('x of "a secret of the record" is not a function');
          return (steps[step] as (...all: readonly unknown[]) => unknown)(...given);
        },
        deadLetter: (record, { stage, reason, message }) =>
          outputRecord('dead-letters', `${record.offset} ${stage} ${reason} ${message}`),
      });
      await world.run(['e1:drift', 'e2:drift', 'e3:drift']);
      expect(world.outputs().slice(0, 2)).toEqual([
        'drift.candidates c-e1',
        'drift.candidates c-e3',
      ]);
      expect(world.outputs()[2]).toMatch(
        /^dead-letters 1 process program_error .*TypeError in pipeline\/process-unit.test.ts:\d+:\d+\./,
      );
      expect(world.outputs()[2]).not.toContain('secret');
      expect([...world.stored.keys()]).toEqual(['e1', 'e3', 'c-e1', 'c-e3']);
      expect(world.partition.committed).toBe(3n);
    },
  );

  it('ends where the program fails on record after record, tells how to pass over one, and quotes none', async () => {
    let failing = true;
    const { steps } = makeWorld();
    const world = makeWorld({
      process: (event) => {
        if (failing) throw new TypeError('x of "a secret of the record" is not a function');
        return steps.process(event);
      },
    });
    await world.run(['e1:read', 'e2:read'], 5);
    expect(world.partition.committed).toBe(7n);
    const end: unknown = await world.run(['e3:read'], 7).catch((error: unknown) => error);
    expect(String(end)).not.toContain('secret');
    expect(String(end)).toMatch(
      /audit\.events\/0 at offset 7\. .*TypeError in pipeline\/process-unit\.test\.ts:\d+:\d+\. .*driftline consumption skip --partition 0 --offset 7$/,
    );
    expect(world.partition.committed).toBe(7n);
    failing = false;
    await world.run(['e3:read'], 7);
    failing = true;
    await world.run(['e4:read', 'e5:read'], 8);
    expect(world.partition.committed).toBe(10n);
  });

  it('waits for a registry that is away, without a dead letter', async () => {
    let asked = 0;
    const world = makeWorld({
      decode: async ({ value }) => {
        asked += 1;
        if (asked < 4) throw away();
        return { events: [eventOf(String(value))], failures: [] };
      },
    });
    await world.run(['e1:read']);
    expect(asked).toBe(4);
    expect(world.outputs()).toEqual([]);
    expect(world.partition.committed).toBe(1n);
  });

  it('lets a typed failure of the surroundings through as it is, once its patience has ended', async () => {
    const down = away();
    const world = makeWorld({ decode: () => Promise.reject(down) });
    await expect(world.run(['e1:read'])).rejects.toBe(down);
    expect(world.partition.committed).toBeUndefined();
  });

  it('waits no longer for a registry when the scope is aborted', async () => {
    const scope = openScope();
    const world = makeWorld({ decode: () => new Promise(() => undefined) });
    const unit = processUnit(
      world.steps,
      inputBatch(['e1:read']),
      scope,
      memoryCommitter(world.partition),
    );
    scope.abort(new Error('the partition went away'));
    await expect(unit).rejects.toThrow('the partition went away');
  });

  it('ends without a commit when the scope is aborted while documents are written', async () => {
    const scope = openScope();
    const world = makeWorld({
      writer: {
        write: async (documents) => {
          scope.abort(new Error('the partition went away'));
          return documents.map(() => ({ status: 'written' }) as const);
        },
      },
    });
    const committer = memoryCommitter(world.partition);
    await expect(
      processUnit(world.steps, inputBatch(['e1:read']), scope, committer),
    ).rejects.toThrow('the partition went away');
    expect(world.partition.committed).toBeUndefined();
  });

  it('writes a large unit in parts of bounded size, in order', async () => {
    const world = makeWorld();
    const values = Array.from(
      { length: 2_500 },
      (_, index) => `e${index}:${index % 1_000 === 0 ? 'drift' : 'read'}`,
    );
    await world.run(values);
    const audit = world.writes.map((ids) => ids.filter((id) => id.startsWith('e')));
    expect(Math.max(...audit.map((ids) => ids.length))).toBeLessThanOrEqual(1_000);
    expect(audit.flat()).toHaveLength(2_500);
    expect(world.outputs()).toEqual(
      ['c-e0', 'c-e1000', 'c-e2000'].map((id) => `drift.candidates ${id}`),
    );
  });

  it('holds no more candidates than a part has bytes for, however few they are', async () => {
    const mebibyte = 1024 * 1024;
    const world = makeWorld({
      candidateDocument: ({ candidate_id }) => ({
        index: 'drift-candidates-2026.01',
        id: candidate_id,
        body: Buffer.alloc(mebibyte),
        write: { replace: '1' },
      }),
    });
    await world.run(Array.from({ length: 20 }, (_, index) => `e${index}:drift`));
    const candidates = world.writes.map((ids) => ids.filter((id) => id.startsWith('c-')));
    expect(candidates.flat()).toHaveLength(20);
    expect(Math.max(...candidates.map((ids) => ids.length))).toBeLessThanOrEqual(8);
  });

  it('counts outcomes once the unit is committed', async () => {
    const world = makeWorld();
    await world.run(['e1:read', 'e2:read', 'e3:drift', 'bad']);
    expect(world.told.map(({ type }) => type).slice(0, 2)).toEqual([
      'unit.started',
      'unit.indexed',
    ]);
    expect(world.told.slice(2)).toEqual([
      {
        type: 'events.processed',
        counts: [
          { provider: 'aws', outcome: 'read', count: 2, unmapped: 0 },
          { provider: 'aws', outcome: 'candidate', count: 1, unmapped: 0 },
        ],
      },
      { type: 'candidate.found', kind: 'changed', severity: 'high', actTime: 7 },
      { type: 'record.dead-lettered', reason: 'not_json' },
    ]);
  });
});
