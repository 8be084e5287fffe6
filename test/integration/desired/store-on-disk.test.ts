import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import kafkajs from 'kafkajs';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { createDiskStore } from '../../../src/adapters/desired-store/disk-store.ts';
import { createKafka } from '../../../src/adapters/kafka/client.ts';
import { createDesiredStateFollower } from '../../../src/adapters/kafka/desired-state-follower.ts';
import { loadSchemas } from '../../../src/codec/load-schemas.ts';
import { modelEncoder } from '../../../src/codec/model-encoder.ts';
import type { TelemetryEvent } from '../../../src/telemetry/telemetry-event.ts';
import { sampleResource } from '../../support/desired-samples.ts';
import { createTopics, testKafka, withAdmin } from '../../support/kafka-reader.ts';
import { expectStoreIsTopic } from '../../support/store-and-topic.ts';

const { CompressionTypes } = kafkajs;
type CompressionTypes = kafkajs.CompressionTypes;
const { kafka: broker } = inject('stack');
const kafka = testKafka(broker);
const schemas = loadSchemas();
const encoder = modelEncoder(schemas);
const CHILD = fileURLToPath(new URL('../../support/desired-store-process.ts', import.meta.url));

describe('the store on disk and its topic', () => {
  let topic: string;
  let folder: string;
  let signal: AbortSignal;

  const publish = async (
    numbers: readonly number[],
    version: number,
    compression = CompressionTypes.None,
  ): Promise<void> => {
    const messages = numbers.map((number) => {
      const resource = sampleResource(number, version);
      const value = version === 0 ? null : encoder.encodeDesiredResource(resource).value;
      return { key: resource.key, value };
    });
    // One for each publish: kafkajs asks for every topic that a producer has ever written to, deleted ones too.
    const producer = kafka.producer({ allowAutoTopicCreation: false });
    await producer.connect();
    for (let from = 0; from < messages.length; from += 5_000)
      await producer.send({ topic, compression, messages: messages.slice(from, from + 5_000) });
    await producer.disconnect();
  };
  const numbers = (from: number, to: number): readonly number[] =>
    Array.from({ length: to - from }, (_, index) => from + index);

  const openStore = () => {
    const emitted: TelemetryEvent[] = [];
    const store = createDiskStore({
      folder,
      name: topic,
      schemas: schemas['desired-resource'],
      clock: Date.now,
      onRejected: ({ message }) => {
        throw new Error(message);
      },
    });
    const reader = createDesiredStateFollower({
      kafka: createKafka({ brokers: [broker], clientId: 'store-test' }, 'consume', {
        emit: () => undefined,
      }),
      topic,
      sink: store,
      telemetry: { emit: (event) => void emitted.push(event) },
      now: () => performance.now(),
      clock: Date.now,
      patienceMs: 20_000,
      onFatal: () => undefined,
    });
    const close = async (): Promise<void> => {
      await reader.stop();
      await store.close();
    };
    return { store, reader, emitted, close };
  };

  /** Starts a process that loads; kills it once it holds so many resources. @returns what it said */
  const loadAndKill = (atLeast: number): Promise<readonly Record<string, unknown>[]> =>
    new Promise((resolve) => {
      const { NODE_ENV: _testOnly, ...env } = process.env;
      const child = spawn(process.execPath, [CHILD, broker, topic, folder], {
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const said: Record<string, unknown>[] = [];
      createInterface({ input: child.stdout }).on('line', (line) => {
        const what = JSON.parse(line) as Record<string, unknown>;
        said.push(what);
        if (Number(what['resources'] ?? -1) >= atLeast && what['left'] !== '0')
          child.kill('SIGKILL');
      });
      child.on('close', () => resolve(said));
    });

  beforeEach(async () => {
    topic = `store.test.${randomUUID()}`;
    folder = mkdtempSync(join(tmpdir(), 'driftline-store-'));
    signal = AbortSignal.timeout(90_000);
    await createTopics(kafka, [{ topic, partitions: 3, compacted: true }]);
    return async () => {
      await withAdmin(kafka, (admin) => admin.deleteTopics({ topics: [topic] }));
      rmSync(folder, { recursive: true, force: true });
    };
  });

  it('reads on where it was, follows, and is the topic', async () => {
    await publish(numbers(0, 2_000), 1);
    const first = openStore();
    await first.reader.start(signal);
    expect(first.store.index.size).toBe(2_000);
    await publish([5], 2);
    await publish([6], 0);
    await first.reader.catchUp(signal);
    expect(first.store.index.lookup('id:vpc-6')).toEqual([]);
    expect(first.store.index.lookup('id:vpc-5')).toMatchObject([{}]);
    expect(first.store.index.lookup('id:vpc-5')[0]?.serial).toBe(2);
    await first.close();

    await publish(numbers(2_000, 2_100), 1);
    await publish(numbers(10, 20), 0);
    const second = openStore();
    await second.reader.start(signal);
    expect(second.emitted.map(({ type }) => type)).not.toContain('desired-state.rebuilding');
    expect(second.store.index.size).toBe(2_000 - 1 + 100 - 10);
    await second.close();
    await expectStoreIsTopic(folder, kafka, topic);
  });

  it('is ready at once where nothing is new', async () => {
    await publish(numbers(0, 100), 1);
    const first = openStore();
    await first.reader.start(signal);
    await first.close();
    const second = openStore();
    await second.reader.start(signal);
    expect(second.store.index.lookup('id:vpc-42')).toHaveLength(1);
    // And follows all the same.
    await publish([42], 0);
    await second.reader.catchUp(signal);
    expect(second.store.index.lookup('id:vpc-42')).toEqual([]);
    await second.close();
    await expectStoreIsTopic(folder, kafka, topic);
  });

  it('is right after kills at any time of its load', async () => {
    await publish(numbers(0, 40_000), 1);
    await publish(numbers(0, 5_000), 2);
    await publish(numbers(3_000, 6_000), 0);
    let kills = 0;
    for (const atLeast of [0, 1, 8_000, 20_000, 30_000]) {
      const said = await loadAndKill(atLeast);
      if (!said.some((each) => 'loaded' in each)) kills++;
      expect(said.filter((each) => 'rejected' in each)).toEqual([]);
    }
    expect(kills).toBeGreaterThan(1);
    const last = openStore();
    await last.reader.start(signal);
    await last.close();
    await expectStoreIsTopic(folder, kafka, topic);
  });

  it('takes compressed batches, and reads on in the middle of one', async () => {
    const { None, ...codecs } = CompressionTypes;
    let from = 0;
    for (const compression of [None, ...Object.values(codecs)]) {
      await publish(numbers(from, from + 500), 1, compression as CompressionTypes);
      from += 500;
    }
    const first = openStore();
    await first.reader.start(signal);
    expect(first.store.index.size).toBe(from);
    await first.close();
    await expectStoreIsTopic(folder, kafka, topic);
  });

  it('reads partitions that are added to the topic once it starts again', async () => {
    await publish(numbers(0, 300), 1);
    const first = openStore();
    await first.reader.start(signal);
    await first.close();
    await withAdmin(kafka, (admin) =>
      admin.createPartitions({ topicPartitions: [{ topic, count: 5 }] }),
    );
    await publish(numbers(1_000, 1_300), 1);
    const second = openStore();
    await second.reader.start(signal);
    expect(second.store.index.size).toBe(600);
    await second.close();
    await expectStoreIsTopic(folder, kafka, topic);
  });

  it('is one a process', async () => {
    const first = openStore();
    await first.reader.start(signal);
    const second = openStore();
    await expect(second.reader.start(signal)).rejects.toMatchObject({ code: 'store_in_use' });
    await second.close();
    await first.close();
  });

  it('is built anew for a topic that was deleted and created again', async () => {
    await publish(numbers(0, 300), 1);
    const first = openStore();
    await first.reader.start(signal);
    await first.close();
    await withAdmin(kafka, (admin) => admin.deleteTopics({ topics: [topic] }));
    await createTopics(kafka, [{ topic, partitions: 3, compacted: true }]);
    await publish(numbers(1_000, 1_400), 1);
    const second = openStore();
    await second.reader.start(signal);
    expect(second.emitted).toContainEqual(
      expect.objectContaining({ type: 'desired-state.rebuilding' }),
    );
    expect(second.store.index.size).toBe(400);
    await second.close();
    await expectStoreIsTopic(folder, kafka, topic);
  });

  it('a topic that is not there is told, and leaves neither a thread nor a lock behind', async () => {
    const missing = `store.test.${randomUUID()}`;
    const there = topic;
    topic = missing;
    const first = openStore();
    await expect(first.reader.start(signal)).rejects.toMatchObject({ code: 'topic_missing' });
    await first.close();
    topic = there;
    await publish(numbers(0, 10), 1);
    const second = openStore();
    await second.reader.start(signal);
    expect(second.store.index.size).toBe(10);
    await second.close();
  });
});
