import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createKafka } from '../../../src/adapters/kafka/client.ts';
import { openDesiredStateTopic } from '../../../src/adapters/kafka/desired-state-topic.ts';
import { loadSchemas } from '../../../src/codec/load-schemas.ts';
import { modelDecoder } from '../../../src/codec/model-decoder.ts';
import { modelEncoder } from '../../../src/codec/model-encoder.ts';
import type { DesiredResource } from '../../../src/core/model/desired-resource.ts';
import { publishDesiredStates } from '../../../src/pipeline/publish-desired-states.ts';
import { keptForPublish, prepareStates, scopesOf } from '../../../src/pipeline/prepare-states.ts';
import type { ReadState } from '../../../src/pipeline/read-desired-states.ts';

const RESOURCES = 100_000;
const CHANGED = 10;

const connection = { brokers: [inject('stack').kafka], clientId: 'large-publish-test' };
const consumeKafka = createKafka(connection, 'consume', { emit: () => undefined });
const transactKafka = createKafka(connection, 'transact', { emit: () => undefined });
const admin = consumeKafka.admin();
const decoder = modelDecoder(loadSchemas());
const encoder = modelEncoder(loadSchemas());
const topic = `desired.large.${randomUUID()}`;
const signal = AbortSignal.timeout(100_000);

/** About 0.6 KB as it is written. */
const resource = (number: number, serial: number, size: number): DesiredResource => {
  const address = `module.fleet[${number % 100}].aws_instance.web["${number}"]`;
  const id = `i-${number.toString(16).padStart(17, '0')}`;
  return {
    key: `prod/l-1/${address}`,
    scope: 'prod/l-1',
    address,
    type: 'aws_instance',
    provider: 'aws',
    module: `module.fleet[${number % 100}]`,
    account: '111111111111',
    region: 'eu-central-1',
    identities: [`id:${id}`, `arn:aws:ec2:eu-central-1:111111111111:instance/${id}`],
    attributes: {
      id,
      ami: 'ami-0a1b2c3d4e5f60718',
      instance_type: 't3.small',
      root_block_device: [{ volume_size: size, encrypted: true, volume_type: 'gp3' }],
      vpc_security_group_ids: ['sg-0a1b2c3d4e5f60718', 'sg-1a1b2c3d4e5f60718'],
      tags: { Name: `web-${number}`, team: 'web', service: 'checkout' },
    },
    environment: 'prod',
    source: 'fleet.tfstate',
    lineage: 'l-1',
    serial,
    published_time: serial,
  };
};

/** The state at a serial, with the first ten at another size. */
const stateOf = (serial: number, size: number): ReadState => ({
  source: 'fleet.tfstate',
  state: {
    scope: 'prod/l-1',
    lineage: 'l-1',
    serial,
    resources: Array.from({ length: RESOURCES }, (_, number) =>
      resource(number, serial, number < CHANGED ? size : 8),
    ),
    skipped: { data: 0, deposed: 0 },
  },
});

/** Publishes as a process of its own would: reads the topic, compares, writes. */
const publish = async (read: ReadState) => {
  const started = performance.now();
  const prepared = await prepareStates([read], signal);
  const opened = await openDesiredStateTopic(
    {
      consumeKafka,
      transactKafka,
      topic,
      transactionalIdPrefix: `${topic}-`,
      acls: [],
      decode: async (value) => decoder.decodeDesiredResource(value),
      encoder: async () => (each) => encoder.encodeDesiredResource(each),
      telemetry: { emit: () => undefined },
      now: () => performance.now(),
      keep: keptForPublish('prod', scopesOf(prepared)),
      patienceMs: 30_000,
    },
    signal,
  );
  try {
    const result = await publishDesiredStates(
      prepared,
      opened,
      { force: false, dryRun: false },
      signal,
    );
    return { result, seconds: (performance.now() - started) / 1000 };
  } finally {
    await opened.close();
  }
};

const endOffset = async (): Promise<number> =>
  Number((await admin.fetchTopicOffsets(topic))[0]?.high ?? 0);

describe('a state of 100,000 resources', () => {
  beforeAll(async () => {
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] });
  });
  afterAll(async () => {
    await admin.deleteTopics({ topics: [topic] });
    await admin.disconnect();
  });

  it('is written once; then ten changed resources are ten records, and none is none', async () => {
    const first = await publish(stateOf(1, 8));
    expect(first.result).toMatchObject({ ok: true, published: [{ added: RESOURCES }] });
    const whole = await endOffset();

    const second = await publish(stateOf(2, 16));
    expect(second.result).toMatchObject({
      ok: true,
      published: [{ added: 0, changed: CHANGED, removed: 0, unchanged: RESOURCES - CHANGED }],
    });
    // A transaction ends with a record of its own in each partition that it wrote to.
    expect((await endOffset()) - whole).toBe(CHANGED + 1);

    const third = await publish(stateOf(2, 16));
    expect(third.result).toMatchObject({ ok: true, published: [{ unchanged: RESOURCES }] });
    expect((await endOffset()) - whole).toBe(CHANGED + 1);

    process.stderr.write(
      `publish of ${RESOURCES}: ${first.seconds.toFixed(1)} s; of ${CHANGED} changed: ${second.seconds.toFixed(1)} s; of none: ${third.seconds.toFixed(1)} s; RSS ${Math.round(process.memoryUsage.rss() / 2 ** 20)} MiB\n`,
    );
    expect(second.seconds).toBeLessThan(30);
  });
});
