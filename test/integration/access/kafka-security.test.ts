import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { aclText, runAcls, type AclRow } from '../../../src/adapters/kafka/acls.ts';
import { testAuthority } from '../../support/certificates.ts';
import { ingressEvent, readEvent, securityGroupState } from '../../support/cloudtrail-fixture.ts';
import { createDeployment, type Deployment } from '../../support/deployment.ts';
import {
  runDriftlineCommand,
  startDriftline,
  type DriftlineProcess,
} from '../../support/driftline-process.ts';
import { startSecuredKafka, type SecuredKafka } from '../../support/secured-kafka.ts';

const PORT = 33_100;
const USER = 'driftline';
const PASSWORD = 'only-for-this-test';

let secured: SecuredKafka;
let deployment: Deployment;
let passwordFile: string;
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
  acls = runAcls({
    groupId: deployment.groupId,
    topics: {
      auditEvents: audit,
      desiredState: desired,
      driftCandidates: candidates,
      deadLetters: dead,
    },
  });
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

describe('a sign-in', () => {
  beforeAll(() => secured.allowOnly(USER, acls));

  it.each(['scram-sha-256', 'scram-sha-512', 'plain'])('works by %s', async (mechanism) => {
    const { code, stderr } = await status(scram(mechanism));
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  it('works by a bearer token from a file', async () => {
    const tokenFile = join(secured.folder, 'token');
    const part = (value: object): string =>
      Buffer.from(JSON.stringify(value)).toString('base64url');
    const now = Math.floor(Date.now() / 1_000);
    writeFileSync(
      tokenFile,
      `${part({ alg: 'none' })}.${part({ sub: USER, iat: now, exp: now + 600 })}.`,
    );
    const { code, stderr } = await status({
      'kafka.brokers': secured.sasl,
      'kafka.ssl.enabled': 'true',
      'kafka.ssl.caFile': secured.authority.caFile,
      'kafka.sasl.mechanism': 'oauthbearer',
      'kafka.sasl.oauth.tokenFile': tokenFile,
    });
    expect(stderr).toBe('');
    expect(code).toBe(0);
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
