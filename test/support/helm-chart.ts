import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';

const CHART = fileURLToPath(new URL('../../deploy/helm/driftline', import.meta.url));

/** Where `npm run chart:tools` puts what it builds. */
const CACHE = join(homedir(), '.cache', 'driftline');

/** A tool on this machine: named by a variable, built before, or on the path. */
const toolPath = (name: string): string | undefined => {
  const given = process.env[`DRIFTLINE_TEST_${name.toUpperCase()}`];
  if (given !== undefined) return given;
  const folders = [join(CACHE, 'bin'), ...(process.env['PATH'] ?? '').split(':')];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
};

export const HELM = toolPath('helm');

const SCHEMAS = join(CACHE, 'kubernetes-schemas');
const KUBECONFORM = existsSync(SCHEMAS) ? toolPath('kubeconform') : undefined;
export const CAN_CONFORM = HELM !== undefined && KUBECONFORM !== undefined;

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, string>>;
}

/** Runs Helm with values as a file. Throws with its own message where it refuses. */
const helm = (command: readonly string[], values: object): string => {
  if (HELM === undefined) throw new Error('there is no helm');
  const folder = mkdtempSync(join(tmpdir(), 'driftline-helm-'));
  const file = join(folder, 'values.json');
  writeFileSync(file, JSON.stringify(values));
  try {
    return execFileSync(HELM, [...command, '--values', file], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    const { stderr } = error as { readonly stderr?: string };
    throw new Error(stderr ?? String(error), { cause: error });
  } finally {
    rmSync(folder, { recursive: true });
  }
};

export const lintChart = (values: object): string => helm(['lint', '--strict', CHART], values);

/** A helm that was built from source without its release flags assumes Kubernetes 1.20. */
const RENDER = ['template', 'prod', CHART, '--namespace', 'audit', '--kube-version', '1.33.0'];

export const renderChart = (values: object): readonly KubernetesObject[] =>
  parseAllDocuments(helm(RENDER, values))
    .map((document) => document.toJS() as KubernetesObject | null)
    .filter((object) => object !== null);

/** Of other makers than Kubernetes: their schemas are not among those of the API server. */
const FOREIGN = 'ScaledObject,ServiceMonitor';

/** What kubeconform says of the chart under the strict schemas: a line for each fault, and a summary. */
export const conformChart = (values: object): string => {
  if (KUBECONFORM === undefined) throw new Error('there is no kubeconform');
  const location = join(SCHEMAS, '{{ .ResourceKind }}{{ .KindSuffix }}.json');
  const args = ['-strict', '-summary', '-skip', FOREIGN, '-schema-location', location];
  const { stdout } = spawnSync(KUBECONFORM, args, {
    input: helm(RENDER, values),
    encoding: 'utf8',
  });
  return stdout;
};
