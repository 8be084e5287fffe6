import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeKubernetesSchemas } from './kubernetes-schemas.ts';

/** Built from source: it takes minutes, once. `test/support/helm-chart.ts` looks there. */
const CACHE = join(homedir(), '.cache', 'driftline');
const BIN = join(CACHE, 'bin');
const SCHEMAS = join(CACHE, 'kubernetes-schemas');
const TOOLS = {
  helm: 'helm.sh/helm/v3/cmd/helm@v3.19.2',
  kubeconform: 'github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0',
};
/** Holds the JSON schemas of the API server: kubeconform's own place for them is no package registry. */
const SCHEMA_PACKAGE = 'kubernetes-validate==1.34.0';
const KUBERNETES = 'v1.33.0-local-strict';

const note = (text: string): void => void process.stdout.write(`${text}\n`);

const run = (command: string, args: readonly string[], cwd?: string): void => {
  const { status, error } = spawnSync(command, args, {
    env: { ...process.env, GOBIN: BIN },
    stdio: 'inherit',
    ...(cwd === undefined ? {} : { cwd }),
  });
  if (error !== undefined) throw new Error(`${command} cannot be started: install it first`);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`);
};

const buildTool = (name: string, source: string): void => {
  if (existsSync(join(BIN, name))) return note(`${name} is in ${BIN}`);
  mkdirSync(BIN, { recursive: true });
  note(`building ${source} into ${BIN}, with the Go toolchain of this machine (1.24 or later)`);
  run('go', ['install', '-ldflags=-s -w', source]);
};

const fetchSchemas = (): void => {
  if (existsSync(SCHEMAS)) return note(`the schemas of Kubernetes are in ${SCHEMAS}`);
  const folder = mkdtempSync(join(tmpdir(), 'driftline-schemas-'));
  try {
    note(`taking the schemas of Kubernetes from ${SCHEMA_PACKAGE}, with pip`);
    run('python3', ['-m', 'pip', 'download', '--quiet', '--no-deps', SCHEMA_PACKAGE], folder);
    const [wheel = ''] = readdirSync(folder);
    run('python3', ['-m', 'zipfile', '-e', wheel, '.'], folder);
    writeKubernetesSchemas(
      join(folder, 'kubernetes_validate', 'kubernetes-json-schema', KUBERNETES),
      SCHEMAS,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

try {
  for (const [name, source] of Object.entries(TOOLS)) buildTool(name, source);
  fetchSchemas();
} catch (error) {
  process.stderr.write(`chart-tools: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
