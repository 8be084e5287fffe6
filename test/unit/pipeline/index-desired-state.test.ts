import { describe, expect, it } from 'vitest';
import { desiredDocument, desiredRemoval } from '../../../src/codec/desired-document.ts';
import { indexDesiredUnit } from '../../../src/pipeline/index-desired-state.ts';
import type { DocumentWriter, InputBatch, InputRecord } from '../../../src/pipeline/ports.ts';
import { fakeDocumentWriter } from '../../support/fake-document-writer.ts';
import { recordedTelemetry } from '../../support/recorded-telemetry.ts';
import { sampleResource } from '../codec/sample-models.ts';

const INDEX = 'desired-state';
const scope = { signal: new AbortController().signal, heartbeat: async () => undefined };

const record = (offset: string, key: string | null, value: string | null): InputRecord => ({
  topic: 'desired.state',
  partition: 1,
  offset,
  timestamp: 0,
  key: key === null ? null : Buffer.from(key),
  value: value === null ? null : Buffer.from(value),
  headers: {},
});

const batchOf = (records: readonly InputRecord[]): InputBatch => ({
  topic: 'desired.state',
  partition: 1,
  records,
  nextOffset: '100',
  highWatermark: '100',
});

/** Values are addresses; `bad` cannot be decoded. */
const setUp = (writer: DocumentWriter = fakeDocumentWriter()) => {
  const telemetry = recordedTelemetry();
  const order: string[] = [];
  const run = (records: readonly InputRecord[]): Promise<void> =>
    indexDesiredUnit(
      {
        decode: (value) => {
          const text = value.toString();
          return text === 'bad'
            ? { stage: 'decode', reason: 'not_avro', message: 'It is bad.' }
            : { ...sampleResource, key: `k-${text}`, address: text };
        },
        document: (resource, { topic, partition, offset }) =>
          desiredDocument(resource, { topic, partition, offset }, { index: INDEX, indexedTime: 5 }),
        removal: (key, { offset }) => desiredRemoval(key, offset, INDEX),
        writer: {
          write: async (documents, given) => {
            order.push('write');
            return writer.write(documents, given);
          },
        },
        telemetry,
        patience: {
          initialDelayMs: 1,
          maxDelayMs: 1,
          limitMs: 1,
          now: () => 0,
          sleep: async () => undefined,
          random: () => 0,
          onRetry: () => undefined,
        },
      },
      batchOf(records),
      scope,
      {
        commit: async (_batch, outputs) => {
          order.push(`commit ${outputs.length}`);
        },
      },
    );
  return { run, telemetry, order };
};

describe('indexing a unit of desired resources', () => {
  it('writes resources, takes those of tombstones away, and commits after that', async () => {
    const writer = fakeDocumentWriter();
    const { run, order } = setUp(writer);
    await run([record('7', 'k-a', 'a'), record('8', 'k-b', 'b'), record('9', 'k-a', null)]);
    expect(writer.stored(INDEX, 'k-a')).toBeUndefined();
    expect(writer.stored(INDEX, 'k-b')).toContain('"address":"b"');
    expect(order).toEqual(['write', 'commit 0']);
  });

  it('changes nothing when the unit is repeated, or an older one comes late', async () => {
    const writer = fakeDocumentWriter();
    const { run } = setUp(writer);
    await run([record('7', 'k-a', 'a'), record('9', 'k-a', null)]);
    await run([record('7', 'k-a', 'a')]);
    expect(writer.stored(INDEX, 'k-a')).toBeUndefined();
  });

  it.each([
    ['cannot be decoded', record('7', 'k-a', 'bad'), 'It is bad.'],
    ['has no key', record('7', null, 'a'), 'The record has no key.'],
    [
      'has another key than its resource',
      record('7', 'k-x', 'a'),
      'The resource has another key than the record.',
    ],
  ])('tells of a record that %s, and goes on', async (_name, bad, message) => {
    const writer = fakeDocumentWriter();
    const { run, telemetry, order } = setUp(writer);
    await run([bad, record('8', 'k-b', 'b')]);
    expect(telemetry.of('desired-state.unindexed')).toMatchObject([{ offset: '7', message }]);
    expect(writer.stored(INDEX, 'k-b')).toBeDefined();
    expect(order.at(-1)).toBe('commit 0');
  });

  it('tells of a document that OpenSearch refuses, and goes on', async () => {
    const refusing: DocumentWriter = {
      write: async (documents) =>
        documents.map(() => ({ status: 'rejected', message: 'field [a] of type [b]' })),
    };
    const { run, telemetry, order } = setUp(refusing);
    await run([record('7', 'k-a', 'a')]);
    expect(telemetry.of('desired-state.unindexed')).toMatchObject([
      { offset: '7', message: 'field [a] of type [b]' },
    ]);
    expect(order.at(-1)).toBe('commit 0');
  });

  it('commits nothing where the writer gives up', async () => {
    const failing: DocumentWriter = {
      write: async () => {
        throw new Error('gone');
      },
    };
    const { run, order } = setUp(failing);
    await expect(run([record('7', 'k-a', 'a')])).rejects.toThrow('gone');
    expect(order).toEqual(['write']);
  });
});
