import { afterEach, describe, expect, inject, it } from 'vitest';
import { ingressEvent, readEvent, securityGroupState } from '../support/cloudtrail-fixture.ts';
import { createDeployment, type Deployment } from '../support/deployment.ts';
import { committedOffsets, readCommitted, withAdmin } from '../support/kafka-reader.ts';

const RECORDS = Number(process.env['DRIFTLINE_FAULT_RECORDS'] ?? 100_000);
const PARTITIONS = 3;
const OWNED = 500;
/** Every tenth event changes a security group that code owns. */
const CANDIDATES = Math.ceil(RECORDS / 10);
const CHUNK = 10_000;

const eventNumber = (number: number): string =>
  number % 10 === 0
    ? ingressEvent(`event-${number}`, (number / 10) % OWNED)
    : readEvent(`event-${number}`);

const candidateIds = async (deployment: Deployment): Promise<readonly string[]> =>
  (await readCommitted(deployment.kafka, deployment.topics.candidates)).map(
    ({ headers, value }) => headers['ce_id'] ?? (value ?? Buffer.alloc(0)).toString('base64'),
  );

/** Whether the group has not yet committed the end of every partition. */
const hasMore = async ({ kafka, groupId, topics }: Deployment): Promise<boolean> => {
  const committed = await committedOffsets(kafka, groupId, topics.audit);
  const ends = await withAdmin(kafka, (admin) => admin.fetchTopicOffsets(topics.audit));
  return ends.some(({ partition, high }) => (committed.get(partition) ?? '0') !== high);
};

const filled = async (): Promise<Deployment> => {
  const deployment = await createDeployment(inject('stack'), PARTITIONS);
  await deployment.publishState(securityGroupState(OWNED));
  for (let from = 0; from < RECORDS; from += CHUNK) {
    const values = Array.from({ length: Math.min(CHUNK, RECORDS - from) }, (_, at) =>
      eventNumber(from + at),
    );
    await deployment.produce(values, { partition: (from / CHUNK) % PARTITIONS });
  }
  return deployment;
};

describe(`${RECORDS} records through driftline run`, () => {
  let deployment: Deployment | undefined;
  afterEach(() => deployment?.end());

  it('give the same documents and candidate ids when they are read a second time', async () => {
    deployment = await filled();
    const first = deployment.start();
    await deployment.caughtUp(600_000);
    first.kill('SIGTERM');
    expect(await first.exited).toBe(0);
    const documents = new Set((await deployment.auditDocuments()).map(({ _id }) => _id));
    const ids = await candidateIds(deployment);
    expect(documents.size).toBe(RECORDS);
    expect(ids).toHaveLength(CANDIDATES);
    expect(new Set(ids).size).toBe(CANDIDATES);

    const { groupId, topics } = deployment;
    await withAdmin(deployment.kafka, (admin) =>
      admin.setOffsets({
        groupId,
        topic: topics.audit,
        partitions: Array.from({ length: PARTITIONS }, (_, partition) => ({
          partition,
          offset: '0',
        })),
      }),
    );
    const second = deployment.start();
    await deployment.caughtUp(600_000);
    second.kill('SIGTERM');
    expect(await second.exited).toBe(0);
    const again = await deployment.auditDocuments();
    expect(again).toHaveLength(RECORDS);
    expect(again.every(({ _id }) => documents.has(_id))).toBe(true);
    expect(new Set(await candidateIds(deployment))).toEqual(new Set(ids));
    expect(await deployment.candidateDocuments()).toHaveLength(CANDIDATES);
    expect(await readCommitted(deployment.kafka, topics.dead)).toEqual([]);
  });

  it('are neither lost nor told twice when the service is killed in mid-stream', async () => {
    deployment = await filled();
    let killedInMidStream = 0;
    for (const aliveMs of [500, 1_500, 3_000]) {
      const doomed = deployment.start();
      await doomed.event('group.joined');
      await new Promise((resolve) => setTimeout(resolve, aliveMs));
      doomed.kill('SIGKILL');
      await doomed.exited;
      if (await hasMore(deployment)) killedInMidStream += 1;
    }
    expect(killedInMidStream).toBeGreaterThan(0);
    deployment.start();
    await deployment.caughtUp(600_000);
    expect(await deployment.auditDocuments()).toHaveLength(RECORDS);
    const ids = await candidateIds(deployment);
    expect(ids).toHaveLength(CANDIDATES);
    expect(new Set(ids).size).toBe(CANDIDATES);
    expect(await readCommitted(deployment.kafka, deployment.topics.dead)).toEqual([]);
  });
});
