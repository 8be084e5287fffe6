import { rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadavg } from 'node:os';
import kafkajs from 'kafkajs';
import { createDiskStore } from '../../../src/adapters/desired-store/disk-store.ts';
import { createKafka } from '../../../src/adapters/kafka/client.ts';
import { createDesiredStateFollower } from '../../../src/adapters/kafka/desired-state-follower.ts';
import { loadSchemas } from '../../../src/codec/load-schemas.ts';
import { modelDecoder } from '../../../src/codec/model-decoder.ts';
import { modelEncoder } from '../../../src/codec/model-encoder.ts';
import type { DesiredResource } from '../../../src/core/model/desired-resource.ts';
import { measureLmdbAlone } from './lmdb-alone.ts';
import { lookupReport } from './lookups.ts';
import { anonymousMb, collectGarbage, peakRssMb, watchAnonymous } from './memory.ts';
import { resourceOf } from './resources.ts';
import { measureStatePublish } from './state-publish.ts';

export interface BenchRun {
  readonly broker: string;
  readonly topic: string;
  readonly resources: number;
  readonly partitions: number;
  readonly folder: string;
}

const silent = { emit: () => undefined };
const connect = (run: BenchRun) =>
  createKafka({ brokers: [run.broker], clientId: 'bench-desired' }, 'consume', silent);
const groupId = (): string => `bench-desired-${process.pid}`;
const now = (): number => performance.now();

/** What every loading role reports. */
const measured = async (
  run: BenchRun,
  work: () => Promise<number>,
): Promise<Readonly<Record<string, number>>> => {
  const memory = watchAnonymous();
  const started = now();
  const cpu = process.cpuUsage();
  const loaded = await work();
  const seconds = (now() - started) / 1000;
  const used = process.cpuUsage(cpu);
  if (loaded !== run.resources) throw new Error(`${loaded} of ${run.resources} resources`);
  const { before, peak } = memory.stop();
  return {
    seconds,
    perSecond: run.resources / seconds,
    cpuSeconds: (used.user + used.system) / 1e6,
    rssAnonBeforeMb: before,
    rssAnonGrowthMb: peak - before,
    peakRssMb: peakRssMb(),
    load: loadavg()[0] ?? Number.NaN,
  };
};

/** Publishes the resources, in the encoding that `desired publish` writes without a registry. */
const publish = async (run: BenchRun): Promise<object> => {
  const kafka = connect(run);
  const encoder = modelEncoder(loadSchemas());
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  let bytes = 0;
  const started = now();
  for (let from = 0; from < run.resources; from += 5_000) {
    const messages = Array.from({ length: Math.min(5_000, run.resources - from) }, (_, index) => {
      const resource = resourceOf(from + index);
      const { value } = encoder.encodeDesiredResource(resource);
      bytes += value.length;
      return { key: resource.key, value, partition: (from + index) % run.partitions };
    });
    await producer.send({ topic: run.topic, messages });
  }
  await producer.disconnect();
  const seconds = (now() - started) / 1000;
  return { seconds, perSecond: run.resources / seconds, valueBytes: bytes / run.resources };
};

/**
 * Reads the topic to its end with a consumer of kafkajs as it comes, without our mends, and nothing around it, at the
 * fetch size it is quickest with.
 */
const consume = async (
  run: BenchRun,
  handle: (values: readonly (Buffer | null)[]) => Promise<void>,
): Promise<number> => {
  const kafka = new kafkajs.Kafka({
    brokers: [run.broker],
    clientId: 'bench-desired',
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const consumer = kafka.consumer({
    groupId: groupId(),
    maxWaitTimeInMs: 250,
    maxBytesPerPartition: 4 * 1024 * 1024,
    readUncommitted: false,
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [run.topic], fromBeginning: true });
  let seen = 0;
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        autoCommit: false,
        eachBatch: async ({ batch }) => {
          await handle(batch.messages.map(({ value }) => value));
          seen += batch.messages.length;
          if (seen >= run.resources) resolve();
        },
      })
      .catch(reject);
  });
  void consumer.disconnect();
  return seen;
};

const empty = async (run: BenchRun): Promise<object> =>
  measured(run, () => consume(run, async () => undefined));

/** Whole objects, attributes parsed, in a Map by identity. */
const map = async (run: BenchRun): Promise<object> => {
  const decoder = modelDecoder(loadSchemas());
  const byKey = new Map<string, DesiredResource>();
  const byIdentity = new Map<string, DesiredResource[]>();
  const load = await measured(run, async () => {
    await consume(run, async (values) => {
      for (const value of values) {
        if (value === null) continue;
        const decoded = await decoder.decodeDesiredResource(value);
        if (!('key' in decoded)) throw new Error(decoded.message);
        const parsed: DesiredResource = { ...decoded };
        byKey.set(parsed.key, parsed);
        for (const identity of parsed.identities) {
          const owners = byIdentity.get(identity);
          if (owners === undefined) byIdentity.set(identity, [parsed]);
          else owners.push(parsed);
        }
      }
    });
    return byKey.size;
  });
  const lookups = lookupReport(
    { lookup: (identity) => byIdentity.get(identity) ?? [] },
    run.resources,
  );
  return { load, lookups };
};

const openAndRead = async (run: BenchRun) => {
  const store = createDiskStore({
    folder: run.folder,
    name: 'bench',
    schemas: loadSchemas()['desired-resource'],
    clock: Date.now,
    onRejected: ({ message }) => {
      throw new Error(message);
    },
  });
  const reader = createDesiredStateFollower({
    kafka: connect(run),
    topic: run.topic,
    sink: store,
    telemetry: silent,
    now,
    clock: Date.now,
    onFatal: (error) => {
      throw error;
    },
  });
  const load = await measured(run, async () => {
    await reader.start(AbortSignal.timeout(1_800_000));
    return store.index.size;
  });
  return { store, reader, load };
};

const store = async (run: BenchRun): Promise<object> => {
  rmSync(run.folder, { recursive: true, force: true });
  const opened = await openAndRead(run);
  await opened.reader.stop();
  await opened.store.close();
  return { load: opened.load, diskMb: statSync(join(run.folder, 'data.mdb')).size / 1024 ** 2 };
};

const restart = async (run: BenchRun): Promise<object> => {
  const opened = await openAndRead(run);
  // Seconds of the whole process, with loading the code, until the store is ready.
  const sinceStart = process.uptime();
  const lookups = lookupReport(opened.store.index, run.resources);
  collectGarbage();
  const rssAnonAfterLookupsMb = anonymousMb() - (opened.load['rssAnonBeforeMb'] ?? Number.NaN);
  await opened.reader.stop();
  await opened.store.close();
  return { load: opened.load, processSeconds: sinceStart, lookups, rssAnonAfterLookupsMb };
};

/** `driftline desired publish` of one state, to a topic of its own. */
const state = async (run: BenchRun): Promise<object> =>
  measureStatePublish(dirname(run.folder), run.broker, `${run.topic}.state`, run.resources);

const lmdb = async (run: BenchRun): Promise<object> => measureLmdbAlone(run.folder, run.resources);

export const ROLES = { publish, empty, lmdb, map, store, restart, state } as const;
export type Role = keyof typeof ROLES;
