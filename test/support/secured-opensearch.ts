import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SECURITY_PLUGIN } from '../../deploy/local/opensearch-plugins.ts';
import { stackOptions } from '../../deploy/local/options.ts';
import { startStack, stopStack } from '../../deploy/local/stack.ts';
import { testAuthority, type CertificateFiles, type TestAuthority } from './certificates.ts';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface SecuredOpenSearch {
  /** `https://127.0.0.1:port` */
  readonly url: string;
  readonly authority: TestAuthority;
  /** One request, as a user with a password, by a client certificate, or as nobody. */
  ask(
    as: { readonly user: string; readonly password: string } | CertificateFiles | undefined,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Answer>;
  /** The certificate that may do everything. */
  readonly admin: CertificateFiles;
  /** Makes a user of the plugin's own with what gives it its roles. */
  addUser(
    name: string,
    password: string,
    more?: {
      readonly backend_roles?: readonly string[];
      readonly attributes?: Readonly<Record<string, string>>;
      /** Roles of the plugin itself, beside those by `backend_roles`. */
      readonly opendistro_security_roles?: readonly string[];
    },
  ): Promise<void>;
  stop(): Promise<void>;
}

const ROLES = fileURLToPath(new URL('../../deploy/opensearch/security', import.meta.url));
const SHIPPED = ['config.yml', 'roles.yml', 'roles_mapping.yml'];
const TIMEOUT_MS = 30_000;

/** A stack's own OpenSearch with the Security plugin and the shipped roles. */
export const startSecuredOpenSearch = async (port: number): Promise<SecuredOpenSearch> => {
  const folder = mkdtempSync(join(tmpdir(), 'driftline-secured-'));
  const authority = testAuthority(folder);
  const node = authority.issue('node');
  const admin = authority.issue('admin');
  const noUsers = join(folder, 'internal_users.yml');
  writeFileSync(noUsers, '_meta:\n  type: internalusers\n  config_version: 2\n');
  const options = stackOptions(process.env, {
    dataDir: join(folder, 'stack'),
    opensearchPort: port,
    services: ['opensearch'],
    quickJvm: true,
    startTimeoutMs: 240_000,
    opensearchPlugins: [SECURITY_PLUGIN],
    opensearchSecurity: {
      caFile: authority.caFile,
      certFile: node.certFile,
      keyFile: node.keyFile,
      adminCertFile: admin.certFile,
      adminKeyFile: admin.keyFile,
      adminName: 'CN=admin',
      configFiles: [...SHIPPED.map((file) => join(ROLES, file)), noUsers],
    },
  });
  const stop = async (): Promise<void> => {
    await stopStack(options, { wipe: true });
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const { opensearch: url } = await startStack(options);
    const ask: SecuredOpenSearch['ask'] = (as, method, path, body) =>
      new Promise((resolve, reject) => {
        const text =
          body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
        const sent = request(
          `${url}${path}`,
          {
            method,
            ca: readFileSync(authority.caFile),
            agent: false,
            signal: AbortSignal.timeout(TIMEOUT_MS),
            headers: { 'content-type': 'application/json' },
            ...(as !== undefined && 'user' in as ? { auth: `${as.user}:${as.password}` } : {}),
            ...(as !== undefined && 'certFile' in as
              ? { cert: readFileSync(as.certFile), key: readFileSync(as.keyFile) }
              : {}),
          },
          (response) => {
            let answer = '';
            response.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
            response.on('error', reject);
            response.on('end', () => {
              const isJson = response.headers['content-type']?.includes('json') === true;
              const parsed: unknown = isJson ? JSON.parse(answer) : answer;
              resolve({ status: response.statusCode ?? 0, body: parsed });
            });
          },
        );
        sent.on('error', reject);
        sent.end(text);
      });
    return {
      url,
      authority,
      admin,
      ask,
      addUser: async (name, password, more = {}) => {
        const path = `/_plugins/_security/api/internalusers/${name}`;
        const { status, body } = await ask(admin, 'PUT', path, { password, ...more });
        if (status >= 300) throw new Error(`user ${name}: ${status} ${JSON.stringify(body)}`);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};
