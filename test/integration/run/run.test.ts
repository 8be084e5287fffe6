import { afterEach, describe, expect, inject, it } from 'vitest';
import { ingressEvent, readEvent, securityGroupState } from '../../support/cloudtrail-fixture.ts';
import { createDeployment, type Deployment } from '../../support/deployment.ts';
import { runDriftlineCommand } from '../../support/driftline-process.ts';
import {
  committedOffsets,
  createTopics,
  readCommitted,
  withAdmin,
} from '../../support/kafka-reader.ts';

const open: Deployment[] = [];
const deploy = async (partitions?: number): Promise<Deployment> => {
  const deployment = await createDeployment(inject('stack'), partitions);
  open.push(deployment);
  return deployment;
};
afterEach(async () => {
  for (const deployment of open.splice(0)) await deployment.end();
});

describe('driftline run', () => {
  it('turns records into documents, candidates and dead letters, and ends with 0 on SIGTERM', async () => {
    const deployment = await deploy();
    await deployment.publishState(securityGroupState(3));
    await deployment.produce([
      readEvent('e-read'),
      ingressEvent('e-owned', 1),
      'this is no audit event',
      ingressEvent('e-owned-too', 2),
      null,
    ]);
    const driftline = deployment.start();
    await driftline.event('group.joined');
    await deployment.caughtUp();

    const documents = await deployment.auditDocuments();
    expect(documents).toHaveLength(3);
    expect(await deployment.candidateDocuments()).toHaveLength(2);
    const candidates = await readCommitted(deployment.kafka, deployment.topics.candidates);
    expect(candidates.map(({ key }) => key)).toEqual([
      expect.stringContaining('aws_security_group.group_1'),
      expect.stringContaining('aws_security_group.group_2'),
    ]);
    const dead = await readCommitted(deployment.kafka, deployment.topics.dead);
    expect(
      dead.map(({ value, headers }) => [value && String(value), headers['driftline.reason']]),
    ).toEqual([
      ['this is no audit event', 'not_json'],
      [null, 'empty'],
    ]);
    expect(dead[0]?.headers['__connect.errors.offset']).toBe('2');

    driftline.kill('SIGTERM');
    expect(await driftline.exited).toBe(0);
    expect(driftline.stderr()).toBe('');
  });

  it('keeps what it found of an act first where code has taken it in before it is read again', async () => {
    const deployment = await deploy();
    await deployment.publishState(securityGroupState(1));
    await deployment.produce([ingressEvent('e-owned', 0)]);
    const driftline = deployment.start();
    await deployment.caughtUp();
    const [first, ...others] = await deployment.candidateDocuments();
    expect(others).toEqual([]);
    expect(first?._source).toMatchObject({ kind: 'changed', resource: { serial: 1 } });

    const ingress = [
      { protocol: 'tcp', from_port: 22, to_port: 22, cidr_blocks: ['0.0.0.0/0'], self: false },
    ];
    await deployment.publishState(
      securityGroupState(1)
        .replace('"serial":1', '"serial":2')
        .replace('"ingress":[]', `"ingress":${JSON.stringify(ingress)}`),
    );
    const seek = ['consumption', 'seek', '--to-start', ...deployment.settings];
    expect((await runDriftlineCommand(seek)).code).toBe(0);
    const told = () => readCommitted(deployment.kafka, deployment.topics.candidates);
    const end = Date.now() + 30_000;
    while ((await told()).length < 2 && Date.now() < end) await driftline.event('unit.finished');
    const summaries = (await told()).map(({ value }) =>
      String(value).includes('to what code says'),
    );
    expect(summaries).toEqual([false, true]);
    expect(await deployment.candidateDocuments()).toEqual([first]);
  });

  it('loses nothing and tells no candidate twice when it is killed again and again', async () => {
    const deployment = await deploy(2);
    await deployment.publishState(securityGroupState(50));
    const total = 6_000;
    const values = Array.from({ length: total }, (_, number) =>
      number % 20 === 0 ? ingressEvent(`e-${number}`, number % 50) : readEvent(`e-${number}`),
    );
    await deployment.produce(values.slice(0, total / 2), { partition: 0 });
    await deployment.produce(values.slice(total / 2), { partition: 1 });
    for (const [since, lifeMs] of [
      ['group.joined', 150],
      ['group.joined', 400],
      ['unit.finished', 50],
      ['unit.finished', 300],
    ] as const) {
      const doomed = deployment.start(['--set', 'unit.maxRecords=100']);
      await doomed.event(since);
      await new Promise((resolve) => setTimeout(resolve, lifeMs));
      doomed.kill('SIGKILL');
      await doomed.exited;
    }
    const left = await committedOffsets(
      deployment.kafka,
      deployment.groupId,
      deployment.topics.audit,
    );
    const done = [0, 1].reduce((sum, partition) => sum + Number(left.get(partition) ?? 0), 0);
    // Otherwise the kills fell before or after the work, and this shows nothing.
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(total);
    deployment.start(['--set', 'unit.maxRecords=100']);
    await deployment.caughtUp(90_000);

    const documents = await deployment.auditDocuments();
    expect(new Set(documents.map(({ _id }) => _id)).size).toBe(total);
    expect(documents).toHaveLength(total);
    const candidates = await readCommitted(deployment.kafka, deployment.topics.candidates);
    expect(candidates).toHaveLength(total / 20);
    expect(await deployment.candidateDocuments()).toHaveLength(total / 20);
    expect(await readCommitted(deployment.kafka, deployment.topics.dead)).toEqual([]);
  });

  it('gives the same documents and the same candidates when its offsets are reset', async () => {
    const deployment = await deploy();
    await deployment.publishState(securityGroupState(2));
    await deployment.produce([ingressEvent('e-1', 0), readEvent('e-2'), ingressEvent('e-3', 1)]);
    const first = deployment.start();
    await deployment.caughtUp();
    first.kill('SIGTERM');
    expect(await first.exited).toBe(0);
    const before = (await deployment.auditDocuments()).map(({ _id }) => _id);

    await withAdmin(deployment.kafka, (admin) =>
      admin.setOffsets({
        groupId: deployment.groupId,
        topic: deployment.topics.audit,
        partitions: [{ partition: 0, offset: '0' }],
      }),
    );
    expect(
      (await committedOffsets(deployment.kafka, deployment.groupId, deployment.topics.audit)).get(
        0,
      ),
    ).toBe('0');
    deployment.start();
    await deployment.caughtUp();
    expect((await deployment.auditDocuments()).map(({ _id }) => _id)).toEqual(before);
    expect(await deployment.candidateDocuments()).toHaveLength(2);
    const values = (await readCommitted(deployment.kafka, deployment.topics.candidates)).map(
      ({ value }) => value?.toString('base64'),
    );
    expect(values).toHaveLength(4);
    expect(new Set(values).size).toBe(2);
  });

  it('tells the candidate of a record once that is delivered a second time', async () => {
    const deployment = await deploy();
    await deployment.publishState(securityGroupState(1));
    await deployment.produce([ingressEvent('e-twice', 0)]);
    const driftline = deployment.start();
    await driftline.event('unit.finished');
    await deployment.caughtUp();
    await deployment.produce([readEvent('e-between'), ingressEvent('e-twice', 0)]);
    await deployment.caughtUp();
    expect(await deployment.auditDocuments()).toHaveLength(2);
    expect(await deployment.candidateDocuments()).toHaveLength(1);
    expect(await readCommitted(deployment.kafka, deployment.topics.candidates)).toHaveLength(1);
    expect(await readCommitted(deployment.kafka, deployment.topics.dead)).toEqual([]);
  });

  it('shares partitions between two members, and hands them over when one leaves', async () => {
    const deployment = await deploy(4);
    await deployment.publishState(securityGroupState(1));
    const first = deployment.start();
    await first.event('group.joined');
    const second = deployment.start();
    await second.event('group.joined');
    for (let partition = 0; partition < 4; partition += 1) {
      await deployment.produce(
        Array.from({ length: 50 }, (_, number) => readEvent(`e-${partition}-${number}`)),
        { partition },
      );
    }
    await deployment.caughtUp();
    const worked = (lines: typeof first.lines): number =>
      lines.filter(({ event }) => event === 'unit.finished').length;
    expect(worked(first.lines)).toBeGreaterThan(0);
    expect(worked(second.lines)).toBeGreaterThan(0);

    first.kill('SIGTERM');
    expect(await first.exited).toBe(0);
    for (let partition = 0; partition < 4; partition += 1) {
      await deployment.produce([ingressEvent(`late-${partition}`, 0)], { partition });
    }
    await deployment.caughtUp();
    expect(await deployment.auditDocuments()).toHaveLength(204);
    expect(await readCommitted(deployment.kafka, deployment.topics.candidates)).toHaveLength(4);
  });

  it('says which topics are missing, and ends with 1', async () => {
    const deployment = await deploy();
    const driftline = deployment.start(['--set', 'kafka.topics.driftCandidates=no.such.topic']);
    expect(await driftline.exited).toBe(1);
    expect(driftline.stderr()).toContain('no.such.topic. Run `driftline setup`');
  });
});

describe('driftline setup', () => {
  it('changes nothing the second time, and keeps the desired state compacted', async () => {
    const deployment = await deploy();
    const again = await runDriftlineCommand(['setup', ...deployment.settings]);
    expect(again.code).toBe(0);
    const changes = /: (?!unchanged|skipped)[a-z]+$/;
    expect(again.stdout.split('\n').filter((line) => changes.test(line))).toEqual([]);
    expect(again.stdout).toContain(`topic ${deployment.topics.desired}: unchanged`);
  });

  it('tells what a topic that was there should be, and leaves it', async () => {
    const deployment = await deploy();
    const plain = `${deployment.groupId}.plain`;
    await createTopics(deployment.kafka, [{ topic: plain }]);
    const report = await runDriftlineCommand([
      'setup',
      ...deployment.settings,
      ...['--set', `kafka.topics.desiredState=${plain}`],
    ]);
    expect(report.stdout).toContain(`topic ${plain}: differs`);
    expect(report.stdout).toContain('cleanup.policy is delete, should be compact');
  });

  it('names what cannot be reached, in one line', async () => {
    const { code, stderr } = await runDriftlineCommand([
      'setup',
      '--set',
      'kafka.brokers=127.0.0.1:1',
    ]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^driftline: .*127\.0\.0\.1:1.*\n$/);
  });
});
