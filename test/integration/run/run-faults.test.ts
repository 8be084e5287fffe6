import kafkajs from 'kafkajs';
import { afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { registerCompressionCodecs } from '../../../src/adapters/kafka/compression.ts';
import { ingressEvent, readEvent, securityGroupState } from '../../support/cloudtrail-fixture.ts';
import { createDeployment, type Deployment } from '../../support/deployment.ts';
import { readCommitted, withAdmin } from '../../support/kafka-reader.ts';

const open: Deployment[] = [];
const deploy = async (partitions?: number): Promise<Deployment> => {
  const deployment = await createDeployment(inject('stack'), partitions);
  open.push(deployment);
  return deployment;
};
afterEach(async () => {
  for (const deployment of open.splice(0)) await deployment.end();
});
beforeAll(() => registerCompressionCodecs(64 * 1024 * 1024));

const { CompressionTypes } = kafkajs;

describe('driftline run under faults', () => {
  it('reads gzip, snappy, lz4 and zstd', async () => {
    const deployment = await deploy();
    await deployment.publishState(securityGroupState(1));
    const codecs = [
      CompressionTypes.GZIP,
      CompressionTypes.Snappy,
      CompressionTypes.LZ4,
      CompressionTypes.ZSTD,
    ];
    for (const codec of codecs) {
      await deployment.produce(
        Array.from({ length: 20 }, (_, number) => readEvent(`e-${codec}-${number}`)),
        { codec },
      );
    }
    deployment.start();
    await deployment.caughtUp();
    expect(await deployment.auditDocuments()).toHaveLength(80);
  });

  it('ends with 1 and says why when a batch unpacks to more than the cap', async () => {
    const deployment = await deploy();
    await deployment.publishState(securityGroupState(1));
    await deployment.produce([Buffer.alloc(80 * 1024 * 1024)], { codec: CompressionTypes.GZIP });
    const driftline = deployment.start();
    expect(await driftline.exited).toBe(1);
    expect(driftline.stderr()).toContain('A fetched gzip batch is larger than');
  });

  it('lets a member that was frozen past its session add nothing when it wakes', async () => {
    const deployment = await deploy();
    await deployment.publishState(securityGroupState(50));
    const total = 4_000;
    await deployment.produce(
      Array.from({ length: total }, (_, number) =>
        number % 10 === 0 ? ingressEvent(`e-${number}`, number % 50) : readEvent(`e-${number}`),
      ),
    );
    const zombie = deployment.start(['--set', 'unit.maxRecords=50']);
    await zombie.event('unit.finished');
    zombie.kill('SIGSTOP');
    const unitsBefore = zombie.lines.filter(({ event }) => event === 'unit.finished').length;
    expect(unitsBefore).toBeLessThan(total / 50);
    const heir = deployment.start(['--set', 'unit.maxRecords=50']);
    await heir.event('unit.finished');
    zombie.kill('SIGCONT');
    await deployment.caughtUp(90_000);
    await new Promise((resolve) => setTimeout(resolve, 2_000));

    expect(await deployment.auditDocuments()).toHaveLength(total);
    expect(await readCommitted(deployment.kafka, deployment.topics.candidates)).toHaveLength(
      total / 10,
    );
    zombie.kill('SIGTERM');
    expect(await zombie.exited).toBe(0);
  });

  it('tells how many records retention took before they were read, and goes on at the start of the log', async () => {
    const deployment = await deploy();
    await deployment.publishState(securityGroupState(1));
    const { audit } = deployment.topics;
    const events = (name: string): string[] =>
      Array.from({ length: 10 }, (_, number) => readEvent(`${name}-${number}`));
    await deployment.produce(events('first'));
    const first = deployment.start();
    await deployment.caughtUp();
    first.kill('SIGTERM');
    expect(await first.exited).toBe(0);
    await deployment.produce(events('second'));
    await withAdmin(deployment.kafka, async (admin) => {
      // kafkajs loads a topic's metadata only in some of its calls.
      await admin.fetchTopicOffsets(audit);
      await admin.deleteTopicRecords({
        topic: audit,
        partitions: [{ partition: 0, offset: '15' }],
      });
    });
    const second = deployment.start();
    expect(await second.event('consumer.offset-reset')).toMatchObject({
      topic: audit,
      partition: 0,
      lost: '5',
    });
    await deployment.caughtUp();
    expect(await deployment.auditDocuments()).toHaveLength(15);
  });

  it('never indexes what an upstream transaction has aborted', async () => {
    const deployment = await deploy();
    await deployment.publishState(securityGroupState(1));
    const producer = deployment.kafka.producer({
      transactionalId: `upstream-${deployment.groupId}`,
      idempotent: true,
      maxInFlightRequests: 1,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    const aborted = await producer.transaction();
    await aborted.send({
      topic: deployment.topics.audit,
      messages: [{ value: readEvent('never') }],
    });
    await aborted.abort();
    const committed = await producer.transaction();
    await committed.send({
      topic: deployment.topics.audit,
      messages: [{ value: readEvent('once') }],
    });
    await committed.commit();
    await producer.disconnect();
    deployment.start();
    await deployment.caughtUp();
    const documents = await deployment.auditDocuments();
    expect(documents.map(({ _id }) => _id)).toEqual([expect.stringContaining('once')]);
  });

  it('keeps two acts under one event id apart, each with its candidate', async () => {
    const deployment = await deploy();
    await deployment.publishState(securityGroupState(2));
    await deployment.produce([ingressEvent('reused', 0)]);
    deployment.start();
    await deployment.caughtUp();
    await deployment.produce([ingressEvent('reused', 1), ingressEvent('reused', 0)]);
    await deployment.caughtUp();
    const ids = (await deployment.auditDocuments()).map(({ _id }) => _id);
    expect(ids).toHaveLength(2);
    expect(ids.filter((id) => /~[0-9a-f]{16}$/.test(id))).toHaveLength(1);
    const candidates = await deployment.candidateDocuments();
    expect(candidates).toHaveLength(2);
  });
});
