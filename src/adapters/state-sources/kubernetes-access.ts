import { readFile } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { parseYamlDocuments } from '../../codec/yaml-documents.ts';
import type { HttpGetOptions } from './http-get.ts';
import { listAt, textAt } from './json-members.ts';
import { SourceError } from './source-error.ts';

/** How to speak with the API server of a cluster. */
export interface ClusterAccess {
  readonly server: URL;
  readonly token?: string;
  readonly tls?: NonNullable<HttpGetOptions['tls']>;
}

export interface ClusterSettings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The cluster of a kubeconfig (KUBE_CONFIG_PATH, KUBECONFIG, ~/.kube/config; context KUBE_CTX or the current one), else
 * the one that this process runs in. Of a kubeconfig: server, certificate authority, token or token file, client
 * certificate; no `exec` and no auth provider. Read at each poll: tokens are renewed.
 */
export const clusterAccess = async ({ env, home }: ClusterSettings): Promise<ClusterAccess> => {
  const named = env['KUBE_CONFIG_PATH'] ?? env['KUBECONFIG']?.split(delimiter)[0];
  const host = env['KUBERNETES_SERVICE_HOST'];
  if (named === undefined && host !== undefined) {
    return inCluster(host, env['KUBERNETES_SERVICE_PORT'] ?? '443');
  }
  return fromKubeconfig(named ?? join(home, '.kube', 'config'), env['KUBE_CTX']);
};

const inCluster = async (host: string, port: string): Promise<ClusterAccess> => {
  const address = host.includes(':') ? `[${host}]` : host;
  return {
    server: new URL(`https://${address}:${port}`),
    token: (await readText(join(SERVICE_ACCOUNT, 'token'))).trim(),
    tls: { ca: await readText(join(SERVICE_ACCOUNT, 'ca.crt')) },
  };
};

const fromKubeconfig = async (
  file: string,
  contextName: string | undefined,
): Promise<ClusterAccess> => {
  const parsed = parseYamlDocuments(await readText(file));
  const config = parsed.ok ? parsed.documents[0]?.value : undefined;
  const failed = (what: string): SourceError =>
    new SourceError('refused', `The kubeconfig ${file} ${what}.`);
  if (config === undefined) throw failed('is not YAML');
  const context = named(config, 'contexts', contextName ?? textAt(config, 'current-context'));
  const cluster = named(config, 'clusters', textAt(context, 'context', 'cluster'));
  const user = named(config, 'users', textAt(context, 'context', 'user'));
  const server = URL.parse(textAt(cluster, 'cluster', 'server') ?? '');
  if (server === null) throw failed('names no server for its context');
  const folder = dirname(resolve(file));
  const material = async (entry: unknown, kind: string, name: string) => {
    const inline = textAt(entry, kind, `${name}-data`);
    if (inline !== undefined) return Buffer.from(inline, 'base64').toString();
    const path = textAt(entry, kind, name);
    return path === undefined ? undefined : readText(resolve(folder, path));
  };
  const tokenFile = textAt(user, 'user', 'tokenFile');
  const token =
    textAt(user, 'user', 'token') ??
    (tokenFile === undefined ? undefined : (await readText(resolve(folder, tokenFile))).trim());
  const ca = await material(cluster, 'cluster', 'certificate-authority');
  const cert = await material(user, 'user', 'client-certificate');
  const key = await material(user, 'user', 'client-key');
  if (token === undefined && cert === undefined) {
    throw failed('holds neither token nor client certificate for its user; exec is not run');
  }
  return {
    server,
    ...(token === undefined ? {} : { token }),
    tls: {
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    },
  };
};

const named = (config: unknown, list: string, name: string | undefined): unknown =>
  listAt(config, list).find((entry) => name !== undefined && textAt(entry, 'name') === name);

const readText = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new SourceError('refused', `No access to the cluster: ${file} cannot be read (${code}).`);
  }
};
