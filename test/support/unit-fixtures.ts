import type { InputBatch, InputRecord, OutputRecord, UnitScope } from '../../src/pipeline/ports.ts';

const inputRecord = (
  offset: number,
  value: string | null,
  more: Partial<InputRecord> = {},
): InputRecord => ({
  topic: 'audit.events',
  partition: 0,
  offset: String(offset),
  timestamp: 1_700_000_000_000 + offset,
  key: null,
  value: value === null ? null : Buffer.from(value),
  headers: {},
  ...more,
});

/** A batch of records at consecutive offsets. */
export const inputBatch = (
  values: readonly (string | null)[],
  place: { readonly topic?: string; readonly partition?: number; readonly from?: number } = {},
): InputBatch => {
  const { topic = 'audit.events', partition = 0, from = 0 } = place;
  const next = String(from + values.length);
  return {
    topic,
    partition,
    records: values.map((value, index) => inputRecord(from + index, value, { topic, partition })),
    nextOffset: next,
    highWatermark: next,
  };
};

export const outputRecord = (topic: string, value: string): OutputRecord => ({
  topic,
  key: value,
  value: Buffer.from(value),
  headers: {},
});

export const openScope = (): UnitScope & { readonly abort: (reason: Error) => void } => {
  const controller = new AbortController();
  return {
    signal: controller.signal,
    heartbeat: async () => controller.signal.throwIfAborted(),
    abort: (reason) => controller.abort(reason),
  };
};
