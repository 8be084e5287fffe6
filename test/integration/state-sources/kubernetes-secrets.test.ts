import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createStateSource } from '../../../src/adapters/state-sources/state-source.ts';
import { pollSource } from '../../support/poll-source.ts';

interface Secret {
  readonly workspace: string;
  readonly suffix: string;
  readonly version: string;
  readonly data: Buffer;
}

const hasOpenssl = (): boolean => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    process.stderr.write('skipped: secrets of Kubernetes: there is no openssl for a certificate\n');
    return false;
  }
};

describe.skipIf(!hasOpenssl())('the kubernetes backend of Terraform', () => {
  const token = 'token-of-the-service-account';
  const folder = mkdtempSync(join(tmpdir(), 'driftline-cluster-'));
  const file = (name: string): string => join(folder, name);
  let secrets: Map<string, Secret>;
  let fetched: string[];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'https://host');
    const base = '/api/v1/namespaces/infra/secrets';
    const json = (status: number, body: unknown): void =>
      void response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(JSON.stringify(body));
    if (request.headers.authorization !== `Bearer ${token}`) return json(401, { kind: 'Status' });
    const metadata = (name: string, { workspace, suffix, version }: Secret) => ({
      name,
      namespace: 'infra',
      resourceVersion: version,
      labels: {
        tfstate: 'true',
        tfstateWorkspace: workspace,
        tfstateSecretSuffix: suffix,
        'app.kubernetes.io/managed-by': 'terraform',
      },
    });
    if (url.pathname !== base) {
      const name = url.pathname.slice(base.length + 1);
      const secret = secrets.get(name);
      fetched.push(name);
      if (secret === undefined) return json(404, { kind: 'Status' });
      const data = { tfstate: secret.data.toString('base64') };
      return json(200, { kind: 'Secret', metadata: metadata(name, secret), data });
    }
    // Metadata alone is what the API server sends for this type; one secret a page.
    if (!(request.headers.accept ?? '').includes('PartialObjectMetadataList')) return json(406, {});
    const wanted = (url.searchParams.get('labelSelector') ?? '').split(',');
    const names = [...secrets].filter(([, { workspace, suffix }]) =>
      wanted.every((label) =>
        ['tfstate=true', `tfstateWorkspace=${workspace}`, `tfstateSecretSuffix=${suffix}`].includes(
          label,
        ),
      ),
    );
    const at = Number(url.searchParams.get('continue') ?? '0');
    const more = at + 1 < names.length ? { continue: String(at + 1) } : {};
    return json(200, {
      kind: 'PartialObjectMetadataList',
      metadata: more,
      items: names
        .slice(at, at + 1)
        .map(([name, secret]) => ({ metadata: metadata(name, secret) })),
    });
  });

  beforeAll(async () => {
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
        ...['-keyout', file('key.pem'), '-out', file('cert.pem'), '-days', '2'],
        ...['-subj', '/CN=cluster', '-addext', 'subjectAltName=IP:127.0.0.1'],
      ],
      { stdio: 'ignore' },
    );
    server.setSecureContext({
      key: readFileSync(file('key.pem')),
      cert: readFileSync(file('cert.pem')),
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true });
  });

  beforeEach(() => {
    fetched = [];
    const whole = gzipSync('LARGE');
    const app = { suffix: 'app', version: '10', data: gzipSync('A') };
    const net = { suffix: 'net', workspace: 'default' };
    secrets = new Map([
      ['tfstate-default-app', { ...app, workspace: 'default' }],
      ['tfstate-blue-app', { ...app, workspace: 'blue', data: gzipSync('B') }],
      ['tfstate-default-net-part-1', { ...net, version: '21', data: whole.subarray(9) }],
      ['tfstate-default-net', { ...net, version: '20', data: whole.subarray(0, 9) }],
    ]);
  });

  const kubeconfig = (
    change: { readonly user?: string; readonly cluster?: string } = {},
  ): string => {
    const path = file('config');
    const ca = Buffer.from(readFileSync(file('cert.pem'))).toString('base64');
    writeFileSync(
      path,
      `apiVersion: v1
kind: Config
current-context: main
contexts: [{name: main, context: {cluster: c, user: u}}]
clusters:
- name: c
  cluster:
    server: https://127.0.0.1:${(server.address() as AddressInfo).port}
    ${change.cluster ?? `certificate-authority-data: ${ca}`}
users:
- name: u
  user: {${change.user ?? `token: ${token}`}}
`,
    );
    return path;
  };
  const look = (location: string, known?: ReadonlyMap<string, string>, path = kubeconfig()) =>
    pollSource(
      createStateSource(location, {
        maxBytes: 1e8,
        env: { KUBECONFIG: path },
        home: '/nonexistent',
        timeoutMs: 5_000,
      }),
      known,
    );

  it('reads all states of a namespace, the parts of a large one joined', async () => {
    expect((await look('k8s://infra')).lines).toEqual([
      'k8s://infra/app/blue=B',
      'k8s://infra/app/default=A',
      'k8s://infra/net/default=LARGE',
    ]);
  });

  it('reads the workspaces of a suffix, or one', async () => {
    expect((await look('k8s://infra/app')).lines).toEqual([
      'k8s://infra/app/blue=B',
      'k8s://infra/app/default=A',
    ]);
    expect((await look('k8s://infra/app/blue')).lines).toEqual(['k8s://infra/app/blue=B']);
  });

  it('fetches again only secrets that were written', async () => {
    const first = await look('k8s://infra');
    fetched = [];
    const blue = { workspace: 'blue', suffix: 'app', version: '30', data: gzipSync('B2') };
    secrets.set('tfstate-blue-app', blue);
    expect((await look('k8s://infra', first.known)).lines).toEqual([
      'k8s://infra/app/blue=B2',
      'k8s://infra/app/default unchanged',
      'k8s://infra/net/default unchanged',
    ]);
    expect(fetched).toEqual(['tfstate-blue-app']);
  });

  it('refuses a wrong token without telling it, and a certificate of an unknown authority', async () => {
    const wrong = await look('k8s://infra', undefined, kubeconfig({ user: 'token: wrong-token' }));
    expect(wrong.polls).toMatchObject([{ reason: 'refused' }]);
    expect(JSON.stringify(wrong.polls)).not.toContain('wrong-token');
    const unknown = kubeconfig({ cluster: 'insecure: x' });
    expect((await look('k8s://infra', undefined, unknown)).lines).toEqual([
      'k8s://infra: unavailable',
    ]);
  });

  it('says what is missing: no secret, no kubeconfig, no credentials in it', async () => {
    expect((await look('k8s://infra/none')).lines).toEqual(['k8s://infra/none: not_found']);
    expect((await look('k8s://infra', undefined, file('absent'))).lines).toEqual([
      'k8s://infra: refused',
    ]);
    const withExec = kubeconfig({ user: 'exec: {command: aws}' });
    expect((await look('k8s://infra', undefined, withExec)).polls).toMatchObject([
      { reason: 'refused', message: expect.stringContaining('exec is not run') as string },
    ]);
  });
});
