import * as api from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace';
import * as conventions from '@opentelemetry/semantic-conventions/incubating';
import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../src/core/model/audit-event.ts';
import type { DriftCandidate } from '../../../src/core/model/drift-candidate.ts';
import { processUnit } from '../../../src/pipeline/process-unit.ts';
import type { UnitSteps } from '../../../src/pipeline/unit-steps.ts';
import type { InputBatch, OutputRecord, UnitCommitter } from '../../../src/pipeline/ports.ts';
import { createTurns } from '../../../src/pipeline/turns.ts';
import { createByteSlabs } from '../../../src/codec/byte-slabs.ts';
import { createProgramFaults } from '../../../src/pipeline/program-faults.ts';
import { traceUnits } from '../../../src/pipeline/trace-units.ts';
import { openTelemetryTracer } from '../../../src/telemetry/open-telemetry.ts';
import { fakePatience } from '../../support/fake-patience.ts';
import { inputBatch, openScope, outputRecord } from '../../support/unit-fixtures.ts';

const NO_BYTES = Buffer.alloc(0);

const producer = (number: number, flags = '01'): string =>
  `00-${String(number).padStart(32, 'a')}-${String(number).padStart(16, 'b')}-${flags}`;

/** A record's value here is the id of its event; `drift…` makes a candidate, `bad` is no event. */
const stepsOf = (overrides: Partial<UnitSteps>): UnitSteps => ({
  decode: ({ value }) => {
    const id = String(value);
    return id === 'bad'
      ? { events: [], failures: [{ stage: 'decode', reason: 'not_json', message: 'no' }] }
      : {
          events: [{ id, provider: 'aws', raw: NO_BYTES } as Partial<AuditEvent> as AuditEvent],
          failures: [],
        };
  },
  process: (event) => {
    const isDrift = event.id.startsWith('drift');
    return {
      event,
      outcome: isDrift ? 'candidate' : 'read',
      reason: 'read_only',
      owners: [],
      candidates: isDrift
        ? [{ candidate_id: `c-${event.id}`, severity: { level: 'low' } } as DriftCandidate]
        : [],
      unmapped: false,
    };
  },
  auditDocument: ({ event }) => ({
    index: 'events',
    id: event.id,
    body: Buffer.from('{}'),
    write: 'create',
  }),
  candidateDocument: ({ candidate_id }) => ({
    index: 'candidates',
    id: candidate_id,
    body: Buffer.from('{}'),
    write: 'create',
  }),
  candidateRecord: ({ candidate_id }) => outputRecord('drift.candidates', candidate_id),
  deadLetter: ({ headers }, { reason }) => ({
    ...outputRecord('dead-letters', reason),
    headers: headers as OutputRecord['headers'],
  }),
  writer: { write: async (documents) => documents.map(() => ({ status: 'written' })) },
  telemetry: { emit: () => undefined },
  patience: fakePatience().patience,
  programFaults: createProgramFaults(2),
  slabs: createByteSlabs({ slabBytes: 65_536, maxKept: 4 }),
  turns: createTurns(async () => undefined),
  ...overrides,
});

const makeWorld = (overrides: Partial<UnitSteps> = {}) => {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const outputs: OutputRecord[] = [];
  const committer: UnitCommitter = {
    commit: async (_batch, records) => void outputs.push(...records),
  };
  const traced = traceUnits(processUnit, {
    tracer: openTelemetryTracer(api, '1.2.3', provider),
    groupId: 'driftline',
    clientId: 'member-1',
  });
  return {
    outputs,
    run: (batch: InputBatch, through: UnitCommitter = committer) =>
      traced(stepsOf(overrides), batch, openScope(), through),
    spans: () => exporter.getFinishedSpans(),
    span: (name: string): ReadableSpan => {
      const [found, ...more] = exporter.getFinishedSpans().filter((span) => span.name === name);
      if (found === undefined || more.length > 0)
        throw new Error(
          `no single ${name}: ${exporter
            .getFinishedSpans()
            .map((span) => span.name)
            .join()}`,
        );
      return found;
    },
  };
};

const batchWith = (
  values: readonly string[],
  headers: readonly (Readonly<Record<string, Buffer | string>> | undefined)[],
): InputBatch => {
  const batch = inputBatch(values, { partition: 3 });
  const records = batch.records.map((record, at) => ({ ...record, headers: headers[at] ?? {} }));
  return { ...batch, records };
};

const traceOf = (traceparent: unknown): string => String(traceparent).split('-')[1] ?? '';

describe('traceUnits', () => {
  it('is the unit itself where no spans are wanted, so that nothing is paid for them', () => {
    expect(traceUnits(processUnit, undefined)).toBe(processUnit);
  });

  it('makes one span of a unit, with the attributes of the messaging conventions', async () => {
    const world = makeWorld();
    await world.run(batchWith(['read-1', 'read-2'], []));
    const span = world.span('process audit.events');
    expect(span.kind).toBe(api.SpanKind.CONSUMER);
    expect(span.parentSpanContext).toBeUndefined();
    expect(span.attributes).toEqual({
      [conventions.ATTR_MESSAGING_SYSTEM_NAME]: 'kafka',
      [conventions.ATTR_MESSAGING_SYSTEM]: 'kafka',
      [conventions.ATTR_MESSAGING_OPERATION_NAME]: 'process',
      [conventions.ATTR_MESSAGING_OPERATION_TYPE]:
        conventions.MESSAGING_OPERATION_TYPE_VALUE_PROCESS,
      [conventions.ATTR_MESSAGING_DESTINATION_NAME]: 'audit.events',
      [conventions.ATTR_MESSAGING_DESTINATION_PARTITION_ID]: '3',
      [conventions.ATTR_MESSAGING_CONSUMER_GROUP_NAME]: 'driftline',
      [conventions.ATTR_MESSAGING_CLIENT_ID]: 'member-1',
      [conventions.ATTR_MESSAGING_BATCH_MESSAGE_COUNT]: 2,
    });
    expect(span.status.code).toBe(api.SpanStatusCode.UNSET);
    expect(span.instrumentationScope).toMatchObject({ name: 'driftline', version: '1.2.3' });
  });

  it('makes children of the bulk write, of the commit, and in it of the sends', async () => {
    const world = makeWorld();
    await world.run(batchWith(['read', 'drift', 'bad'], []));
    const unit = world.span('process audit.events').spanContext();
    const bulks = world.spans().filter(({ name }) => name === 'bulk');
    expect(bulks.map(({ attributes }) => attributes)).toEqual([
      {
        [conventions.ATTR_DB_SYSTEM_NAME]: conventions.DB_SYSTEM_NAME_VALUE_OPENSEARCH,
        [conventions.ATTR_DB_OPERATION_NAME]: 'bulk',
        [conventions.ATTR_DB_OPERATION_BATCH_SIZE]: 2,
      },
      expect.objectContaining({ [conventions.ATTR_DB_OPERATION_BATCH_SIZE]: 1 }),
    ]);
    const commit = world.span('commit audit.events');
    for (const child of [...bulks, commit]) {
      expect(child.parentSpanContext?.spanId).toBe(unit.spanId);
      expect(child.spanContext().traceId).toBe(unit.traceId);
    }
    expect(commit.attributes).toMatchObject({
      [conventions.ATTR_MESSAGING_OPERATION_TYPE]:
        conventions.MESSAGING_OPERATION_TYPE_VALUE_SETTLE,
      [conventions.ATTR_MESSAGING_DESTINATION_PARTITION_ID]: '3',
    });
    for (const topic of ['drift.candidates', 'dead-letters']) {
      const send = world.span(`send ${topic}`);
      expect(send.kind).toBe(api.SpanKind.CLIENT);
      expect(send.parentSpanContext?.spanId).toBe(commit.spanContext().spanId);
      expect(send.attributes).toMatchObject({
        [conventions.ATTR_MESSAGING_OPERATION_TYPE]:
          conventions.MESSAGING_OPERATION_TYPE_VALUE_SEND,
        [conventions.ATTR_MESSAGING_DESTINATION_NAME]: topic,
        [conventions.ATTR_MESSAGING_BATCH_MESSAGE_COUNT]: 1,
      });
    }
    const create = world.span('create drift.candidates');
    expect(create.kind).toBe(api.SpanKind.PRODUCER);
    expect(create.attributes).toMatchObject({ [conventions.ATTR_KAFKA_MESSAGE_KEY]: 'c-drift' });
    expect(world.span('send drift.candidates').links).toEqual([
      expect.objectContaining({
        context: expect.objectContaining({ spanId: create.spanContext().spanId }) as unknown,
      }),
    ]);
  });

  it("links a unit to its records' producers, each once, and to so many at most", async () => {
    const world = makeWorld();
    await world.run(
      batchWith(
        ['a', 'b', 'c', 'd'],
        [{ traceparent: producer(1) }, { traceparent: producer(1) }, {}, { traceparent: 'broken' }],
      ),
    );
    expect(world.span('process audit.events').links).toHaveLength(1);

    const many = makeWorld();
    const values = Array.from({ length: 500 }, (_, at) => `read-${at}`);
    await many.run(
      batchWith(
        values,
        values.map((_, at) => ({ traceparent: producer(at + 1) })),
      ),
    );
    expect(many.span('process audit.events').links).toHaveLength(64);
  });

  it("continues the producer's trace in a candidate's headers, and the unit's where there is none", async () => {
    const world = makeWorld();
    await world.run(
      batchWith(['drift-1', 'drift-2'], [{ traceparent: producer(7), tracestate: 'vendor=1' }]),
    );
    const unit = world.span('process audit.events').spanContext();
    const [first, second] = world.outputs.map(({ headers }) => headers);
    expect(traceOf(first?.['traceparent'])).toBe(traceOf(producer(7)));
    expect(first?.['traceparent']).not.toBe(producer(7));
    expect(first?.['tracestate']).toBe('vendor=1');
    expect(traceOf(second?.['traceparent'])).toBe(unit.traceId);
    expect(second).not.toHaveProperty('tracestate');
    const [created] = world.spans().filter(({ name }) => name === 'create drift.candidates');
    expect(created?.parentSpanContext?.spanId).toBe(producer(7).split('-')[2]);
    expect(created?.links[0]?.context.spanId).toBe(unit.spanId);
    expect(first?.['traceparent']).toContain(created?.spanContext().spanId);
  });

  it('keeps the headers of a dead letter as they came', async () => {
    const world = makeWorld();
    await world.run(batchWith(['bad'], [{ traceparent: producer(9) }]));
    expect(world.outputs.map(({ headers }) => headers)).toEqual([{ traceparent: producer(9) }]);
  });

  it('exports nothing of a trace that its producer does not sample, and hands that on', async () => {
    const world = makeWorld();
    await world.run(batchWith(['drift'], [{ traceparent: producer(5, '00') }]));
    expect(world.spans().map(({ name }) => name)).not.toContain('create drift.candidates');
    expect(world.outputs[0]?.headers['traceparent']).toMatch(/-00$/);
  });

  it('makes so many spans of candidates at most; the others carry on what came with their record', async () => {
    const world = makeWorld();
    const values = Array.from({ length: 130 }, (_, at) => `drift-${at}`);
    await world.run(
      batchWith(
        values,
        values.map((_, at) => (at === 129 ? {} : { traceparent: producer(at + 1) })),
      ),
    );
    const created = world.spans().filter(({ name }) => name === 'create drift.candidates');
    expect(created).toHaveLength(128);
    expect(world.outputs).toHaveLength(130);
    expect(world.outputs[128]?.headers['traceparent']).toBe(producer(129));
    expect(traceOf(world.outputs[129]?.headers['traceparent'])).toBe(
      world.span('process audit.events').spanContext().traceId,
    );
    expect(world.span('send drift.candidates').links).toHaveLength(64);
  });

  it('shows the first 256 characters of a long key, and not half of one', async () => {
    const key = `${'k'.repeat(255)}😀${'k'.repeat(10_000)}`;
    const world = makeWorld({
      candidateRecord: () => ({ ...outputRecord('drift.candidates', 'c'), key }),
    });
    await world.run(batchWith(['drift'], []));
    expect(world.span('create drift.candidates').attributes['kafka.message.key']).toBe(
      `${'k'.repeat(255)}\ufffd`,
    );
    expect(world.outputs[0]?.key).toBe(key);
  });

  it('ends every span with the code of what failed, and never with its message', async () => {
    const failure = Object.assign(new Error('secret of a record'), {
      code: 'partition_lost',
      retriable: false,
    });
    const world = makeWorld();
    const commit = async (): Promise<never> => Promise.reject(failure);
    await expect(world.run(batchWith(['drift'], []), { commit })).rejects.toBe(failure);
    for (const name of ['send drift.candidates', 'commit audit.events', 'process audit.events']) {
      const span = world.span(name);
      expect(span.status).toEqual({ code: api.SpanStatusCode.ERROR });
      expect(span.attributes[conventions.ATTR_ERROR_TYPE]).toBe('partition_lost');
      expect(span.events).toEqual([]);
    }

    const broken = makeWorld({ writer: { write: () => Promise.reject(new TypeError('no')) } });
    await expect(broken.run(batchWith(['read'], []))).rejects.toThrow('no');
    expect(broken.span('bulk').attributes[conventions.ATTR_ERROR_TYPE]).toBe('TypeError');
  });
});
