import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Built from source: it takes minutes, once. `test/support/helm-chart.ts` looks there. */
const FOLDER = join(homedir(), '.cache', 'driftline', 'bin');
const HELM = 'helm.sh/helm/v3/cmd/helm@v3.19.2';

if (existsSync(join(FOLDER, 'helm'))) {
  process.stdout.write(`helm is in ${FOLDER}\n`);
} else {
  mkdirSync(FOLDER, { recursive: true });
  process.stdout.write(`building ${HELM} into ${FOLDER}, with the Go toolchain of this machine\n`);
  const { status, error } = spawnSync('go', ['install', '-ldflags=-s -w', HELM], {
    env: { ...process.env, GOBIN: FOLDER },
    stdio: 'inherit',
  });
  if (error !== undefined) {
    process.stderr.write('chart-tools: there is no Go toolchain here: install Go 1.24 or later\n');
  }
  process.exitCode = error === undefined ? (status ?? 1) : 2;
}
