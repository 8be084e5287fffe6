import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { securityGroupState } from '../../support/cloudtrail-fixture.ts';
import { createDeployment, type Deployment } from '../../support/deployment.ts';
import { doctor, doctorProcess, wrong } from '../../support/doctor-reports.ts';
import { runDriftlineCommand } from '../../support/driftline-process.ts';
import { withAdmin } from '../../support/kafka-reader.ts';

const CLOCK_AHEAD = fileURLToPath(new URL('./clock-ahead.mjs', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'driftline-doctor-'));
const open: Deployment[] = [];
const deploy = async (): Promise<Deployment> => {
  const deployment = await createDeployment(inject('stack'));
  open.push(deployment);
  return deployment;
};
let sound: Deployment;
beforeAll(async () => {
  sound = await deploy();
  await sound.publishState(securityGroupState(1));
});
afterAll(async () => {
  for (const deployment of open) await deployment.end();
  rmSync(folder, { recursive: true });
});

const alterTopic = (deployment: Deployment, topic: string, config: Record<string, string>) =>
  withAdmin(deployment.kafka, (admin) =>
    admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: kafkajs.ConfigResourceTypes.TOPIC,
          name: topic,
          configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
        },
      ],
    }),
  );

const set = (key: string, value: string): readonly string[] => ['--set', `${key}=${value}`];

describe('driftline doctor', () => {
  it('finds nothing wrong with a sound deployment, and ends with 0', async () => {
    const report = await doctorProcess(sound.settings);
    expect(wrong(report)).toEqual([]);
    expect(report).toMatchObject({ code: 0, ok: true });
    expect(report.findings.map(({ subject }) => subject)).toEqual(
      expect.arrayContaining([
        'configuration',
        'brokers',
        'broker version',
        `consumer group ${sound.groupId}`,
        'transactions',
        `topic ${sound.topics.audit}`,
        'rights of this user',
        `desired state in ${sound.topics.desired}`,
        'OpenSearch version',
        'clock',
        `index template ${sound.indexes.auditEvents}`,
      ]),
    );
  });

  it('1: a topic is missing', async () => {
    const settings = [...sound.settings, ...set('kafka.topics.driftCandidates', 'never.made')];
    const report = await doctorProcess(settings);
    expect(report.code).toBe(1);
    expect(wrong(report)).toEqual([
      {
        area: 'kafka',
        state: 'fault',
        subject: 'topic never.made',
        what: 'does not exist',
        mend: expect.stringMatching(
          /^driftline setup .*--set kafka.topics.driftCandidates=never.made/,
        ),
      },
    ]);
  });

  it('2 to 5: the clean-up policy, the partitions, the replicas in sync and the size of topics are wrong', async () => {
    const deployment = await deploy();
    const { audit, desired, candidates, dead } = deployment.topics;
    await deployment.publishState(securityGroupState(1));
    await alterTopic(deployment, desired, { 'cleanup.policy': 'delete' });
    await alterTopic(deployment, audit, { 'retention.ms': '60000' });
    await alterTopic(deployment, candidates, {
      'min.insync.replicas': '2',
      'max.message.bytes': '2097152',
    });
    await alterTopic(deployment, dead, { 'max.message.bytes': '1000000' });
    const report = await doctor([...deployment.settings, ...set('kafka.setup.partitions', '6')]);
    expect(report.code).toBe(1);
    const found = wrong(report).map(({ subject, what, mend }) => `${subject}: ${what} => ${mend}`);
    const tool = (name: string, topic: string, rest: string): string =>
      name === 'topics'
        ? `kafka-topics.sh --bootstrap-server ${inject('stack').kafka} --alter --topic ${topic} ${rest}`
        : `kafka-configs.sh --bootstrap-server ${inject('stack').kafka} --alter --entity-type topics --entity-name ${topic} --add-config ${rest}`;
    for (const [subject, what, mend] of [
      [
        desired,
        'cleanup.policy is delete, must be compact',
        tool('configs', desired, 'cleanup.policy=compact'),
      ],
      [audit, 'retention.ms is 60000', tool('configs', audit, 'retention.ms=604800000')],
      [
        audit,
        'has 1 partitions, kafka.setup.partitions says 6',
        tool('topics', audit, '--partitions 6'),
      ],
      [
        candidates,
        'min.insync.replicas is 2 and a partition has 1 replicas',
        tool('configs', candidates, 'min.insync.replicas=1'),
      ],
      [
        dead,
        'max.message.bytes is 1000000, should be 2097152',
        tool('configs', dead, 'max.message.bytes=2097152'),
      ],
    ] as const) {
      expect(
        found.some(
          (line) => line.startsWith(`topic ${subject}: ${what}`) && line.endsWith(`=> ${mend}`),
        ),
        `${subject} ${what}`,
      ).toBe(true);
    }
  });

  it('6: no broker answers', async () => {
    const report = await doctor([...sound.settings, ...set('kafka.brokers', '127.0.0.1:1')]);
    expect(report.code).toBe(1);
    expect(wrong(report)).toEqual([
      {
        area: 'kafka',
        state: 'fault',
        subject: 'kafka',
        what: expect.stringContaining('Cannot reach Kafka at 127.0.0.1:1'),
        mend: expect.stringContaining('nc -vz 127.0.0.1 1'),
      },
    ]);
  });

  it('7: nothing answers where OpenSearch should', async () => {
    const report = await doctor([
      ...sound.settings,
      ...set('opensearch.nodes', 'http://127.0.0.1:1'),
    ]);
    expect(report.code).toBe(1);
    expect(wrong(report)).toMatchObject([
      {
        area: 'opensearch',
        state: 'fault',
        what: expect.stringContaining('cannot be reached'),
        mend: expect.stringContaining('curl http://127.0.0.1:1'),
      },
    ]);
  });

  it('8: OpenSearch refuses the credentials', async () => {
    // The stack has no Security plugin: what answers here does what a node with one does.
    const server = createServer((_request, response) => {
      response.writeHead(401, { 'content-type': 'text/plain' });
      response.end('Unauthorized');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const passwordFile = join(folder, 'password');
    writeFileSync(passwordFile, 'an-old-password');
    const args = [
      ...sound.settings,
      ...set('opensearch.nodes', `http://127.0.0.1:${port}`),
      ...set('opensearch.username', 'driftline'),
      ...set('opensearch.passwordFile', passwordFile),
    ];
    const report = await doctor(args);
    server.close();
    expect(report.code).toBe(1);
    expect(wrong(report)).toMatchObject([
      {
        area: 'opensearch',
        state: 'fault',
        what: expect.stringContaining('does not know us (401): check opensearch.username'),
        mend: expect.stringContaining('opensearch.passwordFile'),
      },
    ]);
    expect(JSON.stringify(report)).not.toContain('an-old-password');
  });

  it('9 and 10: an index template is missing, another one is of an older version', async () => {
    const deployment = await deploy();
    await deployment.publishState(securityGroupState(1));
    const { opensearch } = inject('stack');
    const { auditEvents, driftCandidates } = deployment.indexes;
    const template = `${opensearch}/_index_template`;
    const part = `${opensearch}/_component_template/${auditEvents}@mappings`;
    const stored = (await (await fetch(part)).json()) as {
      readonly component_templates: readonly {
        readonly component_template: {
          readonly template: {
            readonly mappings: { readonly properties: Record<string, unknown> };
          };
        };
      }[];
    };
    const older = stored.component_templates[0]!.component_template;
    const fields = older.template.mappings.properties;
    expect(fields).toHaveProperty('raw_data');
    delete fields['raw_data'];
    const put = await fetch(part, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(older),
    });
    expect(await put.json()).toEqual({ acknowledged: true });
    await fetch(`${template}/${driftCandidates}`, { method: 'DELETE' });
    const report = await doctor(deployment.settings);
    expect(report.code).toBe(1);
    expect(wrong(report).map(({ subject, what }) => `${subject} ${what.split(':')[0]}`)).toEqual([
      `component template ${auditEvents}@mappings differs from that of this version`,
      `index template ${driftCandidates} is missing`,
    ]);
    for (const { mend } of wrong(report)) expect(mend).toMatch(/^driftline setup /);

    // The command that it prints mends both.
    expect((await runDriftlineCommand(['setup', ...deployment.settings])).code).toBe(0);
    expect((await doctor(deployment.settings)).code).toBe(0);
  });

  it('11 and 12: an index has the name of the alias, and a full disk has blocked another', async () => {
    const deployment = await deploy();
    await deployment.publishState(securityGroupState(1));
    const { opensearch } = inject('stack');
    const { auditEvents, driftCandidates } = deployment.indexes;
    const put = (path: string, body: object) =>
      fetch(`${opensearch}/${path}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    await put(auditEvents, {});
    await put(`${driftCandidates}-2026.11`, {});
    await put(`${driftCandidates}-2026.11/_settings`, {
      'index.blocks.read_only_allow_delete': true,
    });
    const report = await doctor(deployment.settings);
    expect(report.code).toBe(1);
    expect(wrong(report).map(({ subject, what }) => `${subject}: ${what}`)).toEqual([
      expect.stringMatching(`^indexes ${auditEvents}\\*: an index has the name of the alias`),
      expect.stringMatching(
        `^indexes ${driftCandidates}\\*: 1 cannot be written to .*a disk is full`,
      ),
    ]);
    expect(wrong(report)[1]?.mend).toContain('"index.blocks.read_only_allow_delete": null');
  });

  it('13: the desired state is empty', async () => {
    const deployment = await deploy();
    const report = await doctor(deployment.settings);
    expect(report.code).toBe(1);
    expect(wrong(report)).toMatchObject([
      {
        state: 'fault',
        what: expect.stringContaining('is empty'),
        mend: expect.stringMatching(/^driftline desired publish/),
      },
    ]);
  });

  it('14: the desired state is old: a warning, which is a failure with --strict', async () => {
    const args = [...sound.settings, '--max-desired-age', '0.00001'];
    const report = await doctorProcess(args);
    expect(report).toMatchObject({ code: 0, ok: true });
    expect(wrong(report)).toMatchObject([
      {
        state: 'warning',
        what: expect.stringContaining('was not written'),
        mend: expect.stringMatching(/^driftline desired diff/),
      },
    ]);
    expect((await doctorProcess([...args, '--strict'])).code).toBe(1);
  });

  it('15: the schema registry is down', async () => {
    const report = await doctor([...sound.settings, ...set('registry.url', 'http://127.0.0.1:1')]);
    expect(report.code).toBe(1);
    expect(wrong(report)).toMatchObject([
      { area: 'registry', state: 'fault', mend: expect.stringContaining('registry.url') },
    ]);
  });

  it('16: the clock of this machine is ten minutes ahead', async () => {
    const before = process.env['NODE_OPTIONS'];
    process.env['NODE_OPTIONS'] = `--import=${CLOCK_AHEAD}`;
    try {
      const report = await doctorProcess(sound.settings);
      expect(report.code).toBe(1);
      expect(wrong(report)).toMatchObject([
        {
          state: 'fault',
          subject: 'clock',
          what: expect.stringMatching(/^is (599|60\d) s ahead/),
          mend: expect.stringContaining('chronyc makestep'),
        },
      ]);
    } finally {
      if (before === undefined) delete process.env['NODE_OPTIONS'];
      else process.env['NODE_OPTIONS'] = before;
    }
  });

  it('17 and 18: the configuration has an unknown key, or a value that cannot be', async () => {
    const file = join(folder, 'driftline.json');
    writeFileSync(file, JSON.stringify({ kafka: { broker: ['a:1'] } }));
    const unknown = await doctorProcess(['--config', file]);
    expect(unknown.code).toBe(1);
    expect(wrong(unknown)).toMatchObject([
      {
        area: 'configuration',
        subject: 'kafka.broker',
        mend: expect.stringContaining(`correct kafka.broker in ${file}`),
      },
    ]);
    const bad = await doctor(set('http.port', 'many'));
    expect(wrong(bad)).toMatchObject([
      {
        area: 'configuration',
        subject: 'http.port',
        what: expect.stringContaining('from 0 to 65535'),
      },
    ]);
  });

  it('19: a file that the configuration names cannot be used', async () => {
    const file = join(folder, 'rules.yaml');
    writeFileSync(file, 'rules: [{ id: a');
    const report = await doctor([...sound.settings, ...set('detection.ignoreRulesFile', file)]);
    expect(report.code).toBe(1);
    expect(wrong(report)).toMatchObject([
      { area: 'configuration', subject: 'detection.ignoreRulesFile', mend: `correct ${file}` },
    ]);
  });
});
