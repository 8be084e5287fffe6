import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  aclText,
  desiredIndexAcls,
  runAcls,
  setupAcls,
  type AclRow,
} from '../../../src/adapters/kafka/acls.ts';
import { testAuthority } from '../../support/certificates.ts';
import { ingressEvent, readEvent, securityGroupState } from '../../support/cloudtrail-fixture.ts';
import { createDeployment, type Deployment } from '../../support/deployment.ts';
import {
  runDriftlineCommand,
  startDriftline,
  type DriftlineProcess,
} from '../../support/driftline-process.ts';
import { startSecuredKafka, type SecuredKafka } from '../../support/secured-kafka.ts';
import { startTokenServer } from '../../support/token-server.ts';
import { describeCommandAcls } from './kafka-command-acls.ts';

const PORT = Number(process.env.DRIFTLINE_TEST_SECURED_KAFKA_PORT ?? 19_110);
const USER = 'driftline';
const PASSWORD = 'only-for-this-test';

let secured: SecuredKafka;
let deployment: Deployment;
let passwordFile: string;
/** As the lists of ACLs take them. */
let topics: Parameters<typeof runAcls>[0]['topics'];
let acls: readonly AclRow[];

const set = (values: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(values).flatMap(([key, value]) => ['--set', `${key}=${value}`]);

const scram = (mechanism = 'scram-sha-512'): Readonly<Record<string, string>> => ({
  'kafka.brokers': secured.sasl,
  'kafka.ssl.enabled': 'true',
  'kafka.ssl.caFile': secured.authority.caFile,
  'kafka.sasl.mechanism': mechanism,
  'kafka.sasl.username': USER,
  'kafka.sasl.passwordFile': passwordFile,
});

const run = (values: Readonly<Record<string, string>>): DriftlineProcess =>
  startDriftline(['run', ...deployment.settings, ...set(values)]);

/** `driftline consumption status` asks the group's coordinator and the topics: a small whole sign-in. */
const status = (values: Readonly<Record<string, string>>) =>
  runDriftlineCommand(['consumption', 'status', ...deployment.settings, ...set(values)]);

beforeAll(async () => {
  secured = await startSecuredKafka(PORT, { [USER]: PASSWORD });
  passwordFile = join(secured.folder, 'password');
  writeFileSync(passwordFile, `${PASSWORD}\n`);
  // Made by the administrator, who does not sign in.
  deployment = await createDeployment({ ...inject('stack'), kafka: secured.plain });
  const { audit, desired, candidates, dead } = deployment.topics;
  topics = {
    auditEvents: audit,
    desiredState: desired,
    driftCandidates: candidates,
    deadLetters: dead,
  };
  acls = runAcls({ groupId: deployment.groupId, topics });
  await deployment.publishState(securityGroupState(2));
}, 300_000);

afterAll(async () => {
  await deployment?.end();
  await secured?.stop();
}, 60_000);

describe('the service with SCRAM over TLS and ACLs', () => {
  it('works with exactly the ACLs that are listed', async () => {
    await secured.allowOnly(USER, acls);
    await deployment.produce([readEvent('e-read'), ingressEvent('e-owned', 1), 'no audit event']);
    const service = run(scram());
    await deployment.caughtUp();
    service.kill('SIGTERM');
    expect(await service.exited).toBe(0);
    expect(service.stderr()).toBe('');
    expect(await deployment.auditDocuments()).toHaveLength(2);
    expect(await deployment.candidateDocuments()).toHaveLength(1);
  });

  it.each([0, 1, 2, 3, 4, 5])('names the ACL that is missing: row %i of the list', async (row) => {
    const missing = acls[row];
    if (missing === undefined) throw new Error('the list has fewer rows');
    expect(acls).toHaveLength(6);
    await secured.allowOnly(
      USER,
      acls.filter((each) => each !== missing),
    );
    // Work for whoever gets so far.
    await deployment.produce([ingressEvent(`e-${row}`, 1), 'no audit event']);
    const service = run(scram());
    try {
      expect(await service.exited).not.toBe(0);
    } finally {
      service.kill('SIGKILL');
    }
    expect(service.stderr()).toContain('The brokers do not let this user work: it lacks');
    expect(service.stderr()).toContain(aclText(missing));
  });
});

describe('driftline desired index with ACLs', () => {
  /** In a group of its own: it reads the topic from its beginning. */
  const start = (name: string): DriftlineProcess => {
    const group = { 'kafka.groupId': `${deployment.groupId}-${name}` };
    return startDriftline([
      'desired',
      'index',
      ...deployment.settings,
      ...set({ ...scram(), ...group }),
    ]);
  };
  const rowsOf = (name: string): readonly AclRow[] =>
    desiredIndexAcls({ groupId: `${deployment.groupId}-${name}.desired-index`, topics });

  it('works with exactly those that are listed', async () => {
    await secured.allowOnly(USER, rowsOf('whole'));
    const service = start('whole');
    await service.event('unit.finished');
    service.kill('SIGTERM');
    expect(await service.exited).toBe(0);
  });

  it.each([0, 1, 2])('names the one that is missing: row %i of the list', async (row) => {
    const rows = rowsOf(`row-${row}`);
    const missing = rows[row];
    if (missing === undefined) throw new Error('the list has fewer rows');
    expect(rows).toHaveLength(3);
    await secured.allowOnly(
      USER,
      rows.filter((each) => each !== missing),
    );
    const service = start(`row-${row}`);
    try {
      expect(await service.exited).toBe(1);
    } finally {
      service.kill('SIGKILL');
    }
    expect(service.stderr()).toContain(aclText(missing));
  });
});

describeCommandAcls(() => ({
  deployment,
  names: { groupId: deployment.groupId, topics },
  signIn: scram(),
  allowOnly: (rows) => secured.allowOnly(USER, rows),
}));

describe('driftline setup with ACLs', () => {
  const setUp = (rows: readonly AclRow[], deadLetters: string) =>
    secured
      .allowOnly(USER, rows)
      .then(() =>
        runDriftlineCommand([
          'setup',
          ...deployment.settings,
          ...set({ ...scram(), 'kafka.topics.deadLetters': deadLetters }),
        ]),
      );

  it('makes and compares topics with exactly those that are listed', async () => {
    const made = `${deployment.groupId}.made`;
    const rows = setupAcls({ topics: { ...topics, deadLetters: made } });
    const { code, stdout, stderr } = await setUp(rows, made);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toContain(`topic ${topics.auditEvents}: unchanged`);
    expect(stdout).toContain(`topic ${made}: created`);
  });

  it.each([
    ['Create', 'let this user create topics'],
    ['Describe', 'it lacks Describe on Topic '],
    ['DescribeConfigs', 'it lacks DescribeConfigs on Topic '],
  ])('says what to grant without %s', async (operation, said) => {
    const missing = `${deployment.groupId}.missing`;
    // Only where it may not be made is there one to make.
    const names = operation === 'Create' ? { ...topics, deadLetters: missing } : topics;
    const rows = setupAcls({ topics: names }).filter((row) => row.operation !== operation);
    const { code, stderr } = await setUp(rows, names.deadLetters);
    expect(code).toBe(2);
    expect(stderr).toContain(said);
  });
});

describe('a sign-in', () => {
  beforeAll(() => secured.allowOnly(USER, acls));

  it.each(['scram-sha-256', 'scram-sha-512', 'plain'])('works by %s', async (mechanism) => {
    const { code, stderr } = await status(scram(mechanism));
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  const bearer = (values: Readonly<Record<string, string>>) =>
    status({
      'kafka.brokers': secured.sasl,
      'kafka.ssl.enabled': 'true',
      'kafka.ssl.caFile': secured.authority.caFile,
      'kafka.sasl.mechanism': 'oauthbearer',
      ...values,
    });
  const bearerToken = (): string => {
    const part = (value: object): string =>
      Buffer.from(JSON.stringify(value)).toString('base64url');
    const now = Math.floor(Date.now() / 1_000);
    return `${part({ alg: 'none' })}.${part({ sub: USER, iat: now, exp: now + 600 })}.`;
  };

  it('works by a bearer token from a file', async () => {
    const tokenFile = join(secured.folder, 'token');
    writeFileSync(tokenFile, bearerToken());
    const { code, stderr } = await bearer({ 'kafka.sasl.oauth.tokenFile': tokenFile });
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  it('works by a bearer token for client credentials, or says who gives none', async () => {
    const secretFile = join(secured.folder, 'client-secret');
    writeFileSync(secretFile, PASSWORD);
    const rightly = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`;
    const tokens = await startTokenServer(
      secured.authority.issue('tokens'),
      ({ authorization }, response) => {
        const known = authorization === rightly;
        const body = known
          ? { access_token: bearerToken(), expires_in: 600 }
          : { error: 'invalid_client' };
        response.writeHead(known ? 200 : 401).end(JSON.stringify(body));
      },
    );
    const values = {
      'kafka.sasl.oauth.tokenUrl': tokens.url,
      'kafka.sasl.oauth.clientId': USER,
      'kafka.sasl.oauth.clientSecretFile': secretFile,
      'kafka.sasl.oauth.caFile': secured.authority.caFile,
    };
    try {
      expect(await bearer(values)).toMatchObject({ code: 0, stderr: '' });
      const refused = await bearer({ ...values, 'kafka.sasl.oauth.clientId': 'nobody' });
      expect(refused.code).not.toBe(0);
      expect(refused.stderr).toContain(`${tokens.url} answers 401 invalid_client`);
    } finally {
      await tokens.close();
    }
  });

  it('works by client certificate, whose name is the user', async () => {
    const { certFile, keyFile } = secured.authority.issue(USER);
    const { code, stderr } = await status({
      'kafka.brokers': secured.mutualTls,
      'kafka.ssl.enabled': 'true',
      'kafka.ssl.caFile': secured.authority.caFile,
      'kafka.ssl.certFile': certFile,
      'kafka.ssl.keyFile': keyFile,
    });
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  it.each([
    ['a wrong password', 'refuses the sign-in'],
    ['another authority', 'is not signed by an authority that is trusted here'],
    ['no client certificate', 'it refuses the client certificate, or asks for one'],
    ['no TLS at the other side', 'does it speak TLS at this port?'],
  ])('that cannot be says why: %s', async (what, message) => {
    const wrong = join(secured.folder, 'wrong');
    writeFileSync(wrong, 'wrong');
    const { 'kafka.sasl.mechanism': _m, 'kafka.sasl.username': _u, ...tls } = scram();
    const { 'kafka.sasl.passwordFile': _p, ...onlyTls } = tls;
    const values: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      'a wrong password': { ...scram(), 'kafka.sasl.passwordFile': wrong },
      'another authority': {
        ...scram(),
        'kafka.ssl.caFile': testAuthority(secured.folder, 'other-ca').caFile,
      },
      'no client certificate': { ...onlyTls, 'kafka.brokers': secured.mutualTls },
      'no TLS at the other side': { ...scram(), 'kafka.brokers': secured.plain },
    };
    const { code, stderr } = await status(values[what] ?? {});
    expect(code).not.toBe(0);
    expect(stderr).toContain(message);
  });
});
