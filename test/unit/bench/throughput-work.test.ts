import { describe, expect, it } from 'vitest';
import { AvroEvents } from '../../../src/codec/avro-events.ts';
import { decodeRecord } from '../../../src/codec/decode-record.ts';
import { loadSchemas } from '../../../src/codec/load-schemas.ts';
import type { ProcessedEvent } from '../../../src/core/model/processed-event.ts';
import { processEvent } from '../../../src/core/process-event.ts';
import { TRUSTED_PRINCIPAL } from '../../bench/throughput/work/actors.ts';
import { estateStates } from '../../bench/throughput/work/estate.ts';
import {
  FORMATS,
  workRecords,
  type Format,
  type WorkRecord,
} from '../../bench/throughput/work/work.ts';
import { detectionOverStates } from '../../support/detection-context.ts';

const OPTIONS = { events: 1_500, resources: 1_500, from: Date.UTC(2026, 0, 30) };

const context = detectionOverStates(estateStates(OPTIONS.resources), [TRUSTED_PRINCIPAL]);
const avro = new AvroEvents({ schemas: loadSchemas()['audit-event'] });

const processed = ({ value }: WorkRecord): ProcessedEvent => {
  const decoded = decodeRecord(value, { avro });
  if (decoded instanceof Promise) throw new Error('A schema would have to be fetched.');
  const [event] = decoded.events;
  if (event === undefined) throw new Error(decoded.failures[0]?.message);
  return processEvent(event, context);
};

const told = (format: Format): readonly unknown[] =>
  Array.from(workRecords(format, OPTIONS), (record) => {
    const { event, outcome, candidates } = processed(record);
    const { id, actor, request } = event;
    return { id, outcome, actor, request, candidates };
  });

describe('the work of the throughput bench', () => {
  it.each(FORMATS)('has acts in %s that end as they are meant to', (format) => {
    for (const record of workRecords(format, OPTIONS)) {
      const { outcome, event } = processed(record);
      expect(outcome, event.operation).toBe(record.intent);
    }
  });

  it('tells the same acts in each format', () => {
    const [first, ...others] = FORMATS.map(told);
    for (const other of others) expect(other).toEqual(first);
  });

  it('is the same for the same seed, and another for another', () => {
    const texts = (seed: number): readonly string[] =>
      Array.from(workRecords('cloudtrail', { ...OPTIONS, events: 50, seed }), ({ value }) =>
        value.toString(),
      );
    expect(texts(7)).toEqual(texts(7));
    expect(texts(8)).not.toEqual(texts(7));
  });

  it('has three mutating acts in ten, one in two of them a candidate', () => {
    const intents = Array.from(workRecords('cloudtrail', OPTIONS), ({ intent }) => intent);
    const share = (intent: string): number =>
      intents.filter((each) => each === intent).length / intents.length;
    expect(share('read')).toBeCloseTo(0.7, 1);
    expect(share('candidate')).toBeCloseTo(0.15, 1);
  });

  it('has records of the size that accounts have', () => {
    const sizes = Array.from(workRecords('ocsf', OPTIONS), ({ value }) => value.length);
    const average = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    expect(average).toBeGreaterThan(1_500);
    expect(average).toBeLessThan(1_700);
  });
});
