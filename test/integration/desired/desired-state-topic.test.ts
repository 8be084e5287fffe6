import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { createMemoryIndex } from '../../../src/adapters/desired-store/memory-index.ts';
import { createKafka } from '../../../src/adapters/kafka/client.ts';
import {
  createDesiredStateReader,
  type DesiredStateReader,
} from '../../../src/adapters/kafka/desired-state-reader.ts';
import { openDesiredStateTopic } from '../../../src/adapters/kafka/desired-state-topic.ts';
import type { HeldResource } from '../../../src/core/desired/publish-plan.ts';
import type { DesiredResource } from '../../../src/core/model/desired-resource.ts';
import type { RecordFailure } from '../../../src/core/model/outcome.ts';
import type { DesiredStateTopic } from '../../../src/pipeline/ports.ts';
import { publishDesiredStates } from '../../../src/pipeline/publish-desired-states.ts';
import { keptForPublish, prepareStates } from '../../../src/pipeline/prepare-states.ts';
import type { ReadState } from '../../../src/pipeline/read-desired-states.ts';
import type { TelemetryEvent } from '../../../src/telemetry/telemetry-event.ts';

const connection = { brokers: [inject('stack').kafka], clientId: 'desired-test' };
const consumeKafka = createKafka(connection, 'consume', { emit: () => undefined });
const transactKafka = createKafka(connection, 'transact', { emit: () => undefined });
const admin = consumeKafka.admin();
const producer = transactKafka.producer({ allowAutoTopicCreation: false });

const encode = (resource: DesiredResource) => Buffer.from(JSON.stringify(resource));
const decode = async (value: Buffer): Promise<DesiredResource | RecordFailure> =>
  value[0] === 0x7b
    ? (JSON.parse(value.toString()) as DesiredResource)
    : { stage: 'decode', reason: 'not_json', message: 'not JSON' };

const resource = (address: string, change: Partial<DesiredResource> = {}): DesiredResource => ({
  key: `prod/l-1/${address}`,
  scope: 'prod/l-1',
  address,
  type: 'aws_vpc',
  provider: 'aws',
  identities: [`id:${address}`],
  attributes: { tags: { Name: address } },
  environment: 'prod',
  source: 'a.tfstate',
  lineage: 'l-1',
  serial: 1,
  published_time: 1,
  ...change,
});

const stateOf = (serial: number, resources: readonly DesiredResource[]): ReadState => ({
  source: 'a.tfstate',
  state: {
    scope: 'prod/l-1',
    lineage: 'l-1',
    serial,
    resources: resources.map((each) => ({ ...each, serial })),
    skipped: { data: 0, deposed: 0 },
  },
});

describe('the topic of desired resources', () => {
  let topic: string;
  let emitted: TelemetryEvent[];
  let signal: AbortSignal;
  const open: { stop(): Promise<void> }[] = [];

  const options = () => ({
    topic,
    decode,
    encoder: async () => (resource: DesiredResource) => ({ value: encode(resource), headers: {} }),
    transactionalIdPrefix: `${topic}-`,
    acls: [],
    telemetry: { emit: (event: TelemetryEvent) => void emitted.push(event) },
    now: () => performance.now(),
    patienceMs: 20_000,
  });

  const openTopic = async (): Promise<DesiredStateTopic<HeldResource>> => {
    const opened = await openDesiredStateTopic(
      { ...options(), consumeKafka, transactKafka, keep: keptForPublish('prod') },
      signal,
    );
    open.push({ stop: () => opened.close() });
    return opened;
  };

  const openReader = () => {
    const target = createMemoryIndex();
    const reader: DesiredStateReader = createDesiredStateReader({
      ...options(),
      kafka: consumeKafka,
      target,
      onFatal: () => undefined,
    });
    open.push(reader);
    return { reader, target };
  };

  const publish = async (read: ReadState, force = false) => {
    const opened = await openTopic();
    const result = await publishDesiredStates(
      await prepareStates([read], signal),
      opened,
      { force, dryRun: false },
      signal,
    );
    await opened.close();
    open.pop();
    return result;
  };

  const committedRecords = async (): Promise<number> => {
    const offsets = await admin.fetchTopicOffsets(topic);
    return offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
  };

  beforeAll(async () => {
    await admin.connect();
    await producer.connect();
  });
  afterAll(async () => {
    await producer.disconnect();
    await admin.disconnect();
  });
  beforeEach(async () => {
    topic = `desired.test.${randomUUID()}`;
    emitted = [];
    signal = AbortSignal.timeout(60_000);
    await admin.createTopics({
      topics: [
        { topic, numPartitions: 3, configEntries: [{ name: 'cleanup.policy', value: 'compact' }] },
      ],
    });
    return async () => {
      for (const each of open.splice(0)) await each.stop();
      await admin.deleteTopics({ topics: [topic] });
    };
  });

  it('is caught up at once where it is empty, and then follows', async () => {
    const { reader, target } = openReader();
    await reader.start(signal);
    expect(target.size).toBe(0);
    await publish(stateOf(1, [resource('aws_vpc.a')]));
    await reader.catchUp(signal);
    expect(target.lookup('id:aws_vpc.a')).toMatchObject([{ key: 'prod/l-1/aws_vpc.a' }]);
  });

  it('brings a reader that starts later all that is published, without what left', async () => {
    const many = Array.from({ length: 300 }, (_, number) => resource(`aws_vpc.v${number}`));
    await publish(stateOf(1, many));
    const second = await publish(stateOf(2, many.slice(1)));
    expect(second).toMatchObject({
      ok: true,
      published: [{ removed: 1, unchanged: 299, changed: 0 }],
    });
    const { reader, target } = openReader();
    await reader.start(signal);
    expect(target.size).toBe(299);
    expect(target.lookup('id:aws_vpc.v0')).toEqual([]);
    expect(emitted.findLast(({ type }) => type === 'desired-state.loaded')).toMatchObject({
      resources: 299,
    });
  });

  it('writes nothing where the same is published again', async () => {
    const state = stateOf(3, [resource('aws_vpc.a'), resource('aws_vpc.b')]);
    expect(await publish(state)).toMatchObject({ ok: true, published: [{ added: 2 }] });
    const before = await committedRecords();
    expect(await publish(state)).toMatchObject({
      ok: true,
      published: [{ unchanged: 2, added: 0 }],
    });
    expect(await committedRecords()).toBe(before);
  });

  it('refuses a serial that goes back, unless forced, and then takes the next serial', async () => {
    await publish(stateOf(7, [resource('aws_vpc.a')]));
    const older = stateOf(5, [resource('aws_vpc.a')]);
    expect(await publish(older)).toMatchObject({
      ok: false,
      refusals: [{ reason: 'serial_went_back' }],
    });
    expect(await publish(older, true)).toMatchObject({ ok: true });
    expect(await publish(stateOf(6, [resource('aws_vpc.a')]))).toMatchObject({ ok: true });
  });

  it('lets the later of two publishes of one scope win, and the earlier write nothing', async () => {
    const first = await openTopic();
    const publication = await first.begin('prod/l-1', 1);
    expect(await publish(stateOf(2, [resource('aws_vpc.later')]))).toMatchObject({ ok: true });
    await expect(
      publication.write({ upserts: [resource('aws_vpc.earlier')], tombstones: [] }, signal),
    ).rejects.toMatchObject({ code: 'transactional_id_fenced' });
    await publication.close();
    await first.catchUp(signal);
    expect([...first.held.keys()]).toEqual(['prod/l-1/aws_vpc.later']);
  });

  it('publishes nothing of a write that is aborted half way', async () => {
    const opened = await openTopic();
    const publication = await opened.begin('prod/l-1', 1);
    const big = Array.from({ length: 40 }, (_, number) =>
      resource(`aws_vpc.v${number}`, { attributes: { text: 'x'.repeat(100_000) } }),
    );
    let asked = 0;
    const third = {
      throwIfAborted: () => {
        asked += 1;
        if (asked >= 3) throw new Error('stopped');
      },
    } as AbortSignal;
    await expect(publication.write({ upserts: big, tombstones: [] }, third)).rejects.toThrow(
      'stopped',
    );
    await publication.close();
    const { reader, target } = openReader();
    await reader.start(signal);
    expect(target.size).toBe(0);
  });

  it('tells of a record that cannot be decoded and goes on; a publish writes it anew', async () => {
    await publish(stateOf(1, [resource('aws_vpc.a'), resource('aws_vpc.b')]));
    await producer.send({ topic, messages: [{ key: 'prod/l-1/aws_vpc.a', value: 'damaged' }] });
    const { reader, target } = openReader();
    await reader.start(signal);
    expect(target.lookup('id:aws_vpc.b')).toHaveLength(1);
    expect(emitted.filter(({ type }) => type === 'desired-state.undecodable')).toMatchObject([
      { topic, message: 'not JSON' },
    ]);
    await publish(stateOf(1, [resource('aws_vpc.a'), resource('aws_vpc.b')]));
    const fresh = openReader();
    await fresh.reader.start(signal);
    expect(fresh.target.size).toBe(2);
  });

  it('is caught up behind an aborted transaction and one that is still open', async () => {
    await publish(stateOf(1, [resource('aws_vpc.a')]));
    const other = transactKafka.producer({
      transactionalId: `${topic}-other`,
      maxInFlightRequests: 1,
      idempotent: true,
    });
    await other.connect();
    const aborted = await other.transaction();
    await aborted.send({ topic, messages: [{ key: 'x', value: encode(resource('aws_vpc.x')) }] });
    await aborted.abort();
    const pending = await other.transaction();
    await pending.send({ topic, messages: [{ key: 'y', value: encode(resource('aws_vpc.y')) }] });
    const { reader, target } = openReader();
    await reader.start(signal);
    expect(target.size).toBe(1);
    await pending.abort();
    await other.disconnect();
  });

  it('needs no group and leaves none', async () => {
    const groups = async () =>
      (await admin.listGroups()).groups.map(({ groupId }) => groupId).sort();
    const before = await groups();
    await publish(stateOf(1, [resource('aws_vpc.a')]));
    const { reader } = openReader();
    await reader.start(signal);
    expect((await groups()).filter((each) => !before.includes(each))).toEqual([]);
  });

  it('says so where the topic is missing', async () => {
    const { reader } = openReader();
    await admin.deleteTopics({ topics: [topic] });
    await expect(reader.start(signal)).rejects.toMatchObject({
      code: 'topic_missing',
      retriable: false,
    });
    await admin.createTopics({ topics: [{ topic }] });
  });
});
