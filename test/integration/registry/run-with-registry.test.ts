import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import avsc from 'avsc';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { ingressEvent, securityGroupState } from '../../support/cloudtrail-fixture.ts';
import { createDeployment, type Deployment } from '../../support/deployment.ts';
import { runDriftlineCommand } from '../../support/driftline-process.ts';
import { readCommitted } from '../../support/kafka-reader.ts';
import {
  registerSchema,
  schemaById,
  startTestRegistry,
  type TestRegistry,
} from '../../support/test-registry.ts';

const PORT = Number(process.env.DRIFTLINE_TEST_STACK_REGISTRY_PORT ?? 19_081);

interface RecordSchema {
  readonly fields: readonly object[];
}

const VERSION_1 = JSON.parse(
  readFileSync(new URL('../../../schemas/avro/audit-event/v1.avsc', import.meta.url), 'utf8'),
) as RecordSchema;
/** A later version of the writer's own, with a field in front that Driftline does not know. */
const EVOLVED: RecordSchema = {
  ...VERSION_1,
  fields: [
    { name: 'ticket', type: ['null', 'string'], default: null, doc: 'Change ticket.' },
    ...VERSION_1.fields,
  ],
};

const ACCOUNT = '123456789012';

/** Opens port 22 of security group `number`, as an OCSF producer would tell it. */
const avroEvent = (id: string, number: number): object => {
  const { requestParameters } = JSON.parse(ingressEvent(id, number)) as {
    readonly requestParameters: object;
  };
  return {
    activity_id: 3,
    time: Date.UTC(2026, 2, 1, 10),
    status_id: 1,
    metadata: { uid: id, event_code: 'AwsApiCall' },
    cloud: { provider: 'AWS', account: { uid: ACCOUNT }, region: 'eu-west-1' },
    api: { operation: 'AuthorizeSecurityGroupIngress', service: { name: 'ec2.amazonaws.com' } },
    actor: { user: { type: 'IAMUser', uid: `arn:aws:iam::${ACCOUNT}:user/mallory` } },
    request_data: JSON.stringify(requestParameters),
  };
};

/** Confluent wire format, written by hand. */
const framed = (id: number, value: Buffer): Buffer => {
  const header = Buffer.alloc(5);
  header.writeUInt32BE(id, 1);
  return Buffer.concat([header, value]);
};

const written = (id: number, schema: RecordSchema, event: object): Buffer =>
  framed(id, avsc.Type.forSchema(schema as avsc.Schema).toBuffer(event));

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('driftline run with a schema registry', () => {
  let registry: TestRegistry;
  const open: Deployment[] = [];
  const deploy = async (): Promise<Deployment> => {
    const deployment = await createDeployment(inject('stack'), 1, { 'registry.url': registry.url });
    open.push(deployment);
    return deployment;
  };
  const register = (deployment: Deployment, schema: RecordSchema): Promise<number> =>
    registerSchema(registry.url, `${deployment.topics.audit}-value`, schema);
  const documentIds = async (deployment: Deployment): Promise<readonly string[]> =>
    (await deployment.auditDocuments()).map(({ _id }) => _id).sort();
  const deadReasons = async ({ kafka, topics }: Deployment) =>
    (await readCommitted(kafka, topics.dead)).map(({ headers }) => headers['driftline.reason']);

  beforeAll(async () => {
    registry = await startTestRegistry(PORT);
  });
  afterEach(async () => {
    for (const deployment of open.splice(0)) await deployment.end();
    await registry.start();
  });
  afterAll(() => registry.end());

  it('reads what any producer wrote with a schema of its own, and writes what any consumer reads', async () => {
    const deployment = await deploy();
    await deployment.publishState(securityGroupState(3));
    const first = await register(deployment, VERSION_1);
    const evolved = await register(deployment, EVOLVED);
    expect(evolved).not.toBe(first);
    await deployment.produce([
      written(first, VERSION_1, avroEvent('e-1', 0)),
      written(evolved, EVOLVED, { ...avroEvent('e-2', 1), ticket: 'CHG-1' }),
      framed(evolved + 1_000, Buffer.from('no such schema')),
      ingressEvent('e-3', 2),
    ]);
    deployment.start();
    await deployment.caughtUp();

    expect(await documentIds(deployment)).toEqual(
      ['e-1', 'e-2', 'e-3'].map((id) => `aws:${ACCOUNT}:${id}`),
    );
    expect(await deadReasons(deployment)).toEqual(['unknown_schema']);

    const candidates = await readCommitted(deployment.kafka, deployment.topics.candidates);
    const read = await Promise.all(
      candidates.map(async ({ value, headers }) => {
        if (value === null) throw new Error('a candidate without a value');
        expect(headers).toMatchObject({
          'content-type': 'application/avro',
          'driftline.schema': 'drift-candidate/v2',
        });
        expect(value[0]).toBe(0);
        const schema = await schemaById(registry.url, value.readUInt32BE(1));
        return avsc.Type.forSchema(JSON.parse(schema) as avsc.Schema).fromBuffer(
          value.subarray(5),
        ) as { readonly resource: { readonly address: string } };
      }),
    );
    expect(read.map(({ resource }) => resource.address)).toEqual([
      'aws_security_group.group_0',
      'aws_security_group.group_1',
      'aws_security_group.group_2',
    ]);

    const desired = await readCommitted(deployment.kafka, deployment.topics.desired);
    expect(desired).toHaveLength(3);
    for (const { value, headers } of desired) {
      expect(value?.[0]).toBe(0);
      expect(headers).toMatchObject({ 'driftline.schema': 'desired-resource/v1' });
    }
  });

  it('finds the schemas registered that setup registered', async () => {
    const deployment = await deploy();
    const { code, stdout } = await runDriftlineCommand(['setup', ...deployment.settings]);
    expect(code).toBe(0);
    const { audit, desired, candidates } = deployment.topics;
    expect(stdout.split('\n').filter((line) => line.startsWith('schema '))).toEqual(
      [audit, desired, candidates].map((topic) => `schema ${topic}-value: unchanged`),
    );
  });

  it('reads desired state that was published before there was a registry', async () => {
    const deployment = await deploy();
    const before = await createDeployment(inject('stack'), 1, {
      'kafka.topics.desiredState': deployment.topics.desired,
    });
    open.push(before);
    await before.publishState(securityGroupState(1));
    await deployment.produce([ingressEvent('e-1', 0)]);
    deployment.start();
    await deployment.caughtUp();
    const [resource] = await readCommitted(deployment.kafka, deployment.topics.desired);
    expect(resource?.value?.[0]).toBe(0xc3);
    expect(await readCommitted(deployment.kafka, deployment.topics.candidates)).toHaveLength(1);
  });

  it('registers no schema for a command that only reads', async () => {
    const deployment = await createDeployment(inject('stack'));
    open.push(deployment);
    await deployment.publishState(securityGroupState(1));
    const { settings, topics } = deployment;
    const withRegistry = [...settings, '--set', `registry.url=${registry.url}`];
    const folder = mkdtempSync(join(tmpdir(), 'driftline-registry-'));
    const file = join(folder, 'a.tfstate');
    writeFileSync(file, securityGroupState(2));
    const subjects = async (): Promise<readonly string[]> =>
      (await (await fetch(`${registry.url}/subjects`)).json()) as readonly string[];
    for (const args of [
      ['list'],
      ['stats'],
      ['show', 'aws_security_group.group_0'],
      ['diff', file, '--env', 'test'],
      ['publish', file, '--env', 'test', '--dry-run'],
    ]) {
      const { code, stdout } = await runDriftlineCommand(['desired', ...args, ...withRegistry]);
      expect([args, code]).toEqual([args, args[0] === 'diff' ? 1 : 0]);
      expect(stdout).not.toBe('');
    }
    expect(await subjects()).not.toContain(`${topics.desired}-value`);
    await runDriftlineCommand(['desired', 'publish', file, '--env', 'test', ...withRegistry]);
    expect(await subjects()).toContain(`${topics.desired}-value`);
    rmSync(folder, { recursive: true });
  });

  it('waits, a member of the group, while the registry is away, and loses nothing', async () => {
    const deployment = await deploy();
    await deployment.publishState(securityGroupState(2));
    const first = await register(deployment, VERSION_1);
    const evolved = await register(deployment, EVOLVED);
    const driftline = deployment.start();
    await deployment.produce([written(first, VERSION_1, avroEvent('e-1', 0))]);
    await deployment.caughtUp();

    await registry.stop();
    await deployment.produce([
      written(first, VERSION_1, avroEvent('e-2', 0)),
      written(evolved, EVOLVED, avroEvent('e-3', 1)),
      framed(evolved + 1_000, Buffer.from('no such schema')),
    ]);
    const told = await driftline.event('schema-registry.retrying');
    expect(told).toMatchObject({ level: 'warn' });
    // Longer than the session of the group, which is 6 s here.
    await wait(9_000);
    expect(await documentIds(deployment)).not.toContain(`aws:${ACCOUNT}:e-3`);
    expect(await deadReasons(deployment)).toEqual([]);
    await registry.start();
    await deployment.caughtUp();

    expect(await documentIds(deployment)).toEqual(
      ['e-1', 'e-2', 'e-3'].map((id) => `aws:${ACCOUNT}:${id}`),
    );
    expect(await deadReasons(deployment)).toEqual(['unknown_schema']);
    expect(await readCommitted(deployment.kafka, deployment.topics.candidates)).toHaveLength(3);
    expect(driftline.lines.filter(({ event }) => event === 'group.joined')).toHaveLength(1);
    driftline.kill('SIGTERM');
    expect(await driftline.exited).toBe(0);
  });

  it('can be stopped while it waits, and started while the registry is away', async () => {
    const deployment = await deploy();
    await deployment.publishState(securityGroupState(1));
    const evolved = await register(deployment, EVOLVED);
    const stopped = deployment.start(['--set', 'shutdown.graceMs=1000']);
    await stopped.event('group.joined');
    await registry.stop();
    await deployment.produce([written(evolved, EVOLVED, avroEvent('e-1', 0))]);
    await stopped.event('schema-registry.retrying');
    stopped.kill('SIGTERM');
    expect(await stopped.exited).toBe(0);

    const impatient = deployment.start(['--set', 'registry.patienceMs=1000']);
    expect(await impatient.exited).not.toBe(0);
    expect(impatient.stderr()).toContain('the schema registry cannot be reached');

    const started = deployment.start();
    await started.event('schema-registry.retrying');
    await registry.start();
    await deployment.caughtUp();
    expect(await documentIds(deployment)).toEqual([`aws:${ACCOUNT}:e-1`]);
    expect(await deadReasons(deployment)).toEqual([]);
  });
});
