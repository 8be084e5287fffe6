import { afterEach, describe, expect, inject, it } from 'vitest';
import { readEvent } from '../../support/cloudtrail-fixture.ts';
import { createDeployment, type Deployment } from '../../support/deployment.ts';
import { runDriftlineCommand, type DriftlineProcess } from '../../support/driftline-process.ts';
import { committedOffsets, readCommitted } from '../../support/kafka-reader.ts';

const open: Deployment[] = [];
const deploy = async (partitions?: number): Promise<Deployment> => {
  const deployment = await createDeployment(inject('stack'), partitions);
  open.push(deployment);
  return deployment;
};
afterEach(async () => {
  for (const deployment of open.splice(0)) await deployment.end();
});

const order = async (deployment: Deployment, ...args: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await runDriftlineCommand([
    'consumption',
    ...args,
    ...deployment.settings,
  ]);
  if (code !== 0) throw new Error(`${code}: ${stderr}`);
  return stdout;
};

const count = async (deployment: Deployment): Promise<number> =>
  (await deployment.auditDocuments()).length;

const until = async (holds: () => boolean | Promise<boolean>, limitMs = 30_000): Promise<void> => {
  const end = Date.now() + limitMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('it did not become so');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

const timesTold = (member: DriftlineProcess, name: string): number =>
  member.lines.filter(({ event }) => event === name).length;

/** Whether the partition is paused, and how many records wait in it, as the member's metrics tell. */
const partitionMetrics = async (member: DriftlineProcess): Promise<readonly string[]> => {
  const { port } = await member.event('http.listening');
  const text = await (await fetch(`http://127.0.0.1:${Number(port)}/metrics`)).text();
  return text
    .split('\n')
    .filter((line) => /^driftline_(partition_paused|consumer_lag_records)/.test(line))
    .map((line) => line.replace(/^driftline_(\w+)\{.*\}/, '$1'));
};

const events = (name: string, number: number): readonly string[] =>
  Array.from({ length: number }, (_, index) => readEvent(`${name}-${index}`));

describe('driftline consumption', () => {
  it('pauses and resumes a running group, idle and under load, and no member is restarted', async () => {
    const deployment = await deploy();
    const member = deployment.start();
    await member.event('group.joined');
    await deployment.produce(events('before', 10));
    await deployment.caughtUp();

    await order(deployment, 'pause', '--note', 'maintenance');
    await member.event('partition.paused');
    await deployment.produce(events('during', 10));
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect(await count(deployment)).toBe(10);
    expect(await partitionMetrics(member)).toEqual([
      'consumer_lag_records 10',
      'partition_paused 1',
    ]);
    expect(await order(deployment, 'status')).toMatch(/ 10 +paused since \S+ \(maintenance\)/);

    await order(deployment, 'resume');
    await deployment.caughtUp();
    expect(await count(deployment)).toBe(20);
    expect(await partitionMetrics(member)).toEqual([
      'consumer_lag_records 0',
      'partition_paused 0',
    ]);

    const load = events('load', 8_000);
    const producing = deployment.produce(load);
    await until(async () => (await count(deployment)) > 500);
    await order(deployment, 'pause');
    await until(() => timesTold(member, 'partition.paused') === 2);
    await producing;
    const held = await committedOffsets(
      deployment.kafka,
      deployment.groupId,
      deployment.topics.audit,
    );
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(
      await committedOffsets(deployment.kafka, deployment.groupId, deployment.topics.audit),
    ).toEqual(held);
    await order(deployment, 'resume');
    await deployment.caughtUp();
    expect(await count(deployment)).toBe(8_020);
    expect(timesTold(member, 'group.joined')).toBe(1);
    expect(timesTold(member, 'group.rebalancing')).toBe(0);
  });

  it('keeps a pause over a restart of the member', async () => {
    const deployment = await deploy();
    await deployment.produce(events('e', 3));
    await expect(order(deployment, 'pause')).rejects.toThrow(/2: .*no consumer group/);
    await order(deployment, 'pause', '--new-group');
    expect(await order(deployment, 'status')).toContain('paused since');
    const first = deployment.start();
    await first.event('partition.paused');
    first.kill('SIGKILL');
    await first.exited;
    const second = deployment.start();
    await second.event('partition.waiting');
    expect(await count(deployment)).toBe(0);
    expect(await partitionMetrics(second)).toEqual([
      'consumer_lag_records 3',
      'partition_paused 1',
    ]);
    await order(deployment, 'resume');
    await deployment.caughtUp();
    expect(await count(deployment)).toBe(3);
  });

  it('seeks back and forth, and declares what it passes over', async () => {
    const deployment = await deploy();
    const member = deployment.start();
    await deployment.produce(events('e', 20));
    await deployment.caughtUp();
    const received = (): number =>
      member.lines
        .filter(({ event }) => event === 'unit.finished')
        .reduce((sum, { records }) => sum + Number(records), 0);
    expect(received()).toBe(20);

    const back = ['seek', '--to-offset', '5', '--partition', '0'];
    expect(await order(deployment, ...back, '--dry-run')).toContain('would move from 20 to 5');
    expect(await order(deployment, ...back)).toMatch(
      /^partition 0: moved from 20 to 5: 15 records to be read again\n/,
    );
    await until(() => received() === 35);
    expect(await count(deployment)).toBe(20);

    await order(deployment, 'pause');
    await member.event('partition.paused');
    await deployment.produce(events('unwanted', 7));
    await order(deployment, 'seek', '--to-end', '--note', 'a test had run wild');
    await order(deployment, 'resume');
    await deployment.produce(events('after', 1));
    await deployment.caughtUp();
    expect(await count(deployment)).toBe(21);
    const dead = await readCommitted(deployment.kafka, deployment.topics.dead);
    expect(dead).toMatchObject([
      {
        value: null,
        headers: {
          'driftline.reason': 'skipped',
          '__connect.errors.offset': '20',
          'driftline.skipped-to': '27',
          '__connect.errors.exception.message':
            'An operator has passed over the offsets 20 to 26. a test had run wild',
        },
      },
    ]);
    const beyond = order(deployment, 'seek', '--to-offset', '999', '--partition', '0');
    await expect(beyond).rejects.toThrow(/1: .*outside of what the partition holds, 0 to 28/);
    await expect(order(deployment, 'seek', '--to-offset', '3')).rejects.toThrow(
      /2: .*one --partition/,
    );
  });

  it('refuses a group that Kafka does not know, and names the one that it knows', async () => {
    const deployment = await deploy();
    deployment.start();
    await deployment.produce(events('e', 1));
    await deployment.caughtUp();
    const misspelt = ['--set', 'kafka.groupId=misspelt'];
    for (const command of [['consumption', 'status'], ['consumption', 'pause'], ['lag']]) {
      const args = [...command, ...deployment.settings, ...misspelt];
      const { code, stdout, stderr } = await runDriftlineCommand(args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain('Kafka knows no consumer group misspelt');
      expect(stderr).toContain(`of ${deployment.topics.audit}: ${deployment.groupId}.`);
    }
  });

  it('warns of a seek to a time in the future before anything is passed over', async () => {
    const deployment = await deploy();
    await deployment.produce(events('e', 3));
    const future = ['--to-time', '2099-01-01', '--new-group', '--dry-run'];
    const { code, stdout, stderr } = await runDriftlineCommand([
      ...['consumption', 'seek', ...future],
      ...deployment.settings,
    ]);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `partition 0: would move from 0 to 3: 3 records passed over, declared in ${deployment.topics.dead}`,
    });
    expect(stderr).toContain('which lies in the future: everything that waits is passed over');
  });

  it('tells the dead letters of a record that was read again as one', async () => {
    const deployment = await deploy();
    deployment.start();
    await deployment.produce(['no json', ...events('e', 1)]);
    await deployment.caughtUp();
    await order(deployment, 'seek', '--to-start');
    await until(
      async () => (await readCommitted(deployment.kafka, deployment.topics.dead)).length === 2,
    );
    const letters = (...args: readonly string[]) =>
      runDriftlineCommand(['dead-letters', ...args, ...deployment.settings]);
    expect((await letters('list')).stdout.match(/waiting/g)).toHaveLength(1);
    expect((await letters('discard', '--all')).stdout).toBe(
      'discarded 1, 0 were dealt with before; 1 more of the same records, which were read again',
    );
    expect((await letters('list')).stdout).not.toContain('waiting');
  });

  it('makes one record a dead letter unseen, and processes its neighbours', async () => {
    const deployment = await deploy();
    await deployment.produce(events('e', 9));
    await order(deployment, 'skip', '--partition', '0', '--offset', '4', '--new-group');
    expect(await order(deployment, 'status')).toContain('no member, skips 4');
    deployment.start();
    await deployment.caughtUp();
    expect(await count(deployment)).toBe(8);
    const dead = await readCommitted(deployment.kafka, deployment.topics.dead);
    expect(dead).toHaveLength(1);
    expect(dead[0]).toMatchObject({
      headers: { 'driftline.reason': 'skipped', '__connect.errors.offset': '4' },
    });
    expect(String(dead[0]?.value)).toContain('e-4');
    const again = order(deployment, 'skip', '--partition', '0', '--offset', '4');
    await expect(again).rejects.toThrow('offset 4 is done: the group is at 9');
  });
});
