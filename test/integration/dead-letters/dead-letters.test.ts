import { afterEach, describe, expect, inject, it } from 'vitest';
import { ingressEvent, securityGroupState } from '../../support/cloudtrail-fixture.ts';
import { createDeployment, type Deployment } from '../../support/deployment.ts';
import { runDriftlineCommand } from '../../support/driftline-process.ts';
import { readCommitted } from '../../support/kafka-reader.ts';

const open: Deployment[] = [];
const deploy = async (): Promise<Deployment> => {
  const deployment = await createDeployment(inject('stack'));
  open.push(deployment);
  return deployment;
};
afterEach(async () => {
  for (const deployment of open.splice(0)) await deployment.end();
});

const command = (
  deployment: Deployment,
  ...args: readonly string[]
): ReturnType<typeof runDriftlineCommand> =>
  runDriftlineCommand(['dead-letters', ...args, ...deployment.settings]);

const listed = async (
  deployment: Deployment,
  ...args: readonly string[]
): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const { code, stdout, stderr } = await command(deployment, 'list', '--format', 'ndjson', ...args);
  if (code !== 0) throw new Error(stderr);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
};

describe('driftline dead-letters', () => {
  it('lists, shows and discards the records that could not be processed', async () => {
    const deployment = await deploy();
    const bytes = Buffer.from([0xff, 0xfe, 0x00, 0x1b, 0x5b, 0x33]);
    await deployment.produce(['no json', bytes, null]);
    deployment.start();
    await deployment.caughtUp();

    expect(await listed(deployment)).toMatchObject([
      { id: '0:0', state: 'waiting', stage: 'decode', origin: { partition: 0, offset: '0' } },
      { id: '0:1', state: 'waiting', bytes: bytes.length },
      { id: '0:2', state: 'waiting', reason: 'empty', bytes: 0 },
    ]);
    const shown = await command(deployment, 'show', '0:1', '--format', 'json');
    expect(JSON.parse(shown.stdout)).toMatchObject({ value_base64: bytes.toString('base64') });
    const text = await command(deployment, 'show', '0:1');
    expect(text.stdout).toContain('state: waiting');
    expect(text.stdout).not.toContain('\u001b');
    expect((await command(deployment, 'show', '0:99')).code).toBe(1);

    expect((await command(deployment, 'discard')).code).toBe(2);
    const discarded = await command(
      deployment,
      'discard',
      '--reason',
      'empty',
      '--note',
      'a probe',
    );
    expect(discarded.stdout).toBe('discarded 1, 0 were dealt with before');
    expect((await listed(deployment)).map(({ id }) => id)).toEqual(['0:0', '0:1']);
    expect(await listed(deployment, '--handled', '--reason', 'empty')).toMatchObject([
      { id: '0:2', state: 'discarded' },
    ]);
  });

  it('replays each record once, whoever asks and however often', async () => {
    const deployment = await deploy();
    await deployment.publishState(securityGroupState(3));
    const strict = deployment.start(['--set', 'records.maxBytes=16']);
    const events = Array.from({ length: 40 }, (_, number) =>
      ingressEvent(`e-${number}`, number % 3),
    );
    await deployment.produce(events);
    await deployment.caughtUp();
    strict.kill('SIGTERM');
    await strict.exited;
    expect(await listed(deployment)).toHaveLength(40);
    expect(await deployment.auditDocuments()).toEqual([]);

    const dry = await command(deployment, 'replay', '--all', '--dry-run');
    expect(dry.stdout).toBe('would replay 40, 0 were dealt with before');
    // Whoever begins later fences the other off: one may fail, and says so.
    const both = await Promise.all([
      command(deployment, 'replay', '--reason', 'too_large'),
      command(deployment, 'replay', '--reason', 'too_large'),
    ]);
    for (const { code, stderr } of both) if (code !== 0) expect(stderr).toContain('has taken over');
    const again = await command(deployment, 'replay', '--all');
    expect(again.stdout).toMatch(/^replayed \d+, \d+ were dealt with before$/);
    expect(await listed(deployment)).toEqual([]);
    expect((await command(deployment, 'replay', '--all')).stdout).toBe(
      'replayed 0, 40 were dealt with before',
    );
    const sent = await readCommitted(deployment.kafka, deployment.topics.audit);
    expect(sent).toHaveLength(80);
    expect(
      new Set(sent.slice(40).map(({ headers }) => headers['driftline.replayed-from'])).size,
    ).toBe(40);

    deployment.start();
    await deployment.caughtUp();
    expect(await deployment.auditDocuments()).toHaveLength(40);
    const candidates = await readCommitted(deployment.kafka, deployment.topics.candidates);
    expect(candidates).toHaveLength(40);
  });

  it('tells what to do with a record that was cut', async () => {
    const deployment = await deploy();
    const huge = Buffer.alloc(2_050_000, 'x');
    await deployment.produce([huge.subarray(0, 1_000_000)]);
    deployment.start();
    await deployment.caughtUp();
    const [letter] = await readCommitted(deployment.kafka, deployment.topics.dead);
    const producer = deployment.kafka.producer();
    await producer.connect();
    await producer.send({
      topic: deployment.topics.dead,
      messages: [
        {
          value: huge.subarray(0, 10),
          headers: { ...letter?.headers, 'driftline.truncated': '2050000' },
        },
      ],
    });
    await producer.disconnect();
    const id = String((await listed(deployment)).at(-1)?.['id']);
    const { code, stderr, stdout } = await command(deployment, 'replay', id);
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'replayed 0, 0 were dealt with before' });
    expect(stderr).toContain(`${id} stays: its record was cut`);
  });
});
