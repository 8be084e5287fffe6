import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { basename, join } from 'node:path';

/** How a node with the Security plugin is set up. All files are PEM. */
export type OpenSearchSecurity = {
  readonly caFile: string;
  /** The node's own certificate, for `127.0.0.1`, with key (PKCS 8). */
  readonly certFile: string;
  readonly keyFile: string;
  /** A client certificate that may do everything, with key; the stack asks by it whether the node answers. */
  readonly adminCertFile: string;
  readonly adminKeyFile: string;
  /** Its subject, as `CN=admin`. */
  readonly adminName: string;
  /** Files that stand for those of the plugin's own configuration: `roles.yml`, `internal_users.yml` and so on. */
  readonly configFiles: readonly string[];
};

const FILES = { ca: 'ca.pem', cert: 'node.pem', key: 'node.key' } as const;

/** Settings: the Security plugin's configuration reference, `plugins.security.*`. */
export function securitySettings(
  security: OpenSearchSecurity,
): Readonly<Record<string, string | boolean | readonly string[]>> {
  const tls = (layer: 'transport' | 'http') => ({
    [`plugins.security.ssl.${layer}.pemtrustedcas_filepath`]: FILES.ca,
    [`plugins.security.ssl.${layer}.pemcert_filepath`]: FILES.cert,
    [`plugins.security.ssl.${layer}.pemkey_filepath`]: FILES.key,
  });
  return {
    ...tls('transport'),
    ...tls('http'),
    'plugins.security.ssl.http.enabled': true,
    'plugins.security.ssl.http.clientauth_mode': 'OPTIONAL',
    'plugins.security.allow_default_init_securityindex': true,
    'plugins.security.authcz.admin_dn': [security.adminName],
  };
}

/** Writes what the settings name below the node's `config` folder: certificates, and the plugin's configuration. */
export function writeSecurityFiles(
  home: string,
  security: OpenSearchSecurity,
  unpackedPlugin: string,
): void {
  const config = join(home, 'config');
  const own = join(config, 'opensearch-security');
  rmSync(own, { recursive: true, force: true });
  mkdirSync(own, { recursive: true });
  copyFileSync(security.caFile, join(config, FILES.ca));
  copyFileSync(security.certFile, join(config, FILES.cert));
  copyFileSync(security.keyFile, join(config, FILES.key));
  const defaults = join(unpackedPlugin, 'config');
  const files = existsSync(defaults)
    ? readdirSync(defaults).map((file) => join(defaults, file))
    : [];
  // In this order: the given ones stand for those that the plugin brings.
  for (const file of [...files, ...security.configFiles])
    copyFileSync(file, join(own, basename(file)));
}

/** The body of an answer to a GET by the admin certificate. Rejects where none comes in time. */
export function askAsAdmin(
  port: number,
  path: string,
  security: OpenSearchSecurity,
  timeoutMs: number,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        path,
        ca: readFileSync(security.caFile),
        cert: readFileSync(security.adminCertFile),
        key: readFileSync(security.adminKeyFile),
        signal: AbortSignal.timeout(timeoutMs),
        agent: false,
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('error', reject);
        response.on('end', () => {
          try {
            resolve(JSON.parse(text));
          } catch (error) {
            reject(new Error(`the answer is no JSON: ${text.slice(0, 100)}`, { cause: error }));
          }
        });
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}

/** What the Security plugin lacks to let users in; undefined where it is ready. */
export async function securityLacks(
  port: number,
  security: OpenSearchSecurity,
  timeoutMs: number,
): Promise<string | undefined> {
  const answer = await askAsAdmin(port, '/_plugins/_security/health', security, timeoutMs);
  const isUp =
    typeof answer === 'object' && answer !== null && 'status' in answer && answer.status === 'UP';
  return isUp ? undefined : 'its Security plugin has not read its configuration yet';
}
